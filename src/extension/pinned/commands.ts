/** The commands of pinned requests. */

import * as v from 'valibot';
import * as vscode from 'vscode';
import type { Server } from '../client';
import { showPlace } from '../places';
import { askTrace, targetOf, type AskedTrace } from '../trace-command';
import type { Pins, PinState } from './pins';

const rowOfPin = v.object({ id: v.string() });

interface Parts {
  readonly pins: Pins;
  readonly server: Server;
  /** Traces a request where the user sees it. */
  readonly show: (asked: AskedTrace) => void;
}

/** `command` registers under the name behind `serviceTopology.`. */
export function registerPinCommands(
  command: (name: string, run: (argument: unknown) => unknown) => vscode.Disposable,
  { pins, server }: Parts,
): vscode.Disposable {
  const pinOf = (argument: unknown): PinState | undefined => {
    const { id } = v.parse(rowOfPin, argument);
    return pins.all.find((one) => one.id === id);
  };
  return vscode.Disposable.from(
    command('pinRequest', async () => {
      const asked = await askTrace(server, targetOf(undefined, undefined));
      if (asked) await pins.add(asked);
    }),
    command('unpin', async (row) => {
      const pin = pinOf(row);
      if (pin) await pins.remove(pin.id);
    }),
    command('acceptPin', async (row) => {
      const pin = pinOf(row);
      if (pin) await pins.accept(pin.id);
    }),
    command('acceptPins', () => pins.accept()),
    command('showPinCause', async (row) => {
      const place = pinOf(row)?.outcome?.place;
      if (place) await showPlace(place);
      else void vscode.window.showInformationMessage(vscode.l10n.t('There is no line of YAML that is the cause.'));
    }),
  );
}

/** What a row of the view leads to: whoever looks at the outcome has seen it. */
export async function openPin(id: unknown, { pins, show }: Parts): Promise<void> {
  const pin = pins.all.find((one) => one.id === v.parse(v.string(), id));
  if (!pin) return;
  show({ scope: pin.scope, request: pin.request });
  if (pin.was !== undefined) await pins.accept(pin.id);
}

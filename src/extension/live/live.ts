/** The commands and views of a live cluster, put before the user. */

import * as vscode from 'vscode';
import type { Server } from '../client';
import type { TraceTarget } from '../trace-command';
import type { Cluster } from './cluster';
import { provideClusterDocuments } from './cluster-documents';
import { provideDriftDocuments } from './drift-documents';
import type { DriftRow } from './drift-rows';
import { openDriftCommand, type DriftView } from './drift-view';
import { compareRulesAfterApply, type Compared } from './rules-after-apply';

/** What the rest of the extension lends. */
export interface LiveHost {
  readonly server: Server;
  readonly cluster: Cluster;
  readonly drift: DriftView;
  /** Registers a command of the manifest; what it throws is told. */
  readonly command: (name: string, run: (argument: unknown) => unknown) => vscode.Disposable;
  /** Runs a step and tells in words what it throws. */
  readonly guarded: (run: () => unknown) => Promise<void>;
  readonly trace: (target: TraceTarget) => Promise<void>;
}

export function provideLive(host: LiveHost): vscode.Disposable {
  const { server, cluster, drift, command, guarded, trace } = host;
  const withCompared = async (run: (compared: Compared) => Promise<void>) => {
    const compared = await drift.compared();
    if (compared) await run(compared);
    else if (cluster.status.known) await drift.chooseScope();
    else await cluster.connect();
  };
  return vscode.Disposable.from(
    drift,
    provideClusterDocuments(server),
    provideDriftDocuments(server),
    command('connect', () => cluster.connect()),
    command('disconnect', () => cluster.disconnect()),
    command('reconnect', () => cluster.reconnect()),
    command('chooseNamespaces', () => cluster.chooseNamespaces()),
    command('chooseDriftScope', () => drift.chooseScope()),
    command('compareRulesAfterApply', () => withCompared((compared) => compareRulesAfterApply(server, compared))),
    command('traceAfterApply', (row) =>
      withCompared(({ after }) => trace({ scope: after, service: (row as DriftRow | undefined)?.service })),
    ),
    vscode.commands.registerCommand(openDriftCommand, (row: DriftRow) => guarded(() => drift.open(row))),
  );
}

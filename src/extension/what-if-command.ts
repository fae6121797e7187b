/** What If…: in which scope, and what the first step is about: as far as the cursor or the chosen row says it. */

import * as v from 'valibot';
import * as vscode from 'vscode';
import { traceChoicesRequest } from '#protocol/server';
import { place, treeItem, type WireTraceRequest } from '#protocol/values';
import { whatIfReadRequest } from '#protocol/what-if';
import type { Server } from './client';
import { activePosition } from './places';
import { findScopes, scopeChoices, tellNoScopes } from './scopes';
import { askSteps } from './steps';

export interface AskedWhatIf {
  readonly scope: string;
  readonly steps: readonly string[];
  readonly requests: readonly WireTraceRequest[];
  /** What the form for the next step begins with: `service shop/web`. */
  readonly subject: string | undefined;
}

export type WhatIfTarget = Pick<v.InferInput<typeof target>, 'scope' | 'subject' | 'service'>;

type Known = Pick<v.InferOutput<typeof target>, 'scope' | 'subject' | 'service'>;

const target = v.object({
  scope: v.optional(v.string()),
  subject: v.optional(v.string()),
  service: v.optional(v.string()),
  focus: v.optional(place),
});

/** A row of the tree, an argument of another command, or what the cursor says. */
export async function askWhatIf(server: Server, argument: unknown): Promise<AskedWhatIf | undefined> {
  const row = v.safeParse(treeItem, argument);
  const given = argument instanceof vscode.Uri || row.success ? undefined : v.safeParse(target, argument);
  const active = activePosition();
  const known: Known = row.success ? row.output : given?.success ? given.output : {};
  const scope = known.scope ?? (await chooseScope(server, active?.uri));
  if (scope === undefined) return undefined;
  const atCursor = row.success || given?.success ? undefined : active;
  const { subject, requests } = await suggestion(server, { ...known, scope }, atCursor);
  return { scope, steps: [], requests, subject };
}

async function chooseScope(server: Server, uri: string | undefined): Promise<string | undefined> {
  const scopes = await findScopes(server, uri);
  if (scopes.all.length === 0) {
    tellNoScopes();
    return undefined;
  }
  if (scopes.certain !== undefined) return scopes.certain;
  const question = {
    title: vscode.l10n.t('What If'),
    placeholder: vscode.l10n.t('Which manifests make up the cluster?'),
    choices: scopeChoices(scopes.all),
  };
  const answers = await askSteps(async (given) => (given.length === 0 ? question : undefined), () => 1); // prettier-ignore
  return answers?.[0];
}

type Active = NonNullable<ReturnType<typeof activePosition>>;

/**
 * What the first step is about, and a request to its Service from the first who could send one. Of a Service that is the
 * workload behind it: that has the pods to which something can happen.
 */
async function suggestion(server: Server, known: Known & { readonly scope: string }, active: Active | undefined) {
  const { scope, service, subject } = known;
  const position = active && { line: active.position.line, character: active.position.character };
  const first = await server.ask(traceChoicesRequest, { scope, service, subject, uri: active?.uri, position });
  // A workload at the cursor is no client here.
  const chosen = subject ?? (first.to === undefined ? first.from : undefined);
  const { sources, to, port, behind } =
    chosen === subject ? first : await server.ask(traceChoicesRequest, { scope, subject: chosen });
  const named = /^service (\S+)$/.exec(to ?? '')?.[1];
  const sender = sources.find(({ label, value }) => label !== named && value !== chosen && value !== behind)?.value;
  const requests = to === undefined || sender === undefined ? [] : [{ from: sender, to, ...(port !== undefined && { port }) }]; // prettier-ignore
  return { subject: chosen ?? behind ?? to, requests };
}

/** Reads a kept what-if; without a document the user chooses a file. */
export async function openWhatIfFile(server: Server, uri: vscode.Uri | undefined): Promise<AskedWhatIf | undefined> {
  const file = uri ?? (await chooseFile());
  if (!file) return undefined;
  const document = await vscode.workspace.openTextDocument(file);
  const { scope, steps, requests, problems } = await server.ask(whatIfReadRequest, { text: document.getText() });
  const [problem] = problems;
  if (problem) {
    const message = vscode.l10n.t('Line {0} of the what-if: {1}', problem.line, problem.message.split('\n')[0] ?? '');
    void vscode.window.showErrorMessage(message);
    return undefined;
  }
  const chosen = scope ?? (await chooseScope(server, file.toString()));
  return chosen === undefined ? undefined : { scope: chosen, steps, requests, subject: undefined };
}

async function chooseFile(): Promise<vscode.Uri | undefined> {
  const files = await vscode.workspace.findFiles('**/*what-if.{yaml,yml}', '**/node_modules/**', 50);
  if (files.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('No file what-if.yaml or NAME.what-if.yaml is in the workspace: save a what-if first.'),
    );
    return undefined;
  }
  const rows = files.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri }));
  return (await vscode.window.showQuickPick(rows, { title: vscode.l10n.t('Open a What-If') }))?.uri;
}

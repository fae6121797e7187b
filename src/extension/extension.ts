/** The extension, in whichever host: starts the language server and puts the views, panels and commands before it. */

import * as v from 'valibot';
import * as vscode from 'vscode';
import { treeItem } from '#protocol/values';
import { provideAssistantTools } from './assistant';
import { section, Server, ServerUnavailable } from './client';
import { showOnMap } from './commands-lens';
import { debugRequest, provideDebugger } from './debug/debug';
import { openExample } from './example';
import { Cluster } from './live/cluster';
import { livenessOf } from './live/words';
import { provideComparisonDocuments } from './comparison/documents';
import type { ComparisonRow } from './comparison/rows';
import { ComparisonView, openComparisonCommand } from './comparison/view';
import { DriftView } from './live/drift-view';
import { provideLive } from './live/live';
import { outlookOf } from './live/outlook';
import { Panels } from './panels/panels';
import { openPin, registerPinCommands } from './pinned/commands';
import { Pins } from './pinned/pins';
import { openPinCommand, PinnedView } from './pinned/view';
import { activePosition, showPlace } from './places';
import { compareRules } from './rules-compare';
import type { Platform } from './platform';
import { provideRules, showRules } from './rules-document';
import { provideRenderedDocuments, showRendered } from './rendered-documents';
import { findScopes } from './scopes';
import { createStatusItem } from './status';
import { recentTraces } from './recent-traces';
import { askTrace, targetOf, type AskedTrace, type TraceTarget } from './trace-command';
import { openRowCommand, ServicesTree } from './tree';
import { chooseValueFiles } from './value-files';
import { askWhatIf, openWhatIfFile, type AskedWhatIf } from './what-if-command';

let server: Server | undefined;

export function start(context: vscode.ExtensionContext, platform: Platform): void {
  const log = vscode.window.createOutputChannel('Service Topology', { log: true });
  const started = new Server(platform, context.extensionUri, log);
  server = started;
  const cluster = new Cluster(started, context.workspaceState, log);
  const tree = new ServicesTree(started, cluster, log);
  const trace = async (target: TraceTarget) => {
    const asked = await askTrace(started, target, recentTraces(context.workspaceState));
    if (asked) panels.showTrace(asked);
  };
  const drift = new DriftView(started, cluster, context.workspaceState, log);
  const environment = {
    extensionUri: context.extensionUri,
    memory: context.workspaceState,
    log,
    outlook: (asked: AskedTrace) => outlookOf(started, drift, asked),
    liveness: (scope: string) => livenessOf(scope, cluster.status),
  };
  const pins = new Pins(started, context.workspaceState, log);
  const panels: Panels = new Panels(
    environment,
    started,
    {
      trace,
      askRequest: (target) => askTrace(started, target),
      whatIf: async (target): Promise<void> => showWhatIf(panels, await askWhatIf(started, target)),
    },
    pins,
  );
  const pinParts = { pins, server: started, show: (asked: AskedTrace) => panels.showTrace(asked) };
  const comparison = new ComparisonView({ ...pinParts, log });
  const command = (name: string, run: (argument: unknown) => unknown) =>
    vscode.commands.registerCommand(`${section}.${name}`, (argument: unknown) => guarded(log, () => run(argument)));

  context.subscriptions.push(
    log,
    started,
    cluster,
    tree,
    panels,
    pins,
    new PinnedView(pins),
    createStatusItem(started, cluster),
    provideRules(started),
    provideRenderedDocuments(started),
    provideAssistantTools(started),
    provideDebugger(started),
    command('trace', (argument) => trace(targetOf(argument, tree.selected))),
    command('debug', (argument) => debugRequest(started, argument, targetOf(argument, tree.selected))),
    command('traceHere', () => trace(targetOf(undefined, undefined))),
    command('traceRow', (row) => trace(targetOf(row, undefined))),
    command('showTopology', () => showMap(started, panels)),
    command('exportMap', async () => {
      const { certain } = await findScopes(started, activePosition()?.uri);
      await panels.exportMap({ scope: certain });
    }),
    command('showRowOnMap', (row) => {
      const item = v.parse(treeItem, row);
      panels.showMap({ scope: item.scope, focus: item.place });
    }),
    vscode.commands.registerCommand(`${section}.showOnMap`, (argument: unknown) =>
      guarded(log, () => showOnMap(panels, argument)),
    ),
    vscode.commands.registerCommand(openRowCommand, (row: unknown) => guarded(log, () => openRow(row))),
    command('whatIf', async (argument) => showWhatIf(panels, await askWhatIf(started, argument ?? tree.selected))),
    command('whatIfRow', async (row) => showWhatIf(panels, await askWhatIf(started, row))),
    command('openWhatIf', async (uri) => showWhatIf(panels, await openWhatIfFile(started, asUri(uri)))),
    command('showRules', () => showRules(started)),
    command('showRendered', (row) => showRendered(started, scopeOfArgument(row))),
    command('chooseValueFiles', (row) => chooseValueFiles(started, scopeOfArgument(row))),
    command('compareRules', () => compareRules(started)),
    command('revealInTree', () => revealInTree(tree)),
    command('showOutput', () => log.show()),
    command('openSettings', () =>
      vscode.commands.executeCommand('workbench.action.openSettings', `@ext:${context.extension.id}`),
    ),
    command('restart', () => started.restart()),
    provideLive({
      server: started,
      cluster,
      drift,
      command,
      guarded: (run) => guarded(log, run),
      trace,
      showMap: (options) => panels.showMap(options),
    }),
    command('openExample', () => openExample(context.extensionUri)),
    registerPinCommands(command, pinParts),
    comparison,
    provideComparisonDocuments(started),
    command('compareScopes', (row) => comparison.choose(scopeOfArgument(row))),
    command('closeComparison', () => comparison.close()),
    vscode.commands.registerCommand(openComparisonCommand, (row: ComparisonRow) => guarded(log, () => comparison.open(row))), // prettier-ignore
    vscode.commands.registerCommand(openPinCommand, (id: unknown) => guarded(log, () => openPin(id, pinParts))),
  );
  // Activation does not wait for the server: the views show that it is starting.
  void started.start();
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}

async function openRow(row: unknown): Promise<void> {
  const { place } = v.parse(treeItem, row);
  if (place) await showPlace(place, { preserveFocus: true });
}

async function showMap(started: Server, panels: Panels): Promise<void> {
  const { certain } = await findScopes(started, activePosition()?.uri);
  panels.showMap({ scope: certain });
}

function showWhatIf(panels: Panels, asked: AskedWhatIf | undefined): void {
  if (asked) panels.showWhatIf(asked);
}

/** The document of a menu, or the active one where it is a kept what-if. */
function asUri(argument: unknown): vscode.Uri | undefined {
  if (argument instanceof vscode.Uri) return argument;
  const active = vscode.window.activeTextEditor?.document.uri;
  return active && /what-if\.ya?ml$/.test(active.path) ? active : undefined;
}

async function revealInTree(tree: ServicesTree): Promise<void> {
  const active = activePosition();
  if (active && (await tree.reveal(active.uri, active.position))) return;
  void vscode.window.showInformationMessage(vscode.l10n.t('There is no Service at the cursor.'));
}

/** Tells a failure in words; its details go to the log. */
async function guarded(log: vscode.LogOutputChannel, run: () => unknown): Promise<void> {
  try {
    await run();
  } catch (error) {
    log.error(error instanceof Error ? error : String(error));
    const show = vscode.l10n.t('Show Output');
    const restart = vscode.l10n.t('Restart');
    const stopped = error instanceof ServerUnavailable;
    const message = stopped ? error.message : vscode.l10n.t('Service Topology could not do this: {0}', String(error));
    const chosen = await vscode.window.showErrorMessage(message, ...(stopped ? [restart, show] : [show]));
    if (chosen === show) log.show();
    else if (chosen === restart) await vscode.commands.executeCommand(`${section}.restart`);
  }
}

/** A row of the tree, or what a lens gives. */
function scopeOfArgument(argument: unknown): string | undefined {
  return v.is(v.object({ scope: v.string() }), argument) ? argument.scope : undefined;
}

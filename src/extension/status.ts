/** The one item in the status bar: what the server does and how many problems it sees. */

import * as vscode from 'vscode';
import { assertNever } from '#base/assert';
import type { Server, ServerState } from './client';
import type { Cluster } from './live/cluster';
import { describeStatus } from './live/words';

interface Shown {
  readonly text: string;
  readonly spoken: string;
  readonly tooltip: string;
  readonly command: string;
}

export function createStatusItem(server: Server, cluster: Cluster): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('serviceTopology.status', vscode.StatusBarAlignment.Left, 10);
  item.name = vscode.l10n.t('Service Topology');
  const update = (state: ServerState) => {
    const shown = withCluster(describeState(state), cluster);
    item.text = shown.text;
    item.accessibilityInformation = { label: shown.spoken };
    item.command = shown.command;
    item.tooltip = new vscode.MarkdownString(shown.tooltip, true);
    item.tooltip.isTrusted = {
      enabledCommands: ['serviceTopology.restart', 'serviceTopology.showOutput', 'serviceTopology.showTopology'],
    };
    item.show();
  };
  update(server.state);
  return vscode.Disposable.from(
    item,
    server.onStateChanged(update),
    cluster.onChanged(() => update(server.state)),
  );
}

/** Whoever looks elsewhere than at the view sees, too, that what a cluster's panels show is not live. */
function withCluster(shown: Shown, { status }: Cluster): Shown {
  if (status.state === 'off') return shown;
  const { text, tooltip, icon } = describeStatus(status);
  const name = status.state === 'live' ? status.context : `${status.context}: ${text}`;
  return {
    ...shown,
    text: `${shown.text} $(${icon.id}) ${name}`,
    spoken: `${shown.spoken}. ${vscode.l10n.t('Cluster {0}: {1}', status.context, text)}`,
    tooltip: `${shown.tooltip}\n\n${tooltip.replaceAll('\n', '  \n')}`,
  };
}

function describeState(state: ServerState): Shown {
  const focus = 'serviceTopology.services.focus';
  const output = `[${vscode.l10n.t('Show Output')}](command:serviceTopology.showOutput)`;
  switch (state.kind) {
    case 'starting':
      return {
        text: `$(loading~spin) ${vscode.l10n.t('Services')}`,
        spoken: vscode.l10n.t('Service Topology is starting'),
        tooltip: vscode.l10n.t('Service Topology is starting.'),
        command: focus,
      };
    case 'stopped':
      return {
        text: `$(debug-disconnect) ${vscode.l10n.t('Services: stopped')}`,
        spoken: vscode.l10n.t('Service Topology has stopped. Activate to restart it.'),
        tooltip: `${vscode.l10n.t('The language server of Service Topology has stopped.')}\n\n[${vscode.l10n.t('Restart')}](command:serviceTopology.restart) · ${output}`,
        command: 'serviceTopology.restart',
      };
    case 'running':
      return state.state === 'reading' ? describeReading(state.filesRead, state.files) : describeReady(state, output);
    default:
      return assertNever(state);
  }
}

function describeReading(read: number, all: number): Shown {
  const spoken = vscode.l10n.t('Service Topology is reading file {0} of {1}', read, all);
  return {
    text: `$(loading~spin) ${vscode.l10n.t('Services: reading {0} of {1}', read, all)}`,
    spoken,
    tooltip: `${spoken}.`,
    command: 'serviceTopology.services.focus',
  };
}

function describeReady(state: ServerState & { kind: 'running' }, output: string): Shown {
  const { errors, warnings } = state;
  const counts = [...(errors > 0 ? [`$(error) ${errors}`] : []), ...(warnings > 0 ? [`$(warning) ${warnings}`] : [])];
  const problems = `${counted(errors, vscode.l10n.t('error'), vscode.l10n.t('errors'))}, ${counted(warnings, vscode.l10n.t('warning'), vscode.l10n.t('warnings'))}`;
  const read = `${counted(state.files, vscode.l10n.t('file'), vscode.l10n.t('files'))} · ${counted(state.scopes, vscode.l10n.t('scope'), vscode.l10n.t('scopes'))}`;
  const links = `[${vscode.l10n.t('Show Topology')}](command:serviceTopology.showTopology) · ${output}`;
  return {
    text: `$(type-hierarchy) ${vscode.l10n.t('Services')}${counts.length > 0 ? ` ${counts.join(' ')}` : ''}`,
    spoken: vscode.l10n.t('Service Topology: {0}', problems),
    tooltip: `**${vscode.l10n.t('Service Topology')}**: ${problems}\n\n${read}\n\n${links}`,
    command: 'serviceTopology.services.focus',
  };
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** How live the cluster is, in words and signs for its row, for readers of the screen, and for the status bar. */

import * as vscode from 'vscode';
import { assertNever } from '#base/assert';
import type { LiveStatus } from '#protocol/live';

export interface DescribedStatus {
  /** How live it is, alone. */
  readonly text: string;
  /** Beside the context's name. */
  readonly description: string;
  /** Above the tree; undefined while what it shows is live. */
  readonly warning: string | undefined;
  readonly tooltip: string;
  readonly icon: vscode.ThemeIcon;
}

export function describeStatus(status: LiveStatus): DescribedStatus {
  const said = stateOf(status);
  const limits = limitsOf(status);
  return {
    text: said.text,
    description: [said.text, ...limits].join(' · '),
    warning: said.warning,
    tooltip: tooltipOf(status, said.text),
    icon: new vscode.ThemeIcon(said.icon, said.color === undefined ? undefined : new vscode.ThemeColor(said.color)),
  };
}

interface State {
  readonly text: string;
  readonly warning?: string;
  readonly icon: string;
  readonly color?: string;
}

function stateOf({ state, since, message, context, nextTry }: LiveStatus): State {
  const [time, minute] = since === undefined ? ['', ''] : [timeOf(since, '2-digit'), timeOf(since)];
  const why = message === undefined ? '' : ` ${sentence(message)}`;
  switch (state) {
    case 'off':
      return { text: vscode.l10n.t('not connected'), icon: 'cloud' };
    case 'connecting':
      return { text: vscode.l10n.t('connecting…'), icon: 'loading~spin' };
    case 'live':
      return { text: vscode.l10n.t('live'), icon: 'cloud', color: 'charts.green' };
    case 'reconnecting':
      return {
        text: vscode.l10n.t('reconnecting since {0}', minute),
        warning: vscode.l10n.t('{0} is not live: what is shown was true at {1}, and a new connection is being made.{2}', context, time, why),
        icon: 'sync',
        color: 'problemsWarningIcon.foreground',
      }; // prettier-ignore
    case 'stale':
      return {
        text: vscode.l10n.t('stale since {0}', minute),
        warning: vscode.l10n.t('{0} is not live: what is shown was true at {1}.{2}', context, time, why),
        icon: 'debug-disconnect',
        color: 'problemsWarningIcon.foreground',
      };
    case 'failed':
      return {
        text: nextTry === undefined ? vscode.l10n.t('cannot connect') : vscode.l10n.t('cannot connect, next try at {0}', timeOf(nextTry, '2-digit')),
        warning: vscode.l10n.t('Cannot connect to {0}.{1}', context, why) + (nextTry === undefined ? '' : ` ${vscode.l10n.t('Next try at {0}.', timeOf(nextTry, '2-digit'))}`),
        icon: 'debug-disconnect',
        color: 'problemsErrorIcon.foreground',
      }; // prettier-ignore
    default:
      return assertNever(state);
  }
}

/** What is not all of the cluster. */
function limitsOf({ namespaces, refused }: LiveStatus): readonly string[] {
  const kinds = [...new Set(refused.map(({ resource }) => shortName(resource)))];
  const most = 3;
  const more = kinds.length > most ? vscode.l10n.t(' and {0} more', kinds.length - most) : '';
  return [
    ...(namespaces === undefined ? [] : [namespaces.join(', ')]),
    ...(kinds.length === 0 ? [] : [vscode.l10n.t('not permitted: {0}', kinds.slice(0, most).join(', ') + more)]),
  ];
}

/** `endpointslices` of `endpointslices.discovery.k8s.io in namespace shop`. */
function shortName(resource: string): string {
  return resource.replace(/^([a-z]+)\.[a-z0-9.]+/, '$1');
}

function tooltipOf({ context, server, version, namespaces, message, refused }: LiveStatus, state: string): string {
  const where =
    namespaces === undefined
      ? vscode.l10n.t('all namespaces that may be read')
      : vscode.l10n.t('namespaces: {0}', namespaces.join(', '));
  return [
    `${context}: ${state}`,
    ...(message === undefined ? [] : [message]),
    [server, version].filter((part) => part !== undefined && part !== '').join(', '),
    where,
    ...refused.map(({ resource, unknown }) => vscode.l10n.t('not permitted: {0}: {1}', resource, unknown)),
  ]
    .filter((line) => line !== '')
    .join('\n');
}

/** `14:03`, with the seconds where they are asked for, and with the day where that is another one. */
function timeOf(milliseconds: number, second?: '2-digit'): string {
  const time = new Date(milliseconds);
  const isToday = time.toDateString() === new Date().toDateString();
  const clock = { hour: '2-digit', minute: '2-digit', second, hourCycle: 'h23' } as const;
  const day = isToday ? {} : ({ day: 'numeric', month: 'short' } as const);
  return new Intl.DateTimeFormat(vscode.env.language, { ...day, ...clock }).format(time);
}

/** What the title of a panel on this scope says; empty while it is live, and for files. */
export function livenessOf(scope: string, status: LiveStatus): string {
  const isOurs = scope === status.scope || scope.startsWith(`${status.scope} `);
  if (status.scope === '' || !isOurs || status.state === 'live') return '';
  return ` (${stateOf(status).text})`;
}

/** With a capital at its start and a full stop at its end. */
export function sentence(message: string): string {
  const end = /[.!?]$/.test(message) ? '' : '.';
  return message.charAt(0).toUpperCase() + message.slice(1) + end;
}

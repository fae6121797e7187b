/** How live the cluster is, as a message: what a user may know of it, and no more. */

import type { KindStatus, LiveStatus as ClusterStatus } from '#live/index';
import type { LiveStatus } from '#protocol/live';

/** The name of the scope that shows the cluster: no path of a folder looks like it, and messages can say it. */
export function scopeOfContext(context: string): string {
  return `cluster ${context}`;
}

export const off: LiveStatus = {
  state: 'off',
  context: '',
  scope: '',
  server: undefined,
  version: undefined,
  namespaces: undefined,
  since: undefined,
  message: undefined,
  refused: [],
  known: false,
};

/** Before anything is known but what is wanted, or that it cannot be had. */
export function withoutCluster(
  state: 'connecting' | 'failed',
  choice: { readonly context: string; readonly namespaces?: readonly string[] },
  message?: string,
): LiveStatus {
  const { context, namespaces } = choice;
  return { ...off, state, context, scope: scopeOfContext(context), namespaces: namespaces && [...namespaces], message };
}

/** `known`: whether there is a picture. */
export function wireStatus(status: ClusterStatus, known: boolean): LiveStatus {
  const { context, server, version, namespaces, state, since, message, kinds } = status;
  return {
    // Until the first picture is whole nothing of it is shown.
    state: state === 'stopped' ? 'off' : known || state === 'stale' ? state : 'connecting',
    context,
    scope: scopeOfContext(context),
    server,
    version,
    namespaces: namespaces && [...namespaces],
    since,
    message,
    refused: kinds.flatMap(refusedKind),
    known,
  };
}

function refusedKind({ resource, namespace, state, unknown, optional }: KindStatus): LiveStatus['refused'] {
  const isNamed = resource.includes(' ');
  // That nobody may read what few clusters have is nothing to tell.
  if (state.kind !== 'forbidden' || (optional && !isNamed)) return [];
  return [
    { resource: namespace === undefined || isNamed ? resource : `${resource} in namespace ${namespace}`, unknown },
  ];
}

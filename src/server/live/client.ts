/** The code that talks to clusters: loaded when somebody connects, never before. */

import type * as client from '#live/index';

export type LiveClient = typeof client;

export async function loadLiveClient(): Promise<LiveClient> {
  return import('#live/index');
}

/** Why this process cannot talk to clusters; undefined where it can. */
export function nodeProblem(): string | undefined {
  if (typeof process === 'undefined') return 'live clusters need Node; this is a browser';
  // The client library for clusters needs a newer Node than all else does.
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 19)) return undefined;
  return `live clusters need Node 22.19 or newer; this is ${process.versions.node}`;
}

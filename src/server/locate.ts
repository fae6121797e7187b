/** A document's session and path, for whoever answers a question about it. */

import type { Session, View } from './session';

/** No session before the client has initialized, and for documents that are neither in its folders nor a cluster's. */
export function locate(
  current: Session | undefined,
  uri: string,
): { session: View; path: string } | { session: undefined; path: '' } {
  const session = current?.viewOf({ uri });
  const path = session?.paths.path(uri);
  return session && path !== undefined ? { session, path } : { session: undefined, path: '' };
}

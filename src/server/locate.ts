/** A document's session and path, for whoever answers a question about it. */

import type { Session } from './session';

/** No session before the client has initialized, and for documents outside of its folders. */
export function locate(
  session: Session | undefined,
  uri: string,
): { session: Session; path: string } | { session: undefined; path: '' } {
  const path = session?.paths.path(uri);
  return session && path !== undefined ? { session, path } : { session: undefined, path: '' };
}

/** A document's session and path, for whoever answers a question about it. */

import { isClusterUri } from './live/cluster-paths';
import type { Session, View } from './session';

type Located = { session: View; path: string } | { session: undefined; path: '' };

/** No session before the client has initialized, and for documents that are neither in its folders nor a cluster's. */
export function locate(current: Session | undefined, uri: string): Located {
  const session = current?.viewOf({ uri });
  const path = session?.paths.path(uri);
  return session && path !== undefined ? { session, path } : { session: undefined, path: '' };
}

/**
 * Waits until the folders are read: before, there is nothing to answer a question from, and an empty answer would be taken
 * for one. Only for questions that hold up nobody else's answers.
 */
export async function whenRead(current: Session | undefined, uri: string | undefined): Promise<void> {
  await (uri === undefined ? current : current?.viewOf({ uri }))?.reading?.();
}

/** The same for questions about a place in a text, which are answered in documents apart from the folders, too. */
export function locateText(current: Session | undefined, uri: string): Located {
  const apart = current?.apart.view(uri);
  const path = apart?.paths.path(uri);
  return apart && path !== undefined ? { session: apart, path } : locate(current, uri);
}

/** The same for questions that lead to an edit: what a cluster has is shown, and not to be written. */
export function locateEditable(current: Session | undefined, uri: string): Located {
  return isClusterUri(uri) ? { session: undefined, path: '' } : locate(current, uri);
}

export function locateEditableText(current: Session | undefined, uri: string): Located {
  return isClusterUri(uri) ? { session: undefined, path: '' } : locateText(current, uri);
}

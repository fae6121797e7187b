/** Maps between the documents that show a cluster's objects and the paths of its workspace. */

import { URI } from 'vscode-uri';
import { clusterScheme } from '#protocol/live';
import { Paths } from '../paths';

export class ClusterPaths extends Paths {
  constructor() {
    super([]);
  }

  override path(uri: string): string | undefined {
    return isClusterUri(uri) ? URI.parse(uri).path.slice(1) : undefined;
  }

  override uri(path: string): string {
    return URI.from({ scheme: clusterScheme, path: `/${path}` }).toString();
  }
}

export function isClusterUri(uri: string): boolean {
  return uri.startsWith(`${clusterScheme}:`);
}

/** Questions about the live cluster: which there are, connecting, and its objects' documents. */

import {
  clusterDocumentRequest, connectRequest, contextsRequest, disconnectRequest, namespacesRequest, tryNowRequest,
} from '#protocol/live'; // prettier-ignore
import type { Answer } from '../answering';
import type { Session } from '../session';
import { loadLiveClient, nodeProblem } from './client';

export function registerLiveRequests(answer: Answer, current: () => Session | undefined): void {
  answer(contextsRequest, async ({ kubeconfig }) => {
    const problem = nodeProblem();
    if (problem !== undefined) return { error: problem };
    const client = await loadLiveClient();
    try {
      const { contexts, currentContext, files, warnings } = await client.readKubeconfig({ path: kubeconfig });
      return { contexts: [...contexts], current: currentContext, files: [...files], warnings: [...warnings] };
    } catch (error) {
      if (error instanceof client.LiveError) return { error: error.message };
      throw error;
    }
  });

  answer(connectRequest, async (choice) => (await current()?.live.connect(choice)) ?? {});

  answer(disconnectRequest, () => {
    current()?.live.disconnect();
    return {};
  });

  answer(tryNowRequest, async () => {
    await current()?.live.tryNow();
    return {};
  });

  answer(namespacesRequest, () => {
    const cluster = current()?.live.cluster;
    if (!cluster) return { namespaces: [], fallback: 'default' };
    const names = new Set(cluster.status().namespaces);
    for (const { kind, group, name, namespace } of cluster.objects()) {
      if (kind === 'Namespace' && group === '') names.add(name);
      else if (namespace !== '') names.add(namespace);
    }
    return { namespaces: [...names].sort(), fallback: cluster.defaultNamespace };
  });

  answer(clusterDocumentRequest, ({ uri }, workspace, { paths }) => {
    const path = paths.path(uri);
    const file = path === undefined ? undefined : workspace.file(path);
    return file ? { text: file.text } : { error: 'The cluster that is connected has no such object now.' };
  });
}

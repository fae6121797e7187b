/** Entries in the cluster tree of the Kubernetes extension, where it is installed: its Services lead to trace and map. */

import * as v from 'valibot';
import * as vscode from 'vscode';
import { contextsRequest } from '#protocol/live';
import { treeRequest } from '#protocol/server';
import type { WireTreeItem } from '#protocol/values';
import type { Server } from '../client';
import type { Cluster } from './cluster';

const extensionId = 'ms-kubernetes-tools.vscode-kubernetes-tools';

/** What its API gives for a node of its tree; anything else is no resource. */
const resourceNode = v.object({
  nodeType: v.literal('resource'),
  name: v.string(),
  namespace: v.nullish(v.string()),
});

const kubeconfigPath = v.union([v.object({ pathType: v.literal('host'), hostPath: v.string() }), v.object({})]);

interface Available {
  readonly available: boolean;
  readonly api?: Record<string, (...given: readonly unknown[]) => unknown>;
}

/** A Service of the cluster that is connected. */
export interface ServiceInCluster {
  readonly scope: string;
  /** `shop/web`. */
  readonly service: string;
  readonly row: WireTreeItem | undefined;
}

/** Connects to that tree's cluster where another one is, or none. Undefined where that fails, which is told. */
export async function serviceOfNode(
  node: unknown,
  server: Server,
  cluster: Cluster,
): Promise<ServiceInCluster | undefined> {
  const resource = v.safeParse(resourceNode, (await apiOf('clusterexplorer', 'v1'))?.resolveCommandTarget?.(node));
  if (!resource.success) {
    void vscode.window.showInformationMessage(vscode.l10n.t('This is no Service of a cluster’s tree.'));
    return undefined;
  }
  const path = v.safeParse(kubeconfigPath, (await apiOf('configuration', 'v1'))?.getKubeconfigPath?.());
  const kubeconfig = path.success && 'hostPath' in path.output ? path.output.hostPath : undefined;
  const contexts = await server.ask(contextsRequest, kubeconfig === undefined ? {} : { kubeconfig });
  if ('error' in contexts) throw new Error(contexts.error);
  const context = contexts.contexts.find(({ name }) => name === contexts.current);
  if (!context) throw new Error(vscode.l10n.t('The kubeconfig names no current context.'));
  const isConnected = cluster.status.known && cluster.status.context === context.name;
  if (!isConnected && !(await cluster.connect(context.name, kubeconfig))) return undefined;
  const service = `${resource.output.namespace ?? context.namespace ?? 'default'}/${resource.output.name}`;
  return { scope: cluster.status.scope, service, row: await rowOf(service, server) };
}

/** The row of the Service below the cluster. */
async function rowOf(service: string, server: Server): Promise<WireTreeItem | undefined> {
  const below = async (parent?: WireTreeItem) => (await server.ask(treeRequest, { parent: parent?.id })).items;
  const cluster = (await below()).find(({ kind }) => kind === 'cluster');
  const [namespace] = service.split('/');
  const place =
    cluster && (await below(cluster)).find(({ kind, label }) => kind === 'namespace' && label === namespace);
  return place && (await below(place)).find((row) => row.service === service);
}

async function apiOf(component: string, version: string): Promise<Available['api']> {
  const extension = vscode.extensions.getExtension<{ get?(component: string, version: string): Available }>(
    extensionId,
  );
  const found = (await extension?.activate())?.get?.(component, version);
  return found?.available ? found.api : undefined;
}

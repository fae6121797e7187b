/** The process that reads the cluster for the live benchmark, so that nothing else counts to its memory. */

import https from 'node:https';
import { observedSettings } from '#analysis/observed-cluster';
import { treeChildren } from '#analysis/tree/tree';
import { createWorkspace, type Workspace } from '#analysis/workspace';
import { watchCluster } from '#live/index';
import { defaultSettings } from '#model/settings';

const [kubeconfig, server, token] = process.argv.slice(2);
const knowledge = { incomplete: [], notes: [] };

/** All rows down to the endpoints of the namespaces, as a view that is unfolded would ask for them. */
function rows(workspace: Workspace): number {
  let count = 0;
  for (const scope of treeChildren(workspace))
    for (const namespace of treeChildren(workspace, scope.id)) {
      count++;
      if (namespace.label.includes('ns-7')) count += treeChildren(workspace, namespace.id).length;
    }
  return count;
}

function patch(path: string, body: unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { Authorization: `Bearer ${token ?? ''}`, 'Content-Type': 'application/merge-patch+json' };
    const request = https.request(`${server ?? ''}${path}`, { method: 'PATCH', headers, rejectUnauthorized: false }, (response) => {
      response.resume();
      response.on('end', resolve);
    }); // prettier-ignore
    request.on('error', reject);
    request.end(JSON.stringify(body));
  });
}

async function run(): Promise<void> {
  const began = performance.now();
  const cluster = await watchCluster({ path: kubeconfig });
  await cluster.ready();
  const listed = performance.now();
  const objects = [...cluster.objects()];
  const workspace = createWorkspace({
    settings: observedSettings(defaultSettings, cluster.version, objects),
    roots: [],
    single: cluster.context,
  });
  workspace.setObserved({ removed: [], added: objects }, knowledge);
  workspace.update();
  const count = rows(workspace);
  const done = performance.now();
  print(`first complete picture: ${((done - began) / 1000).toFixed(2)} s (${((listed - began) / 1000).toFixed(2)} s of it reading ${objects.length} objects; ${count} rows)`); // prettier-ignore
  const { user, system } = process.cpuUsage();
  print(`processor time for it: ${((user + system) / 1e6).toFixed(2)} s`);
  const resident = process.memoryUsage().rss / 2 ** 20;
  print(`memory: ${resident.toFixed(0)} MiB`);
  let changed: (() => void) | undefined;
  let wanted = '';
  cluster.onChange((change) => {
    workspace.setObserved(change, knowledge);
    workspace.update();
    rows(workspace);
    const isIt = change.added.some(({ kind, namespace, body }) => kind === 'EndpointSlice' && namespace === 'ns-7' && JSON.stringify(body).includes(wanted)); // prettier-ignore
    if (isIt) changed?.();
  });
  const own: number[] = [];
  for (let i = 0; i < 10; i++) {
    // A Service's port: its own controller writes the slice anew, and both arrive here.
    const port = 9000 + i;
    wanted = `"port":${port}`;
    const arrived = new Promise<void>((resolve) => (changed = resolve));
    const start = performance.now();
    await patch('/api/v1/namespaces/ns-7/services/app-7', { spec: { ports: [{ name: 'http', port: 80, protocol: 'TCP', targetPort: port }] } }); // prettier-ignore
    await arrived;
    own.push(performance.now() - start);
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  own.sort((a, b) => a - b);
  print(`from a change of a Service to the tree with its new endpoints: median ${own[5]!.toFixed(0)} ms, slowest ${own[9]!.toFixed(0)} ms`); // prettier-ignore
  print(`memory at the end: ${(process.memoryUsage().rss / 2 ** 20).toFixed(0)} MiB`);
  cluster.stop();
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

void run();

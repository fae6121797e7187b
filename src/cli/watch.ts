/** `watch`: the changes of Services' endpoints in a live cluster, a line each, as they happen. */

import { endpointsOf, type ListedEndpoint } from '#analysis/drift';
import { observedSettings } from '#analysis/observed-cluster';
import { createWorkspace, type Workspace } from '#analysis/workspace';
import { printState, watchCluster, type LiveStatus } from '#live/index';
import type { NamespacedName } from '#model/kubernetes';
import { attempt, givenSettings, knowledgeOf, liveOptions } from './live';
import type { LoadFlags } from './load';
import { print, styleOf, type Style } from './output';

export interface WatchFlags extends LoadFlags {
  readonly output: 'text' | 'jsonl';
}

/** What `-o jsonl` prints. */
type WatchEvent =
  | { readonly time: string; readonly type: 'state'; readonly state: string }
  | ({
      readonly time: string;
      readonly type: 'added' | 'removed' | 'changed';
      readonly service: NamespacedName;
    } & ListedEndpoint);

type EndpointTable = Map<NamespacedName, ReadonlyMap<string, ListedEndpoint>>;

/** Until the process is interrupted. `wanted` are names, `NAME` or `NAMESPACE/NAME`; none: all Services. */
export async function watch(wanted: readonly string[], flags: WatchFlags): Promise<void> {
  const cluster = await attempt(() => watchCluster(liveOptions(flags)));
  const ended = new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
    process.stdout.once('error', () => {
      resolve();
    });
  });
  await cluster.ready();
  const workspace = createWorkspace({
    settings: observedSettings(await givenSettings(flags), cluster.version, [...cluster.objects()]),
    roots: [],
    single: cluster.context,
  });
  const tell = teller(flags.output, styleOf(process.stdout));
  const knowledge = knowledgeOf(cluster);
  for (const line of [...knowledge.incomplete, ...knowledge.notes]) process.stderr.write(`service-topology: ${line}\n`);
  workspace.setObserved({ removed: [], added: [...cluster.objects()] }, knowledge);
  workspace.update();
  const concerns = wantedServices(wanted);
  let known = tableOf(workspace, concerns);
  let state = stateOf(cluster.status());
  tell({ time: now(), type: 'state', state });
  const forget = cluster.onChange((change, status) => {
    if (stateOf(status) !== state) tell({ time: now(), type: 'state', state: (state = stateOf(status)) });
    if (change.added.length + change.removed.length === 0) return;
    workspace.setObserved(change, knowledge);
    workspace.update();
    const next = tableOf(workspace, concerns);
    for (const event of changesOf(known, next)) tell(event);
    known = next;
  });
  await ended;
  forget();
  cluster.stop();
}

function now(): string {
  return new Date().toISOString();
}

function stateOf(status: LiveStatus): string {
  return printState(status);
}

function wantedServices(wanted: readonly string[]): (name: NamespacedName) => boolean {
  if (wanted.length === 0) return () => true;
  return (name) => wanted.some((text) => text === name || text === name.slice(name.indexOf('/') + 1));
}

/** The same slices give the same table of a Service. */
const tables = new WeakMap<readonly unknown[], ReadonlyMap<string, ListedEndpoint>>();

function tableOf(workspace: Workspace, concerns: (name: NamespacedName) => boolean): EndpointTable {
  const table: EndpointTable = new Map();
  const controlPlane = workspace.scopes[0]?.simulation.controlPlane;
  for (const { metadata } of controlPlane?.services() ?? []) {
    const name = `${metadata.namespace}/${metadata.name}`;
    if (!concerns(name)) continue;
    const slices = controlPlane!.endpointSlices(name);
    const known = tables.get(slices) ?? endpointsOf(slices);
    tables.set(slices, known);
    table.set(name, known);
  }
  return table;
}

function changesOf(before: EndpointTable, after: EndpointTable): readonly WatchEvent[] {
  const events: WatchEvent[] = [];
  const time = now();
  for (const service of new Set([...before.keys(), ...after.keys()])) {
    const [old, next] = [before.get(service) ?? none, after.get(service) ?? none];
    if (old === next) continue;
    for (const [address, endpoint] of old) if (!next.has(address)) events.push({ time, type: 'removed', service, ...endpoint }); // prettier-ignore
    for (const [address, endpoint] of next) {
      const had = old.get(address);
      if (!had) events.push({ time, type: 'added', service, ...endpoint });
      else if (had.ready !== endpoint.ready || had.target !== endpoint.target) events.push({ time, type: 'changed', service, ...endpoint }); // prettier-ignore
    }
  }
  return events;
}

const none: ReadonlyMap<string, ListedEndpoint> = new Map();

function teller(output: 'text' | 'jsonl', style: Style): (event: WatchEvent) => void {
  if (output === 'jsonl') return (event) => { print(JSON.stringify(event)); }; // prettier-ignore
  const signs = { added: style.green('+'), removed: style.red('-'), changed: style.yellow('~') };
  return (event) => {
    const time = style.dim(event.time.slice(11, 23));
    if (event.type === 'state') print(`${time}  ${style.bold(event.state)}`);
    else {
      const where = event.node === undefined ? '' : ` on ${event.node}`;
      const readiness = event.type === 'removed' ? '' : event.ready ? ', ready' : ', not ready';
      print(
        `${time}  ${event.service}  ${signs[event.type]} ${event.address}  ${event.target ?? ''}${where}${readiness}`,
      );
    }
  };
}

/** Who has the address or node port that the API server refuses a Service, and which one is free. */

import { valueAt, type JsonPath } from '#base/json';
import type { Service } from '#model/kubernetes';
import { namespacedName } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import type { RefusalCause } from '#simulation/types';
import type { AnalysisContext } from '../context';
import type { Fix, RelatedPlace } from '../types';
import { changeValue, dropMember, fixBy } from './edits';
import { relatedMember } from './report';

export interface Clash {
  readonly related: RelatedPlace | undefined;
  readonly fixes: readonly (Fix | undefined)[];
}

/** Undefined for causes that are about something else. */
export function clashOf(object: KubernetesObject, cause: RefusalCause, context: AnalysisContext): Clash | undefined {
  if (!/provided (?:port|IP)\b/.test(cause.message)) return undefined;
  const value = valueAt(object.body, cause.path);
  if (typeof value === 'number') return portClash(object, cause, value, context);
  if (typeof value === 'string') return addressClash(object, cause, value, context);
  return undefined;
}

function portClash(object: KubernetesObject, { path }: RefusalCause, port: number, context: AnalysisContext): Clash {
  const holder = holderOf(port, context);
  const free = freePort(port, context);
  const key = path.at(-1);
  const what = key === 'nodePort' ? 'nodePort' : 'healthCheckNodePort';
  return {
    related: holder && relatedHolder(holder.service, holder.path, `has the port ${port}`, context),
    fixes: [
      fixBy(`Remove ${what}: the cluster chooses a free one`, true, [
        dropMember(object, path.slice(0, -1), String(key), context),
      ]),
      free === undefined
        ? undefined
        : fixBy(`Change ${what} to ${free}, which is free`, false, [changeValue(object, path, free, context)]),
    ],
  };
}

function addressClash(
  object: KubernetesObject,
  { path }: RefusalCause,
  address: string,
  context: AnalysisContext,
): Clash {
  const [holder] = context.simulation.controlPlane.servicesByAddress(address);
  const isSingle = path.at(-1) === 'clusterIP' && valueAt(object.body, ['spec', 'clusterIPs']) === undefined;
  return {
    related: holder && relatedHolder(holder, ['spec', 'clusterIP'], `has the address ${address}`, context),
    fixes: isSingle
      ? [
          fixBy('Remove clusterIP: the cluster chooses a free one', true, [
            dropMember(object, ['spec'], 'clusterIP', context),
          ]),
        ]
      : [],
  };
}

function relatedHolder(
  service: Service,
  path: JsonPath,
  what: string,
  context: AnalysisContext,
): RelatedPlace | undefined {
  const object = context.simulation.controlPlane.serviceObject(namespacedName(service));
  return object && relatedMember(object, path, `Service ${namespacedName(service)} ${what}`, context);
}

interface Holder {
  readonly service: Service;
  readonly path: JsonPath;
}

function* heldPorts({ simulation }: AnalysisContext): Iterable<Holder & { readonly port: number }> {
  for (const service of simulation.controlPlane.services()) {
    const { ports = [], healthCheckNodePort } = service.spec;
    for (const [index, { nodePort }] of ports.entries())
      if (nodePort !== undefined) yield { service, path: ['spec', 'ports', index, 'nodePort'], port: nodePort };
    if (healthCheckNodePort !== undefined)
      yield { service, path: ['spec', 'healthCheckNodePort'], port: healthCheckNodePort };
  }
}

function holderOf(port: number, context: AnalysisContext): Holder | undefined {
  for (const held of heldPorts(context)) if (held.port === port) return held;
  return undefined;
}

/** The next one above, else the first of the range. */
function freePort(port: number, context: AnalysisContext): number | undefined {
  const { from, to } = context.simulation.controlPlane.settings.nodePortRange;
  const taken = new Set([...heldPorts(context)].map((held) => held.port));
  const all = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  const free = all.filter((candidate) => !taken.has(candidate));
  return free.find((candidate) => candidate > port) ?? free[0];
}

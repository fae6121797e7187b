/** What two scopes have and do differently: objects, Services with their endpoints, rules, and how requests end. */

import type { RenderedOrigins, Scope } from '#manifest/types';
import type { Service } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import type { ProxyMode } from '#model/settings';
import type { ControlPlane } from '#simulation/types';
import { differingFields } from '../applied-fields';
import type { AnalysisContext } from '../context';
import { modeOnNode } from '../data-plane/data-plane';
import { endpointsOf, fieldChanges, type FieldChange } from '../drift';
import { matchObjects, partnersByKey, type Matching, type Objects, type Pair } from './matching';

/** One side of a comparison. */
export type Side = Pick<AnalysisContext, 'scope' | 'simulation' | 'file'>;

export interface ServiceDifference {
  readonly first: KubernetesObject;
  readonly second: KubernetesObject;
  /** The Service's fields, and `endpoints`: `2 of Deployment web on 8080/TCP`. */
  readonly fields: readonly FieldChange[];
}

export interface RulesDifference {
  readonly node: string;
  readonly mode: ProxyMode;
  readonly family: 'IPv4' | 'IPv6';
  /** Lines of the rules that are only on one side. */
  readonly onlyInFirst: number;
  readonly onlyInSecond: number;
}

export interface ScopeComparison {
  readonly matching: Matching;
  readonly services: readonly ServiceDifference[];
  /** What is no Service and differs. */
  readonly others: readonly { readonly pair: Pair; readonly fields: readonly FieldChange[] }[];
  /** What the API server would refuse on one side, and not on the other. */
  readonly refused: readonly { readonly side: 'first' | 'second'; readonly object: KubernetesObject; readonly message: string }[]; // prettier-ignore
  /**
   * Of the first node that both have; undefined where the rules are the same, where no node is in both, and where Services
   * are called otherwise: chains and addresses come of their names.
   */
  readonly rules: RulesDifference | undefined;
} // prettier-ignore

/** Compares two scopes, or one scope in two states. */
export function compareScopes(first: Side, second: Side): ScopeComparison {
  const [a, b] = [first.simulation.controlPlane, second.simulation.controlPlane];
  const matching = matchObjects(objectsOf(first), objectsOf(second));
  const isService = ([{ group, kind }]: Pair) => group === '' && kind === 'Service';
  const partners = partnersByKey(matching);
  return {
    matching,
    services: matching.pairs.filter(isService).flatMap((pair) => {
      const fields = serviceFields(pair, a, b, matching, partners);
      return fields.length === 0 ? [] : [{ first: pair[0], second: pair[1], fields }];
    }),
    others: matching.pairs.flatMap((pair) => {
      const fields = isService(pair) ? [] : bodyFields(pair, matching);
      return fields.length === 0 ? [] : [{ pair, fields }];
    }),
    refused: refusedOnOneSide(a, b, matching),
    rules: isCalledAlike(matching) ? rulesDifference(first, second) : undefined,
  };
}

/** With where they come from, where an engine rendered them. */
function objectsOf({ simulation, file }: Side): Objects {
  return {
    objects: simulation.controlPlane.objects(),
    sourceOf: ({ origin }) => sourceOf(origin.document, file(origin.file)?.rendered),
  };
}

function sourceOf(document: number, origins: RenderedOrigins | undefined) {
  origins?.wanted?.();
  return origins?.objects.get(document)?.source;
}

/** Whether both are the same in all that is compared. */
export function isSame({ matching, services, others, refused, rules }: ScopeComparison): boolean {
  const count = matching.onlyInFirst.length + matching.onlyInSecond.length + services.length + others.length;
  return count + refused.length === 0 && rules === undefined;
}

/** Why a scope may hold more, or other fields, than is compared; `title` is what it is called. */
export function gapsOf({ incomplete, unapplied }: Scope, title: string): readonly string[] {
  const changes = unapplied.length === 1 ? '1 change of a kustomization is' : `${unapplied.length} changes of kustomizations are`; // prettier-ignore
  return [
    ...incomplete.map((reason) => `${title}: ${reason}`),
    ...(unapplied.length > 0 ? [`${title}: ${changes} not applied (patches and the like)`] : []),
  ];
}

/** What is written of the two, but for the namespace and name that the sides give all their objects. */
function bodyFields([first, second]: Pair, { namespaces }: Matching): readonly FieldChange[] {
  const isMapped = (namespaces.get(first.namespace) ?? first.namespace) === second.namespace;
  // What the two are called stands above what differs.
  return differingFields(first.body, second.body).filter(({ field }) =>
    field === 'metadata.namespace' ? !isMapped : field !== 'metadata.name',
  );
}

function serviceFields(
  pair: Pair,
  a: ControlPlane,
  b: ControlPlane,
  matching: Matching,
  partners: ReadonlyMap<string, KubernetesObject>,
): readonly FieldChange[] {
  const [old, now] = [asWritten(pair[0], a), asWritten(pair[1], b)];
  const written = bodyFields(pair, matching).filter(({ field }) => field.startsWith('metadata.') || !old || !now);
  const endpoints = endpointChange(endpointCounts(pair[0], a, partners), endpointCounts(pair[1], b, undefined));
  return [...(old && now ? fieldChanges(old, now, () => false) : []), ...written, ...endpoints];
}

/** Without the addresses and ports that the simulation chose: they say nothing about either side. */
function asWritten({ namespace, name, body }: KubernetesObject, controlPlane: ControlPlane): Service | undefined {
  const service = controlPlane.service(`${namespace}/${name}`);
  if (!service) return undefined;
  const said = (body['spec'] as Partial<Service['spec']> | undefined)?.ports;
  const { clusterIP: _, clusterIPs, healthCheckNodePort: __, ports, ...spec } = service.spec;
  const kept = clusterIPs?.filter((address) => !controlPlane.isAssigned(service, address));
  return {
    ...service,
    spec: {
      ...spec,
      ...(kept?.length && { clusterIPs: kept }),
      ports: ports?.map(({ nodePort, ...port }, index) =>
        said?.[index]?.nodePort === undefined || nodePort === undefined ? port : { ...port, nodePort },
      ),
    } as Service['spec'],
  };
}

/** How many endpoints there are of a kind: `Deployment web on 8080/TCP`. The first side's are called as the second's. */
function endpointCounts(
  { namespace, name }: KubernetesObject,
  controlPlane: ControlPlane,
  partners: ReadonlyMap<string, KubernetesObject> | undefined,
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const slices = controlPlane.endpointSlices(`${namespace}/${name}`);
  for (const { address, ready, target } of endpointsOf(slices).values()) {
    const port = /:([^:\]]+)$/.exec(address)?.[1];
    const pod = /^pod (.+)$/.exec(target ?? '')?.[1];
    const group = pod === undefined ? undefined : controlPlane.groupOfPod(pod);
    const object = group && (partners?.get(group.key) ?? group.object);
    const what = object ? `${object.kind} ${object.name}${port === undefined ? '' : ` on ${port}`}` : address;
    const key = ready ? what : `${what}, not ready`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

function endpointChange(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): readonly FieldChange[] {
  const print = (counts: ReadonlyMap<string, number>) =>
    [...counts].sort(([x], [y]) => (x < y ? -1 : 1)).map(([what, count]) => `${count} of ${what}`).join('; '); // prettier-ignore
  const [old, now] = [print(before), print(after)];
  return old === now ? [] : [{ field: 'endpoints', before: old || 'none', after: now || 'none' }];
}

function refusedOnOneSide(a: ControlPlane, b: ControlPlane, matching: Matching): ScopeComparison['refused'] {
  const partners = partnersByKey(matching);
  const back = new Set([...a.refusals()].map(({ object }) => partners.get(object.key)?.key ?? object.key));
  const forth = new Set([...b.refusals()].map(({ object }) => object.key));
  return [
    ...[...a.refusals()]
      .filter(({ object }) => !forth.has(partners.get(object.key)?.key ?? object.key))
      .map(({ object, message }) => ({ side: 'first' as const, object, message })),
    ...[...b.refusals()]
      .filter(({ object }) => !back.has(object.key))
      .map(({ object, message }) => ({ side: 'second' as const, object, message })),
  ];
}

function isCalledAlike({ pairs }: Matching): boolean {
  return pairs.every(([first, second]) => first.key === second.key || first.kind !== 'Service');
}

/** Counts lines as often as they are there: chains have names that both sides have only for the same Services. */
function rulesDifference(first: Side, second: Side): RulesDifference | undefined {
  const [a, b] = [first.simulation, second.simulation];
  const there = new Set(b.controlPlane.nodes().map(({ metadata }) => metadata.name));
  const node = a.controlPlane.nodes().find(({ metadata }) => there.has(metadata.name))?.metadata.name;
  if (node === undefined) return undefined;
  const mode = modeOnNode(node, a.controlPlane);
  const family = a.controlPlane.settings.serviceCIDRs[0]?.includes(':') === true ? 'IPv6' : 'IPv4';
  const [left, right] = [a, b].map(({ dataPlane }) => {
    const rules = dataPlane.rules(node, mode, family);
    return rules ? dataPlane.print(rules).split('\n').filter((line) => line !== '' && !line.startsWith('#')) : []; // prettier-ignore
  });
  const counts = new Map<string, number>();
  for (const line of left!) counts.set(line, (counts.get(line) ?? 0) + 1);
  for (const line of right!) counts.set(line, (counts.get(line) ?? 0) - 1);
  const surplus = [...counts.values()];
  const onlyInFirst = surplus.reduce((sum, count) => sum + Math.max(0, count), 0);
  const onlyInSecond = surplus.reduce((sum, count) => sum + Math.max(0, -count), 0);
  return onlyInFirst + onlyInSecond === 0 ? undefined : { node, mode, family, onlyInFirst, onlyInSecond };
}

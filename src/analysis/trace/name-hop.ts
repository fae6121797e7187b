/** The first stage of a request: the resolver's search, and what each try was answered. */

import { compareStrings } from '#base/compare';
import { namespacedName, type Service } from '#model/kubernetes';
import type { DnsTry, Resolution } from '#simulation/types';
import type { Fix, Hop, HopCause } from '../types';
import { serviceCause, type Tracing } from './causes';
import { listed } from './lookup';
import type { Source } from './source';

/** The hop of a resolution; `usable` are the addresses that the client will call. */
export function nameHop(name: string, resolution: Resolution, usable: readonly string[], tracing: Tracing): Hop {
  const names = [...new Set(resolution.tries.map((tried) => tried.name))];
  const resolved = usable.length > 0;
  return {
    kind: 'name',
    title: titleOf(name, names),
    result: resolved ? listed(usable, 4) : resultOfFailure(resolution),
    lines: [...names.flatMap((tried) => lineOf(tried, resolution.tries)), ...familyLine(resolution, usable)],
    before: undefined,
    after: undefined,
    causes: resolution.service === undefined ? [] : serviceCause(resolution.service, tracing),
    state: resolved ? 'passed' : 'failed',
  };
}

function titleOf(name: string, tried: readonly string[]): string {
  const shown = tried.map(withoutDot);
  if (shown.length === 0) return `${withoutDot(name)}: nothing was asked`;
  if (shown.length === 1 && shown[0] === withoutDot(name)) return withoutDot(name);
  return `${withoutDot(name)} → tried ${listed(shown, 3)}`;
}

function resultOfFailure(resolution: Resolution): string {
  const last = resolution.tries.at(-1);
  if (!last) return 'no answer';
  return last.answer.rcode === 'NOERROR' ? 'no address' : last.answer.rcode;
}

/** A and AAAA of one name in one line: `web.shop.svc.cluster.local  A 10.96.114.7`. */
function lineOf(name: string, tries: readonly DnsTry[]): string[] {
  const answers = tries.filter((tried) => tried.name === name).map((tried) => tried.answer);
  const records = answers.flatMap((answer) => answer.answers);
  const [first] = answers;
  if (!first) return [];
  if (records.length === 0) {
    const rcode = first.rcode === 'NOERROR' ? 'no address' : first.rcode;
    return [`${withoutDot(name)}: ${rcode}${first.cause === '' ? '' : `, ${first.cause}`}`];
  }
  const shown = [...new Set(records.map((record) => `${record.type} ${record.value}`))];
  return [`${withoutDot(name)}: ${listed(shown, 6)}`];
}

function familyLine(resolution: Resolution, usable: readonly string[]): string[] {
  const left = resolution.addresses.filter((address) => !usable.includes(address));
  if (usable.length === 0 || left.length === 0) return [];
  return usable[0]!.includes(':')
    ? [`${listed(left, 4)} is not used: the client has no IPv4 address`]
    : [`${listed(left, 4)} is not tried: IPv4 comes first`];
}

/** Why a name has no address, in one sentence. */
export function unresolvedReason(name: string, resolution: Resolution, source: Source): string {
  const shown = withoutDot(name);
  if (resolution.addresses.length > 0)
    return `${shown} has only addresses of a family that ${source.label} does not have: ${listed(resolution.addresses, 4)}`;
  const alias = resolution.tries.flatMap((tried) => tried.answer.answers).find((record) => record.type === 'CNAME');
  if (alias) return `${shown} is another name for ${withoutDot(alias.value)}, which does not resolve inside the cluster`;
  // The first try is what the user meant: the later ones only fall through to other domains.
  const cause = resolution.tries.find((tried) => tried.answer.cause !== '')?.answer.cause;
  return cause === undefined ? `${shown} does not resolve` : `${shown} does not resolve: ${cause}`;
}

/** Services of the same name in other namespaces: what somebody who wrote the short name most probably meant. */
export function elsewhere(name: string, source: Source, tracing: Tracing): { causes: HopCause[]; fixes: Fix[] } {
  const [short, namespace] = withoutDot(name).split('.');
  const own = source.pod?.metadata.namespace;
  const found: Service[] = [];
  for (const service of tracing.context.simulation.controlPlane.services())
    if (service.metadata.name === short && ![own, namespace].includes(service.metadata.namespace)) found.push(service);
  found.sort((a, b) => compareStrings(namespacedName(a), namespacedName(b)));
  if (source.packet.kind !== 'pod') return { causes: [], fixes: [] };
  const causes = found.flatMap((service) =>
    serviceCause(namespacedName(service), tracing).map((cause) => ({
      ...cause,
      text: `${cause.text} is in namespace ${service.metadata.namespace}: its name here is ${short}.${service.metadata.namespace}`,
    })),
  );
  const fixes = found.map((service) => ({
    title: `Call ${short}.${service.metadata.namespace} instead of ${withoutDot(name)}`,
    edits: [],
    preferred: found.length === 1,
  }));
  return { causes, fixes };
}

export function withoutDot(name: string): string {
  return name.replace(/\.$/, '');
}

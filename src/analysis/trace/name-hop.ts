/** The first stage of a request: the resolver's search, and what each try was answered. */

import type { DnsAnswer, DnsTry, Resolution } from '#simulation/types';
import type { Hop } from '../types';
import { serviceCause, type Tracing } from './causes';
import { topicsOfName } from './hop-topics';
import { listed } from './lookup';

/** The hop of a resolution; `usable` are the addresses that the client will call. */
export function nameHop(name: string, resolution: Resolution, usable: readonly string[], tracing: Tracing): Hop {
  const names = [...new Set(resolution.tries.map((tried) => tried.name))];
  const resolved = usable.length > 0;
  const { controlPlane } = tracing.context.simulation;
  const service = resolution.service === undefined ? undefined : controlPlane.service(resolution.service);
  return {
    kind: 'name',
    title: titleOf(name, names, resolution),
    result: resolved ? listed(usable, 4) : resultOfFailure(resolution),
    lines: [
      ...(resolution.hosts === undefined ? [] : [resolution.hosts]),
      ...names.flatMap((tried) => lineOf(tried, resolution.tries)),
      ...familyLine(resolution, usable),
      ...(resolved && resolution.musl !== undefined ? [resolution.musl] : []),
    ],
    before: undefined,
    after: undefined,
    causes: resolution.service === undefined ? [] : serviceCause(resolution.service, 'has this name', tracing),
    // What nobody here can tell does not fail here.
    state: resolved || resolution.tries.at(-1)?.answer.rcode === 'UNKNOWN' ? 'passed' : 'failed',
    topics: topicsOfName(name, resolution, service),
  };
}

function titleOf(name: string, tried: readonly string[], { hosts }: Resolution): string {
  const shown = tried.map(withoutDot);
  if (hosts !== undefined) return `${withoutDot(name)}: known without DNS`;
  if (shown.length === 0) return `${withoutDot(name)}: nothing was asked`;
  if (shown.length === 1 && shown[0] === withoutDot(name)) return withoutDot(name);
  return `${withoutDot(name)} → tried ${shown.length === 1 ? shown[0] : `${shown.length} names`}`;
}

function resultOfFailure(resolution: Resolution): string {
  const last = resolution.tries.at(-1);
  if (!last) return 'no answer';
  return inWords(last.answer.rcode);
}

function inWords(rcode: DnsAnswer['rcode']): string {
  if (rcode === 'UNKNOWN') return 'not known here';
  return rcode === 'NOERROR' ? 'no address' : rcode;
}

/** A and AAAA of one name in one line: `web.shop.svc.cluster.local  A 10.96.114.7`. */
function lineOf(name: string, tries: readonly DnsTry[]): string[] {
  const answers = tries.filter((tried) => tried.name === name).map((tried) => tried.answer);
  const records = answers.flatMap((answer) => answer.answers);
  const [first] = answers;
  if (!first) return [];
  if (records.length === 0) {
    return [`${withoutDot(name)}: ${inWords(first.rcode)}${first.cause === '' ? '' : `, ${first.cause}`}`];
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

export function withoutDot(name: string): string {
  return name.replace(/\.$/, '');
}

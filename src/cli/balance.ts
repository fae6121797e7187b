/** `balance`: how connections to a Service spread over its pods, by each of IPVS' schedulers and by chance. */

import type { ScopeState } from '#analysis/context';
import { schedulerWords } from '#simulation/network/balance/schedulers';
import { balanceService, schedulersNamed, type ServiceBalance } from '#simulation/network/balance/service-balance';
import { wrap } from '#base/wrap';
import { Failure } from './failure';
import { print, printValue, styleOf, table, type Format, type Style } from './output';

export interface BalanceFlags {
  readonly connections: string;
  readonly clients?: readonly string[];
  readonly scheduler: string;
  readonly secondsBetween: string;
  readonly secondsOpen?: string;
  readonly output: Format;
}

/** More would only take long. */
const mostConnections = 1_000_000;

/** `service`: `NAME`, `NAMESPACE/NAME`, either with `:PORT` behind it. */
export function balance({ simulation }: ScopeState, service: string, flags: BalanceFlags): void {
  const { controlPlane, dataPlane } = simulation;
  const [name, port] = partsOf(service);
  const schedulers = schedulersNamed(flags.scheduler);
  if (!schedulers)
    throw new Failure(`scheduler must be all or of ${Object.keys(schedulerWords).join(', ')}, not ${flags.scheduler}`);
  const answer = balanceService(
    {
      service: qualified(
        name,
        [...controlPlane.services()].map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
      ),
      port,
      connections: wholeNumber(flags.connections, '--connections'),
      clients: flags.clients,
      schedulers,
      secondsBetween: seconds(flags.secondsBetween, '--seconds-between'),
      secondsOpen: flags.secondsOpen === undefined ? undefined : seconds(flags.secondsOpen, '--seconds-open'),
    },
    controlPlane,
    dataPlane,
  );
  if ('error' in answer) throw new Failure(answer.error);
  if (flags.output === 'text') print(asText(answer, styleOf(process.stdout)));
  else printValue(answer, flags.output);
}

function partsOf(service: string): readonly [name: string, port: string | undefined] {
  const bare = service.replace(/^(service|svc)\//, '');
  const colon = bare.lastIndexOf(':');
  return colon < 0 ? [bare, undefined] : [bare.slice(0, colon), bare.slice(colon + 1)];
}

/** A name without a namespace is that of the one Service that has it. */
function qualified(name: string, known: readonly string[]): string {
  if (name.includes('/')) return name;
  const named = known.filter((candidate) => candidate.endsWith(`/${name}`));
  if (named.length > 1) throw new Failure(`several Services are called ${name}: ${named.join(', ')}`);
  return named[0] ?? `default/${name}`;
}

function wholeNumber(text: string, flag: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > mostConnections)
    throw new Failure(`${flag} must be 1 to ${mostConnections}, not ${text}`);
  return value;
}

function seconds(text: string, flag: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new Failure(`${flag} must be a number of seconds, not ${text}`);
  return value;
}

function asText(answer: ServiceBalance, style: Style): string {
  const { schedulers, pods, refused } = answer;
  const place = `${answer.address.includes(':') ? `[${answer.address}]` : answer.address}:${answer.port}`;
  const clients = answer.clients.length === 1 ? 'one client' : `${answer.clients.length} clients`;
  const lines = [style.bold(`${answer.service} at ${place}`), ` ${answer.connections} connections of ${clients}`, ''];
  const rows = pods.map(({ pod, address, port, connections, byChance }) => [
    ` ${pod ?? `${address}:${port}`}`,
    `${byChance.mean.toFixed(0)} ± ${byChance.deviation.toFixed(0)}`,
    ...connections.map(String),
  ]);
  if (pods.length === 0 || refused.some((count) => count > 0)) rows.push([' refused', '', ...refused.map(String)]);
  lines.push(table([' POD', 'BY CHANCE', ...schedulers.map((name) => name.toUpperCase())], rows), '');
  lines.push(...wrap('by chance: iptables and nftables mode choose each pod alike; the mean and the standard deviation', ' ', style.width)); // prettier-ignore
  for (const name of schedulers) lines.push(...wrap(`${name}: ${schedulerWords[name]}`, ' ', style.width));
  lines.push('');
  for (const note of answer.notes) lines.push(...wrap(note, ' ', style.width));
  return lines.join('\n');
}

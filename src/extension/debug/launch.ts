/** The attributes of a launch configuration of type `service-topology`, read with clear words for what is wrong. */

import type { RecordParams } from '#protocol/debug';
import type { Granularity } from './playback';

export interface Launch {
  readonly params: RecordParams;
  readonly stopOnEntry: boolean;
  readonly granularity: Granularity;
}

const choices = {
  protocol: ['TCP', 'UDP', 'SCTP'],
  mode: ['iptables', 'nftables', 'ipvs'],
  family: ['IPv4', 'IPv6'],
  rules: ['met', 'every'],
} as const;

/** What the editor itself puts into a configuration. */
const theirs = /^(type|request|name|noDebug|presentation|preLaunchTask|postDebugTask|internalConsoleOptions|debugServer|serverReadyAction|suppress.*|linux|osx|windows|__.*)$/; // prettier-ignore
const ours = ['from', 'to', 'port', 'protocol', 'mode', 'family', 'node', 'scope', 'stopOnEntry', 'rules', 'choose'];

/** The configuration, or one sentence for each thing that is wrong with it. */
export function readLaunch(configuration: Readonly<Record<string, unknown>>): Launch | { readonly error: string } {
  const problems: string[] = [];
  const text = (name: string): string | undefined => {
    const value = configuration[name];
    if (value === undefined || value === '' || typeof value === 'string') return value === '' ? undefined : value;
    problems.push(`“${name}” has to be a text.`);
    return undefined;
  };
  const oneOf = <K extends keyof typeof choices>(name: K): (typeof choices)[K][number] | undefined => {
    const value = text(name);
    const found = choices[name].find((choice) => choice.toLowerCase() === value?.toLowerCase());
    if (value !== undefined && !found) problems.push(`“${name}” is “${value}”; it can be ${choices[name].join(', ')}.`);
    return found;
  };
  const to = text('to');
  const from = text('from');
  const node = text('node');
  const scope = text('scope');
  const protocol = oneOf('protocol');
  const mode = oneOf('mode');
  const family = oneOf('family');
  const rules = oneOf('rules');
  const port = portOf(configuration.port, problems);
  const { choose, stopOnEntry } = configuration;
  if (to === undefined) problems.push('“to” is missing: the Service, name, address or URL that is called.');
  if (from === undefined && node === undefined) problems.push('“from” is missing: the pod, workload or node that sends the request, or “outside”.'); // prettier-ignore
  if (choose !== undefined && typeof choose !== 'string' && typeof choose !== 'number') problems.push('“choose” has to be a pod, an address, or the number of a way.'); // prettier-ignore
  if (stopOnEntry !== undefined && typeof stopOnEntry !== 'boolean') problems.push('“stopOnEntry” has to be true or false.'); // prettier-ignore
  for (const name of Object.keys(configuration))
    if (!ours.includes(name) && !theirs.test(name)) problems.push(`“${name}” is no attribute; there are ${ours.join(', ')}.`); // prettier-ignore
  if (problems.length > 0 || to === undefined) return { error: problems.join(' ') };
  const given = { from, port, protocol, mode, family, node };
  return {
    params: {
      scope: scope ?? '.',
      to,
      ...(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as typeof given),
      // People count from one.
      ...(typeof choose === 'number' ? { choose: choose - 1 } : typeof choose === 'string' && choose !== '' ? { choose } : {}), // prettier-ignore
    },
    stopOnEntry: stopOnEntry !== false,
    granularity: rules ?? 'met',
  };
}

function portOf(value: unknown, problems: string[]): number | undefined {
  if (value === undefined || value === '') return undefined;
  const port = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof port === 'number' && Number.isInteger(port) && port > 0 && port < 65536) return port;
  problems.push(`“port” is ${JSON.stringify(value)}; it has to be a number from 1 to 65535.`);
  return undefined;
}

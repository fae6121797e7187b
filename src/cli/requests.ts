/** The requests that `trace`, `dns` and `policy` read as JSON lines, checked field by field. */

import type { TraceRequest } from '#analysis/types';
import { isJsonObject } from '#base/json';
import type { Protocol } from '#model/kubernetes';
import type { ProxyMode } from '#model/settings';
import type { RecordType } from '#simulation/types';
import { Failure } from './failure';

const protocols: readonly string[] = ['TCP', 'UDP', 'SCTP'] satisfies Protocol[];
const modes: readonly string[] = ['iptables', 'ipvs', 'nftables'] satisfies ProxyMode[];
const recordTypes: readonly string[] = [
  'A',
  'AAAA',
  'SRV',
  'CNAME',
  'PTR',
  'TXT',
  'NS',
  'SOA',
  'MX',
  'CAA',
  'HTTPS',
  'SVCB',
  'HINFO',
  'ANY',
] satisfies RecordType[];

export function protocolOf(value: unknown): Protocol | undefined {
  if (value === undefined) return undefined;
  const text = String(value).toUpperCase();
  if (!protocols.includes(text))
    throw new Failure(`protocol must be one of ${protocols.join(', ')}, not ${String(value)}`);
  return text as Protocol;
}

export function modeOf(value: unknown): ProxyMode | undefined {
  if (value === undefined) return undefined;
  if (!modes.includes(String(value)))
    throw new Failure(`mode must be one of ${modes.join(', ')}, not ${String(value)}`);
  return value as ProxyMode;
}

export function recordTypeOf(value: unknown): RecordType {
  const text = String(value ?? 'A').toUpperCase();
  if (!recordTypes.includes(text))
    throw new Failure(`type must be one of ${recordTypes.join(', ')}, not ${String(value)}`);
  return text as RecordType;
}

/** A port from a flag or a request. */
export function portOf(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  const port = typeof value === 'number' ? value : Number(String(value));
  if (!Number.isInteger(port) || port < 1 || port > 65535)
    throw new Failure(`port must be 1 to 65535, not ${String(value)}`);
  return port;
}

function textOf(request: Readonly<Record<string, unknown>>, field: string): string {
  const value = request[field];
  if (typeof value !== 'string' || value === '') throw new Failure(`"${field}" is missing`);
  return value;
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (!isJsonObject(value)) throw new Failure('a request is a JSON object');
  return value;
}

export function traceRequestOf(value: unknown): TraceRequest {
  const request = objectOf(value);
  return {
    from: textOf(request, 'from'),
    to: textOf(request, 'to'),
    port: portOf(request.port),
    protocol: protocolOf(request.protocol),
    mode: modeOf(request.mode),
    ...(request.explain === true ? { explain: true } : {}),
  };
}

export function dnsRequestOf(value: unknown): { readonly name: string; readonly type: RecordType } {
  const request = objectOf(value);
  return { name: textOf(request, 'name'), type: recordTypeOf(request.type) };
}

export interface PolicyRequest {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly protocol: Protocol;
}

export function policyRequestOf(value: unknown): PolicyRequest {
  const request = objectOf(value);
  const port = portOf(request.port);
  if (port === undefined) throw new Failure('"port" is missing');
  return {
    from: textOf(request, 'from'),
    to: textOf(request, 'to'),
    port,
    protocol: protocolOf(request.protocol) ?? 'TCP',
  };
}

/** A request of `--request`: `FROM -> TO`. */
export function writtenRequest(
  text: string,
  flags: { readonly port?: string; readonly protocol?: string },
): TraceRequest {
  const ends = /^(.+?)\s*(?:->|→)\s*(.+)$/.exec(text.trim());
  if (!ends) throw new Failure(`--request takes "FROM -> TO", not "${text}"`);
  return traceRequestOf({ from: ends[1], to: ends[2], port: portOf(flags.port), protocol: protocolOf(flags.protocol) });
}

/** A what-if as a YAML file, to be kept and opened again: its scope, its steps, and the requests that it is about. */

import { isJsonObject, printPath, type JsonObject, type JsonPath, type JsonValue } from '#base/json';
import type { Range } from '#base/text';
import { readEmbedded } from '#manifest/index';
import type { ManifestFile, ManifestProblem } from '#manifest/types';
import type { TraceRequest } from '../types';
import { parseStep, printStep } from './grammar';
import type { Step } from './types';

export interface WhatIf {
  /** The scope's name; undefined where there is only one. */
  readonly scope: string | undefined;
  readonly steps: readonly Step[];
  readonly requests: readonly TraceRequest[];
}

/** Something that the file says and cannot say. */
export interface WhatIfProblem {
  /** One-based. */
  readonly line: number;
  readonly message: string;
  readonly range: Range;
}

/** What is wrong with a file that holds a what-if; what is no YAML its own problems tell. */
export function whatIfProblems({ text, problems: own }: ManifestFile): readonly ManifestProblem[] {
  if (own.some(({ severity }) => severity === 'error')) return [];
  return readWhatIf(text).problems.map(({ message, range }) => ({ code: 'what-if-invalid', severity: 'error', message, range, document: 0 }));
} // prettier-ignore

const keys = ['scope', 'steps', 'requests'];
const requestKeys = ['from', 'to', 'port', 'protocol', 'mode'];
const protocols = ['TCP', 'UDP', 'SCTP'] as const;
const modes = ['iptables', 'ipvs', 'nftables'] as const;

export function readWhatIf(text: string): { readonly whatIf: WhatIf; readonly problems: readonly WhatIfProblem[] } {
  const { value, problem, rangeOf } = readEmbedded(text);
  const problems: WhatIfProblem[] = [];
  const wrong = (path: JsonPath, message: string): undefined => {
    const range = rangeOf(path);
    problems.push({ line: range.start.line + 1, message, range });
    return undefined;
  };
  if (problem) problems.push({ line: problem.range.start.line + 1, message: problem.message, range: problem.range });
  const root = isJsonObject(value) ? value : {};
  if (!problem && !isJsonObject(value)) wrong([], 'a what-if is a mapping with steps');
  checkKeys(root, [], keys, wrong);
  const { scope } = root;
  if (scope !== undefined && scope !== null && typeof scope !== 'string') wrong(['scope'], 'scope has to be a text');
  return {
    whatIf: {
      scope: typeof scope === 'string' ? scope : undefined,
      steps: itemsOf(root, 'steps', wrong).flatMap((item, i) => readStep(item, ['steps', i], wrong) ?? []),
      requests: itemsOf(root, 'requests', wrong).flatMap((item, i) => readRequest(item, ['requests', i], wrong) ?? []),
    },
    problems,
  };
}

type Wrong = (path: JsonPath, message: string) => undefined;

function checkKeys(value: JsonObject, path: JsonPath, known: readonly string[], wrong: Wrong): void {
  for (const key of Object.keys(value))
    if (!known.includes(key)) wrong([...path, key], `${key} is nothing that is known here; known are ${known.join(', ')}`); // prettier-ignore
}

function itemsOf(root: JsonObject, key: string, wrong: Wrong): readonly JsonValue[] {
  const value = root[key];
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value as readonly JsonValue[];
  wrong([key], `${key} has to be a list`);
  return [];
}

function readStep(item: JsonValue, path: JsonPath, wrong: Wrong): Step | undefined {
  if (typeof item !== 'string') return wrong(path, `${printPath(path)} has to be a text, such as "deployment shop/web restarts"`);
  const step = parseStep(item);
  return 'error' in step ? wrong(path, step.error) : step;
} // prettier-ignore

function readRequest(item: JsonValue, path: JsonPath, wrong: Wrong): TraceRequest | undefined {
  if (!isJsonObject(item)) return wrong(path, `${printPath(path)} has to be a mapping with from and to`);
  checkKeys(item, path, requestKeys, wrong);
  const { from, to, port } = item;
  if (typeof from !== 'string' || typeof to !== 'string') return wrong(path, `${printPath(path)} has to say from and to`);
  if (port !== undefined && (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65535))
    return wrong([...path, 'port'], 'port has to be a number from 1 to 65535');
  const protocol = protocols.find((each) => each === item.protocol);
  const mode = modes.find((each) => each === item.mode);
  if (item.protocol !== undefined && !protocol) return wrong([...path, 'protocol'], `protocol has to be one of ${protocols.join(', ')}`); // prettier-ignore
  if (item.mode !== undefined && !mode) return wrong([...path, 'mode'], `mode has to be one of ${modes.join(', ')}`);
  return { from, to, ...(typeof port === 'number' && { port }), ...(protocol && { protocol }), ...(mode && { mode }) };
} // prettier-ignore

/** As `readWhatIf` reads it. */
export function printWhatIf({ scope, steps, requests }: WhatIf): string {
  const lines = ['# A what-if of Service Topology: open it again with "What If…", or run service-topology what-if.'];
  if (scope !== undefined) lines.push(`scope: ${JSON.stringify(scope)}`);
  lines.push(steps.length === 0 ? 'steps: []' : 'steps:', ...steps.map((step) => `  - ${JSON.stringify(printStep(step))}`)); // prettier-ignore
  if (requests.length > 0) lines.push('requests:');
  for (const { from, to, port, protocol, mode } of requests) {
    lines.push(`  - from: ${JSON.stringify(from)}`, `    to: ${JSON.stringify(to)}`);
    if (port !== undefined) lines.push(`    port: ${port}`);
    if (protocol !== undefined) lines.push(`    protocol: ${protocol}`);
    if (mode !== undefined) lines.push(`    mode: ${mode}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Reads, runs and prints case files for traces. */

import { traceRequest } from '#analysis/trace/trace';
import type { Hop, Trace, TraceError, TraceRequest } from '#analysis/types';
import { createWorkspace, type Workspace } from '#analysis/workspace';
import { defaultSettings } from '#model/settings';

export interface Case {
  readonly introduction: string;
  readonly files: ReadonlyMap<string, string>;
  /** Each as it is written: `deployment/shop/front -> http://web/ --port 80 --protocol UDP`. */
  readonly requests: readonly string[];
}

export function parseCase(text: string): Case {
  const [before = '', ...requests] = text.split(/^--- /m);
  const [introduction = '', ...parts] = before.split(/^=== /m);
  const files = new Map<string, string>();
  for (const part of parts) {
    const end = part.indexOf('\n');
    files.set(part.slice(0, end).trim(), part.slice(end + 1));
  }
  return { introduction: introduction.trim(), files, requests: requests.map((request) => request.split('\n')[0]!) };
}

export function workspaceOf(files: ReadonlyMap<string, string>): Workspace {
  const workspace = createWorkspace({ settings: defaultSettings, roots: [], single: 'test' });
  for (const [path, text] of files) workspace.setFile(path, text);
  workspace.update();
  return workspace;
}

/** The case as a text, with what came out under each request. */
export function renderCase({ introduction, files, requests }: Case): string {
  const workspace = workspaceOf(files);
  const parts = [introduction, ''];
  for (const [path, text] of files) parts.push(`=== ${path}`, text.trimEnd(), '');
  for (const request of requests) parts.push(`--- ${request}`, ...linesOf(run(request, workspace)), '');
  return `${parts.join('\n').trimEnd()}\n`;
}

export function run(text: string, workspace: Workspace): Trace | TraceError {
  return traceRequest(parseRequest(text), workspace, workspace.scopes[0]!);
}

export function parseRequest(text: string): TraceRequest {
  const [ends = '', ...options] = text.split(' --');
  const [from = '', to = ''] = ends.split(' -> ');
  const option = (name: string) => options.find((each) => each.startsWith(`${name} `))?.slice(name.length + 1);
  const port = option('port');
  return {
    from,
    to,
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(option('protocol') === undefined ? {} : { protocol: option('protocol') as 'TCP' | 'UDP' | 'SCTP' }),
    ...(option('mode') === undefined ? {} : { mode: option('mode') as 'iptables' | 'ipvs' | 'nftables' }),
  };
}

function linesOf(trace: Trace | TraceError): string[] {
  if ('error' in trace) return [`error: ${trace.error}`];
  return [
    `${trace.from} → ${trace.to}: ${trace.verdict}`,
    ...trace.outcomes.map(outcomeLine),
    ...trace.paths.flatMap((path, i) => [`path ${i + 1}`, ...path.hops.flatMap(hopLines)]),
    `symptom: ${trace.symptom}`,
    ...trace.fixes.map((fix) => `fix${fix.preferred ? ' (preferred)' : ''}: ${fix.title}`),
    ...trace.assumptions.map((text) => `assumed: ${text}`),
  ];
}

function outcomeLine(outcome: Trace['outcomes'][number]): string {
  const share = `${Number((outcome.probability * 100).toFixed(1))} %`;
  if (outcome.kind !== 'delivered') return `  ${share} ${outcome.kind}: ${outcome.reason}`;
  return `  ${share} delivered: ${outcome.pod}:${outcome.port}, which sees ${outcome.source}`;
}

function hopLines(hop: Hop): string[] {
  const changed = hop.before === undefined ? [] : [`      ${hop.before}  becomes  ${hop.after}`];
  const causes = hop.causes.map(({ text, place }) => {
    const where = place ? ` (${place.file}:${place.range.start.line + 1}:${place.range.start.character + 1})` : '';
    return `      because ${text}${where}`;
  });
  const head = [hop.kind, hop.title].join(': ');
  const result = hop.result === '' ? '' : ` | ${hop.result}`;
  return [`  ${head}${result} [${hop.state}]`, ...changed, ...hop.lines.map((line) => `      ${line}`), ...causes];
}

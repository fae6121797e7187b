/** A recording against the trace of the same request: it ends where the trace ends, and its stops stand in the rules. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { recordRequest } from '#analysis/debug/record';
import type { Recording, Stop } from '#analysis/debug/types';
import { rulesDocument } from '#analysis/rules-view/document';
import { traceRequest } from '#analysis/trace/trace';
import type { Trace, TraceRequest } from '#analysis/types';
import type { Workspace } from '#analysis/workspace';
import { workspaceOf } from '../trace/case-file';

const root = new URL('../../golden/dev/', import.meta.url);

/** Clusters in which packets were seen in a real kernel; some have no network of their own to speak of. */
const clusters = readdirSync(root).filter((_, i) => i % 3 === 0);

interface Seen {
  readonly from: string;
  readonly address: string;
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
}

function requestsOf(name: string): readonly TraceRequest[] {
  const seen = JSON.parse(readFileSync(new URL(`${name}/packets.json`, root), 'utf8')) as readonly Seen[];
  const requests = seen.map(({ from, address, port, protocol }) => ({ from, to: address, port, protocol }));
  const distinct = new Map(requests.map((request) => [JSON.stringify(request), request]));
  return [...distinct.values()].filter((_, i) => i % 5 === 0).slice(0, 25);
}

function record(request: TraceRequest, workspace: Workspace, choose?: number): Recording {
  const recording = recordRequest(
    { request, ...(choose !== undefined && { choose }) },
    workspace,
    workspace.scopes[0]!,
  );
  if ('error' in recording) throw new Error(`${JSON.stringify(request)}: ${recording.error}`);
  return recording;
}

/** What is wrong with the stops of a recording, beside the trace's path. */
function faults({ stops, outcome }: Recording, workspace: Workspace): readonly string[] {
  const last = stops.at(-1)!;
  const out: string[] = [];
  if (outcome.kind === 'delivered') {
    const pod = stops.find(({ kind }) => kind === 'pod');
    if (pod?.title !== stops.findLast(({ kind }) => kind === 'pod')?.title) out.push('two pods');
    if (!pod?.title.includes(outcome.pod)) out.push(`${pod?.title} is not ${outcome.pod}`);
    if (pod?.packet && pod.packet.dport !== outcome.port) out.push(`${pod.packet.dport} is not ${outcome.port}`);
  } else if (outcome.reason.startsWith('a rule ')) {
    if (last.rule?.matched !== 'yes' || !/is (refused|dropped)/.test(last.rule.words))
      out.push(`ends at ${last.title}`);
  } else if (last.kind === 'rule') out.push(`ends in a rule: ${last.title}`);
  return [...out, ...stops.flatMap((stop, i) => faultOf(stop, stops[i + 1], workspace))];
}

function faultOf(stop: Stop, next: Stop | undefined, workspace: Workspace): readonly string[] {
  const { rule, frame, packet } = stop;
  if (!rule) return [];
  const place = frame.place && 'rules' in frame.place ? frame.place.rules : undefined;
  if (!place) return [`${stop.title} is at no line`];
  const ruleset = workspace.scopes[0]!.simulation.dataPlane.rules(place.node, place.mode, place.family)!;
  const line = rulesDocument(ruleset).lines[place.line]!.text.trim();
  // A rule that draws or looks up is told with what it found.
  const start = rule.text.split(/ numgen | vmap | @/)[0]!;
  const out = line.startsWith(start) ? [] : [`${line} is not ${rule.text}`];
  const target = /goes to \[?([0-9a-f.:]+?)\]?:(\d+) from now on/.exec(rule.matched === 'yes' ? rule.words : '');
  if (target && (next?.packet?.daddr !== target[1] || String(next?.packet?.dport) !== target[2]))
    out.push(`${stop.title}, then ${next?.packet?.daddr}:${next?.packet?.dport}`);
  if (!packet) out.push(`${stop.title} has no packet`);
  return out;
}

describe.each(['iptables', 'nftables', 'ipvs'] as const)('recordings in %s mode', (mode) => {
  it.each(clusters)('%s', (name) => {
    const text = readFileSync(new URL(`${name}/cluster.yaml`, root), 'utf8');
    const workspace = workspaceOf(new Map([['cluster.yaml', text]]));
    for (const seen of requestsOf(name)) {
      const request = { ...seen, mode };
      const trace = traceRequest(request, workspace, workspace.scopes[0]!) as Trace;
      const first = record(request, workspace);
      expect(first.ways.map(({ probability }) => probability)).toEqual(trace.paths.map((path) => path.probability));
      for (const [path, { outcome }] of trace.paths.entries()) {
        if (path > 3) break;
        const recording = path === 0 ? first : record(request, workspace, path);
        expect(recording.outcome).toEqual(outcome);
        expect(recording.verdict).toBe(trace.verdict);
        expect({ request, faults: faults(recording, workspace) }).toEqual({ request, faults: [] });
        // Each way is open at the choices that lead to it, and the last one leaves it alone or with its like.
        const choices = recording.stops.filter(({ choice }) => choice.length > 0);
        if (trace.paths.length > 1) expect(choices.length).toBeGreaterThan(0);
        for (const { choice } of choices) {
          expect(choice.map((way) => way.path)).toContain(path);
          expect(choice.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 9);
        }
      }
    }
  });
});

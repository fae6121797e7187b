/** The map in words: kinds, spoken names of nodes, and texts cut to their room. */

import { count } from '../components/words';
import type { WireTopology, WireTopologyNode } from '#protocol/values';
import type { Graph } from './graph';

export const kindWords: Readonly<Record<WireTopologyNode['kind'], string>> = {
  namespace: 'Namespace',
  service: 'Service',
  workload: 'Workload',
  pod: 'Pod',
  node: 'Node',
  outside: 'Outside',
};

/** The exact kind where the second line begins with it: `Deployment`, `Ingress`. */
export function kindOf(node: WireTopologyNode): string {
  if (node.kind !== 'workload' && node.kind !== 'outside') return kindWords[node.kind];
  return /^[A-Z]\w*/.exec(node.detail)?.[0] ?? kindWords[node.kind];
}

/** `Service web, ClusterIP 10.96.114.7, 1 problem: Service shop/web selects no pod`. */
export function spokenName(node: WireTopologyNode): string {
  const first = node.problems[0]?.message;
  const problems = first === undefined ? '' : `${count(node.problems.length, 'problem')}: ${first}`;
  const ready = node.kind !== 'pod' || node.detail.includes('ready') ? '' : node.ready === false ? 'not ready' : '';
  return [`${kindOf(node)} ${node.label}`, node.detail, ready, problems].filter(Boolean).join(', ');
}

/** `9 Services, 8 workloads`. */
export function summary(topology: WireTopology): string {
  const number = (kind: WireTopologyNode['kind']): number => topology.nodes.filter((node) => node.kind === kind).length;
  return `${count(number('service'), 'Service')}, ${count(number('workload'), 'workload')}`;
}

export function problemCount(graph: Graph): string {
  return graph.problems.length === 0 ? 'no problems' : count(graph.problems.length, 'problem');
}

let canvas: OffscreenCanvasRenderingContext2D | null | undefined;
let family: string | undefined;
const widths = new Map<string, number>();

function widthOf(text: string, size: number, weight: number): number {
  const key = `${size} ${weight} ${text}`;
  const known = widths.get(key);
  if (known !== undefined) return known;
  canvas ??= new OffscreenCanvas(1, 1).getContext('2d');
  family ??= getComputedStyle(document.body).fontFamily;
  let width = text.length * size * 0.58;
  if (canvas !== null) {
    canvas.font = `${weight} ${size}px ${family}`;
    width = canvas.measureText(text).width;
  }
  if (widths.size > 20_000) widths.clear();
  widths.set(key, width);
  return width;
}

/** The text, cut at its end with "…" if it is wider than the room (in pixels at this font size). */
export function cut(text: string, room: number, size: number, weight = 400): string {
  if (widthOf(text, size, weight) <= room) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (widthOf(`${text.slice(0, middle)}…`, size, weight) <= room) low = middle;
    else high = middle - 1;
  }
  return `${text.slice(0, low).trimEnd()}…`;
}

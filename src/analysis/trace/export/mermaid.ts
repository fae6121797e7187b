/** A path of a trace as a Mermaid sequence diagram: client, DNS, nodes and pod, and what passes between them. */

import type { Hop, Trace, TracePath } from '../../types';

/** Whom the diagram has a line of life for, and what is drawn so far. */
interface Drawing {
  readonly participants: Map<string, string>;
  readonly lines: string[];
  /** Where the packet is. */
  at: string;
  /** What the packet's addresses are. */
  packet: string;
}

export function traceMermaid(trace: Trace, index: number): string {
  const path = trace.paths[index] ?? trace.paths[0];
  const drawing: Drawing = { participants: new Map(), lines: [], at: 'client', packet: '' };
  drawing.participants.set('client', trace.from);
  if (path) draw(path, drawing);
  const participants = [...drawing.participants].map(([id, name]) => `  participant ${id} as ${text(name)}`);
  const title = `${trace.from} → ${trace.to}: ${trace.verdict}`;
  return ['sequenceDiagram', `  title ${text(title)}`, ...participants, ...drawing.lines.map((line) => `  ${line}`), ''].join('\n'); // prettier-ignore
}

function draw({ hops, packets, outcome }: TracePath, drawing: Drawing): void {
  const [sent] = packets;
  drawing.packet = sent ? `${sent.source} → ${sent.destination}` : '';
  for (const hop of hops) drawHop(hop, drawing);
  if (outcome.kind !== 'delivered') return;
  const answer = packets.at(-1);
  drawing.lines.push(
    `pod-->>client: ${text(`the answer, ${answer ? `${answer.source} → ${answer.destination}` : ''}`)}`,
  );
}

function drawHop(hop: Hop, drawing: Drawing): void {
  const { lines, participants } = drawing;
  if (hop.kind === 'name') {
    participants.set('dns', 'DNS');
    lines.push(
      `client->>dns: ${text(hop.title)}`,
      `dns--${hop.state === 'failed' ? 'x' : '>>'}client: ${text(hop.result)}`,
    );
    return;
  }
  if (hop.kind === 'reply') {
    if (hop.state === 'failed') lines.push(`Note over ${drawing.at}: ${text(`${hop.title}: ${hop.lines.join(' ')}`)}`);
    return;
  }
  if (hop.kind === 'pod') {
    goTo('pod', hop.title, drawing);
    lines.push(`Note over pod: ${text(hop.result)}`);
    return;
  }
  if (hop.node !== undefined) goTo(idOf(hop.node, drawing), `node ${hop.node}`, drawing);
  // What is let in is decided where the pod is.
  const entered = hop.kind === 'policy' ? /^ingress of (.*)$/.exec(hop.title)?.[1] : undefined;
  if (entered !== undefined) goTo('pod', `pod ${entered}`, drawing);
  if (hop.after !== undefined) drawing.packet = hop.after;
  const words = [hop.title, hop.result].filter(Boolean).join(': ');
  lines.push(`Note over ${drawing.at}: ${text(words)}`);
  if (hop.state === 'failed') lines.push(`${drawing.at}--xclient: ${text(hop.result)}`);
}

function goTo(id: string, name: string, drawing: Drawing): void {
  if (drawing.at === id) return;
  drawing.participants.set(id, name);
  drawing.lines.push(`${drawing.at}->>${id}: ${text(drawing.packet)}`);
  drawing.at = id;
}

function idOf(node: string, { participants }: Drawing): string {
  const known = [...participants].find(([, name]) => name === `node ${node}`);
  return known?.[0] ?? `node${[...participants.keys()].filter((id) => id.startsWith('node')).length + 1}`;
}

const entities: Readonly<Record<string, string>> = { '#': '#35;', ';': '#59;', '<': '#lt;', '>': '#gt;' };

/** Without what Mermaid would take for its own. */
function text(value: string): string {
  return value.replace(/[#;<>]/g, (char) => entities[char] ?? char).replace(/\s+/g, ' ').trim(); // prettier-ignore
}

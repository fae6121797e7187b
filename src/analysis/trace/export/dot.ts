/** A path of a trace in the language of Graphviz: its hops from above, and the packet between them. */

import { quoted } from '../../topology/dot';
import type { Hop, Trace, TracePath } from '../../types';

export function traceDot(trace: Trace, index: number): string {
  const path = trace.paths[index] ?? trace.paths[0];
  return [
    `digraph ${quoted(`${trace.from} → ${trace.to}`)} {`,
    `  label=${quoted(`${trace.from} → ${trace.to}: ${trace.verdict}`)};`,
    '  labelloc=t;',
    '  node [shape=box, fontname="sans-serif", fontsize=10];',
    '  edge [fontname="sans-serif", fontsize=9];',
    `  client [label=${quoted(trace.from)}, style=rounded];`,
    ...(path ? drawn(path).map((line) => `  ${line}`) : []),
    '}',
    '',
  ].join('\n');
}

function drawn({ hops, packets, outcome }: TracePath): string[] {
  const [sent] = packets;
  const answer = packets.at(-1);
  const lines: string[] = [];
  let at = 'client';
  let packet = sent ? `${sent.source} → ${sent.destination}` : '';
  for (const [index, hop] of hops.entries()) {
    // What comes back is drawn as one edge.
    if (hop.kind === 'reply' && hop.state !== 'failed') continue;
    const id = `hop${index + 1}`;
    lines.push(`${id} [${attributesOf(hop)}];`, `${at} -> ${id} [label=${quoted(hop.kind === 'name' ? '' : packet)}];`);
    packet = hop.after ?? packet;
    at = id;
  }
  if (outcome.kind !== 'delivered' || !answer) return lines;
  const words = `the answer, ${answer.source} → ${answer.destination}`;
  return [...lines, `${at} -> client [label=${quoted(words)}, style=dashed];`];
}

/** One that ends the request is drawn with a thick line; its state is in its words, too. */
function attributesOf({ title, result, state }: Hop): string {
  const words = [title, result, state === 'failed' ? 'fails here' : ''].filter((text) => text !== '');
  const style = state === 'failed' ? ', penwidth=3' : state === 'ended' ? ', style=rounded' : '';
  return `label=${quoted(words.join('\n')).replaceAll('\n', '\\n')}${style}`;
}

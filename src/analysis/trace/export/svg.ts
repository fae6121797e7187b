/** A path of a trace as a picture that stands alone: its hops from top to bottom, the packet beside them. */

import { wrap } from '#base/wrap';
import type { Hop, Trace, TracePath } from '../../types';
import { printShare } from '../words';

const width = 980;
const left = 24;
const rail = 40;
const column = 64;
const lineHeight = 18;
/** Room for a letter, so that texts are broken without a browser to measure them. */
const letter = 6.7;

const colours: Readonly<Record<Hop['state'] | 'text' | 'muted' | 'line', string>> = {
  passed: '#57606a', changed: '#0550ae', ended: '#116329', failed: '#b3261e', text: '#1f2328', muted: '#57606a', line: '#d0d7de',
}; // prettier-ignore

export function traceSvg(trace: Trace, index: number): string {
  const path = trace.paths[index] ?? trace.paths[0];
  const head = broken(`${trace.from} → ${trace.to}`, width - 2 * left);
  const parts: string[] = [];
  let y = 34;
  for (const line of head) {
    parts.push(textAt(left, y, line, { size: 14 }));
    y += 20;
  }
  const tone = trace.outcomes.every(({ kind }) => kind === 'delivered') ? colours.ended : colours.failed;
  parts.push(textAt(left, y + 8, trace.verdict, { size: 20, bold: true, colour: tone }));
  y += 34;
  for (const line of broken(`The client sees: ${trace.symptom}`, width - 2 * left)) {
    parts.push(textAt(left, y, line, { colour: colours.muted }));
    y += lineHeight;
  }
  if (path && trace.paths.length > 1) {
    const share = `This way: ${printShare(path.probability)} of the requests`;
    parts.push(textAt(left, y, share, { colour: colours.muted }));
    y += lineHeight;
  }
  y += 14;
  if (path) y = drawPath(path, y, parts);
  const label = escapeXml(`${trace.from} → ${trace.to}: ${trace.verdict}`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y + 12}" viewBox="0 0 ${width} ${y + 12}" role="img" aria-label="${label}" font-family="system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif">
<rect width="100%" height="100%" fill="#ffffff"/>
${parts.join('\n')}
</svg>
`;
}

function drawPath({ hops }: TracePath, top: number, parts: string[]): number {
  let y = top;
  for (const [i, hop] of hops.entries()) {
    const rows = rowsOf(hop);
    const height = Math.max(1, rows.length) * lineHeight + 14;
    const colour = colours[hop.state];
    if (i < hops.length - 1)
      parts.push(`<path d="M${rail} ${y + 12}V${y + height - 8}" stroke="${colours.line}" stroke-width="1.5"${hop.kind === 'reply' || hops[i + 1]?.kind === 'reply' ? ' stroke-dasharray="4 4"' : ''}/>`); // prettier-ignore
    const shape =
      hop.state === 'failed'
        ? `<rect x="${rail - 11}" y="${y - 11}" width="22" height="22" rx="4"`
        : `<circle cx="${rail}" cy="${y}" r="11"`;
    parts.push(`${shape} fill="#ffffff" stroke="${colour}" stroke-width="${hop.state === 'passed' ? 1 : 2}"/>`);
    parts.push(textAt(rail, y + 4, String(i + 1), { size: 11, colour, anchor: 'middle' }));
    for (const [k, row] of rows.entries()) parts.push(textAt(column, y + 4 + k * lineHeight, row.text, row));
    y += height;
  }
  return y;
}

interface Look {
  readonly size?: number;
  readonly bold?: boolean;
  readonly mono?: boolean;
  readonly colour?: string;
  readonly anchor?: 'middle';
}

function rowsOf(hop: Hop): readonly (Look & { readonly text: string })[] {
  const room = width - column - left;
  const isEnd = hop.state === 'failed' || hop.state === 'ended';
  const packet = hop.before === undefined || hop.after === undefined ? [] : [hop.before, `becomes ${hop.after}`];
  const causes = hop.state === 'failed' ? hop.causes.map(({ text }) => `because ${text}`) : [];
  return [
    ...broken(hop.title.startsWith(`${hop.kind} `) ? hop.title : `${hop.kind}  ${hop.title}`, room).map((text) => ({ text })),
    ...broken(hop.result, room).filter(Boolean).map((text) => ({ text, bold: true, ...(isEnd && { colour: colours[hop.state] }) })),
    ...packet.map((text) => ({ text, mono: true })),
    ...causes.flatMap((cause) => broken(cause, room)).map((text) => ({ text, colour: colours.muted })),
  ]; // prettier-ignore
}

function textAt(
  x: number,
  y: number,
  text: string,
  { size = 13, bold, mono, colour = colours.text, anchor }: Look,
): string {
  const weight = bold ? ' font-weight="600"' : '';
  const family = mono ? ' font-family="ui-monospace, Menlo, Consolas, monospace"' : '';
  const at = anchor ? ` text-anchor="${anchor}"` : '';
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${colour}"${weight}${family}${at} xml:space="preserve">${escapeXml(text)}</text>`;
}

function broken(text: string, room: number): string[] {
  return wrap(text, '', Math.floor(room / letter));
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** The whole map as a picture that stands alone: drawn by the map's own shapes, with the theme's colours put in. */

import { render } from 'preact';
import { drawPng } from '../components/png';
import { Edge, WholeEdges } from './edges';
import type { Box } from './geometry';
import type { Graph } from './graph';
import type { Layout } from './layout';
import type { Placed } from './placed';
import { routesOf } from './routes';
import { Node } from './shapes';
import type { Level } from './view';
import { visible } from './visible';
import { kindOf, words } from './words';

const margin = 24;
const svgNames = 'http://www.w3.org/2000/svg';
/** With more boxes than this, ports and second lines are left out. */
const mostDetails = 1500;

/** The text of an SVG, or a PNG in Base64. */
export async function picture(format: 'svg' | 'png', graph: Graph, layout: Layout): Promise<string> {
  const text = drawSvg(graph, layout);
  return format === 'svg' ? text : drawPng(text);
}

function drawSvg(graph: Graph, layout: Layout): string {
  const level: Level = layout.placed.size > mostDetails ? 'middle' : 'near';
  const { bounds } = layout;
  const box: Box = {
    x: bounds.x - margin,
    y: bounds.y - margin,
    width: bounds.width + 2 * margin,
    height: bounds.height + 2 * margin,
  };
  const frame = { key: '', zoom: 1, level, box };
  const drawn = visible(layout, routesOf(graph.scene.edges, layout), frame, undefined, undefined);
  const node = (placed: Placed) => (
    <Node
      key={placed.node.id}
      placed={placed}
      domId=""
      trouble={graph.troubles.get(placed.node.id)}
      look=""
      level={level}
      zoom={1}
      hasPods={false}
      selectedPod={undefined}
    />
  );
  // In the document, where the theme's rules apply, and out of sight.
  const stage = document.createElement('div');
  stage.className = 'stage';
  stage.setAttribute('aria-hidden', 'true');
  document.body.append(stage);
  try {
    render(
      <svg
        xmlns={svgNames}
        class={`canvas level-${level} ${graph.scene.grouping === 'namespace' ? '' : 'spread'}`}
        width={box.width}
        height={box.height}
        viewBox={`${box.x} ${box.y} ${box.width} ${box.height}`}
      >
        <title>{words.picture(graph.scope)}</title>
        <rect class="ground" {...box} />
        {drawn.towers.map(node)}
        <WholeEdges routes={drawn.whole} look="" />
        {drawn.single.map(({ route }) => (
          <Edge key={route.edge.id} route={route} look="" />
        ))}
        {drawn.boxes.map(node)}
      </svg>,
      stage,
    );
    const svg = stage.querySelector('svg');
    if (svg === null) throw new Error('nothing was drawn');
    return standalone(svg, graph);
  } finally {
    render(null, stage);
    stage.remove();
  }
}

/** What of a computed style makes the picture, with the values that need not be said. */
const properties: readonly (readonly [name: string, usual: string])[] = [
  ['fill', 'rgb(0, 0, 0)'],
  ['stroke', 'none'],
  ['stroke-width', '1px'],
  ['stroke-dasharray', 'none'],
  ['stroke-linecap', 'butt'],
  ['stroke-linejoin', 'miter'],
  ['opacity', '1'],
  ['paint-order', 'normal'],
  ['font-weight', '400'],
];

/** A copy with presentation attributes in place of classes, and without what only the panel needs. */
function standalone(svg: SVGSVGElement, graph: Graph): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const { fontFamily } = getComputedStyle(svg);
  const originals = [...svg.querySelectorAll('*')];
  const copies = [...copy.querySelectorAll('*')];
  const known = new Map<string, readonly (readonly [string, string])[]>();
  for (const [index, original] of originals.entries()) {
    const own = copies[index];
    if (own === undefined) continue;
    for (const [name, value] of styleOf(original, known)) own.setAttribute(name, value);
    const named = graph.nodes.get(original.getAttribute('data-id') ?? '');
    if (named !== undefined) own.prepend(titleOf(`${kindOf(named)} ${named.label}\n${named.detail}`));
    for (const { name } of [...own.attributes])
      if (/^(class|id|role|aria-.*|data-.*)$/.test(name)) own.removeAttribute(name);
  }
  // Those are for pointers and readers.
  for (const reach of copies.filter((_, index) => originals[index]?.classList.contains('reach'))) reach.remove();
  copy.removeAttribute('class');
  copy.removeAttribute('style');
  copy.setAttribute('font-family', fontFamily);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(copy)}\n`;
}

function titleOf(text: string): Element {
  const title = document.createElementNS(svgNames, 'title');
  title.textContent = text;
  return title;
}

/** Things of the same classes in things of the same classes look the same. */
function styleOf(element: Element, known: Map<string, readonly (readonly [string, string])[]>) {
  const chain: string[] = [];
  for (let at: Element | null = element; at !== null && at.tagName !== 'svg' && chain.length < 4; at = at.parentElement)
    chain.push(`${at.tagName}.${at.getAttribute('class') ?? ''}`);
  const key = chain.join('<');
  const before = known.get(key);
  if (before !== undefined) return before;
  const style = getComputedStyle(element);
  const isGroup = element.tagName === 'g' || element.tagName === 'title';
  const said = properties.flatMap(([name, usual]) => {
    const value = style.getPropertyValue(name);
    // Of groups only what they do to all in them at once: the rest is said by each.
    if (value === usual || value === '' || (isGroup && name !== 'opacity')) return [];
    return [[name, value] as const];
  });
  known.set(key, said);
  return said;
}

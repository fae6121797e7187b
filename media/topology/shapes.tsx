/** How the map draws its things: towers, boxes with their ports and pods. */

import { Sign, type IconName } from '../components/icons';
import { memo } from '../components/memo';
import { measures, type Box } from './geometry';
import type { Trouble } from './graph';
import type { MapKind, MapNode } from './model';
import { Pods } from './pods';
import { podBox, type Placed } from './placed';
import { cut } from './text-width';
import type { Level } from './view';
import { spokenName } from './words';

interface NodeProps {
  readonly placed: Placed;
  readonly domId: string;
  readonly trouble: Trouble | undefined;
  /** Among them `selected`, `on-way`, `dimmed`. */
  readonly look: string;
  readonly level: Level;
  /** 1 but for towers from afar, whose texts keep their size on the screen. */
  readonly zoom: number;
  /** Whether each pod is to be found by screen readers and tests; else they are one drawing. */
  readonly hasPods: boolean;
  /** The one of its pods that is selected. */
  readonly selectedPod: string | undefined;
}

export const Node = memo(({ placed, domId, trouble, look, level, zoom, hasPods, selectedPod }: NodeProps) => {
  const { node, shape } = placed;
  const isSelected = look.includes('selected');
  return (
    <>
      <g
        class={`node node-${node.kind} shape-${shape} ${look} ${changeOf(node)}`}
        data-id={node.id}
        role="presentation"
      >
        <g class="drawing" aria-hidden="true">
          {isSelected && <Ring box={placed.box} />}
          {shape === 'tower' ? (
            <Tower placed={placed} trouble={trouble} level={level} zoom={zoom} />
          ) : (
            <BoxShape placed={placed} trouble={trouble} level={level} />
          )}
        </g>
        {/* What is pointed at and spoken of; the texts of the drawing are in its name. */}
        <rect
          id={domId}
          class="reach"
          {...placed.box}
          role="option"
          aria-selected={isSelected ? 'true' : 'false'}
          aria-label={spokenName(node)}
        />
      </g>
      {node.pods.length > 0 && level !== 'far' && (
        <Pods placed={placed} look={look} hasEach={hasPods} selected={selectedPod} />
      )}
    </>
  );
});

function changeOf({ change }: MapNode): string {
  if (change === undefined) return '';
  return `${change.mark === 'same' ? '' : 'is-changed'} ${change.isIll ? 'is-ill' : ''}`;
}

export function Ring({ box }: { readonly box: Box }) {
  return <rect class="focus-ring" x={box.x - 3} y={box.y - 3} width={box.width + 6} height={box.height + 6} rx={7} />;
}

function Tower(props: {
  readonly placed: Placed;
  readonly trouble: Trouble | undefined;
  readonly level: Level;
  readonly zoom: number;
}) {
  const { placed, trouble, level, zoom } = props;
  const { node, box } = placed;
  const inset = measures.namespacePadding;
  if (level === 'far') return <FarTower placed={placed} trouble={trouble} zoom={zoom} />;
  const size = level === 'middle' ? 18 : 14;
  const name = cut(node.label, (box.width - 2 * inset) * (13 / size), 13, 600);
  return (
    <>
      <rect class="frame" {...box} rx={6} />
      <text class="name" x={box.x + inset} y={box.y + 23} font-size={size}>
        {name}
        <tspan class="detail" dx={10} font-size={Math.max(12, size - 2)} font-weight={400}>
          {node.detail}
        </tspan>
      </text>
      {trouble !== undefined && <TroubleBadge trouble={trouble} x={box.x + box.width - inset - 34} y={box.y + 18} />}
    </>
  );
}

/** From afar texts keep their size on the screen as far as the tower has room, on a plate above the cells. */
function FarTower(props: { readonly placed: Placed; readonly trouble: Trouble | undefined; readonly zoom: number }) {
  const { placed, trouble, zoom } = props;
  const { node, box } = placed;
  const badge = trouble === undefined ? 0 : 1.8 + String(trouble.count).length * 0.6;
  const size = Math.min(14 / zoom, box.height / 1.9, box.width / (node.label.length * 0.69 + 1.5 + badge));
  const small = size * 0.85;
  const inset = size * 0.6;
  const room = box.width - 2 * inset;
  const detail = box.height < size * 5.5 ? '' : fitting(withoutRemark(node.detail), room * (12 / small));
  return (
    <>
      <rect class="frame" {...box} rx={6} />
      <rect class="plate" {...box} height={size * (detail === '' ? 1.75 : 3)} rx={6} />
      <text class="name" x={box.x + inset} y={box.y + size * 1.25} font-size={size}>
        {cut(node.label, (room - badge * size) * (13 / size), 13, 600)}
      </text>
      {detail !== '' && (
        <text class="detail" x={box.x + inset} y={box.y + size * 2.5} font-size={small}>
          {detail}
        </text>
      )}
      {trouble !== undefined && (
        <TroubleBadge
          trouble={trouble}
          x={box.x + box.width - badge * size - inset * 0.4}
          y={box.y + size * 0.9}
          scale={small / 12}
        />
      )}
    </>
  );
}

/** As many of the facts, which commas part, as there is room for. */
function fitting(detail: string, room: number): string {
  const parts = detail.split(', ');
  while (parts.length > 1 && cut(parts.join(', '), room, 12) !== parts.join(', ')) parts.pop();
  return cut(parts.join(', '), room, 12);
}

export const kindIcons: Readonly<Record<MapKind, IconName>> = {
  namespace: 'namespace',
  service: 'service',
  workload: 'workload',
  pod: 'pod',
  node: 'node',
  zone: 'zone',
  outside: 'outside',
  external: 'outside',
  ingress: 'ingress',
  gateway: 'gateway',
  route: 'route',
  policy: 'policy',
};

function BoxShape(props: { readonly placed: Placed; readonly trouble: Trouble | undefined; readonly level: Level }) {
  const { placed, trouble, level } = props;
  const { node, box } = placed;
  const badge = trouble === undefined ? 0 : 38;
  const left = box.x + measures.inset + 22;
  const room = box.x + box.width - measures.inset - left;
  return (
    <>
      <rect class="frame" {...box} rx={node.kind === 'policy' ? 12 : 4} />
      <Sign name={kindIcons[node.kind]} class="kind" x={box.x + measures.inset + 6} y={box.y + 21} />
      {level === 'near' ? (
        <>
          <text class="name" x={left} y={box.y + 18} font-size={13.5}>
            {cut(node.label, room - badge, 13.5, 600)}
          </text>
          <text class={node.change === undefined ? 'detail' : 'detail change'} x={left} y={box.y + 34} font-size={12}>
            {cut(node.change?.text ?? withoutRemark(node.detail), room, 12)}
          </text>
        </>
      ) : (
        <text class="name" x={left} y={box.y + 28} font-size={19}>
          {cut(node.label, (room - badge) * (13 / 19), 13, 600)}
        </text>
      )}
      {trouble !== undefined && (
        <TroubleBadge trouble={trouble} x={box.x + box.width - measures.inset - 30} y={box.y + 14} />
      )}
      {node.ports.length > 0 && <Ports placed={placed} level={level} />}
      {placed.folded > 0 && <Folded placed={placed} />}
    </>
  );
}

function Ports(props: { readonly placed: Placed; readonly level: Level }) {
  const { node, box, portY } = props.placed;
  const right = box.x + box.width;
  return (
    <>
      <path class="rule" d={`M${box.x} ${box.y + measures.header}H${right}`} />
      {props.level === 'near' &&
        node.ports.map((port) => (
          <text
            key={port.id}
            class="port"
            x={box.x + measures.inset}
            y={(portY.get(port.id) ?? box.y) + 4}
            font-size={12.5}
          >
            {cut(port.label, box.width - 2 * measures.inset - 6, 12.5)}
          </text>
        ))}
      {node.ports.map((port) => (
        <circle key={port.id} class="socket" cx={right} cy={portY.get(port.id) ?? box.y} r={3.5} />
      ))}
    </>
  );
}

function Folded({ placed }: { readonly placed: Placed }) {
  const { node, folded } = placed;
  const box = podBox(placed, node.pods.length - folded);
  return (
    <text class="detail" x={box.x + 3} y={box.y + 12} font-size={11}>
      +{folded}
    </text>
  );
}

/** A sign and a number, from x to the right, around the line y. */
function TroubleBadge(props: {
  readonly trouble: Trouble;
  readonly x: number;
  readonly y: number;
  readonly scale?: number;
}) {
  const { trouble, x, y, scale = 1 } = props;
  return (
    <g class={`badge tone-${trouble.worst}`} transform={`translate(${x} ${y}) scale(${scale})`}>
      <Sign name={trouble.worst} x={8} y={0} />
      <text x={20} y={4} font-size={12}>
        {trouble.count}
      </text>
    </g>
  );
}

/** A box has room for the fact; what is remarked about it in brackets stands in the side panel. */
function withoutRemark(detail: string): string {
  return detail.replace(/ \([^()]*\)$/, '');
}

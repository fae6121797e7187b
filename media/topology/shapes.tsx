/** How the map draws its things: namespace boxes, Services with their ports, workloads with their pods, edges. */

import type { WireTopologyNode } from '#protocol/values';
import { Sign, type IconName } from '../components/icons';
import { measures } from './geometry';
import type { Trouble } from './graph';
import type { Placed } from './layout';
import type { Route } from './routes';
import type { Level } from './view';
import { cut, spokenName } from './words';

export interface Look {
  readonly domId: string;
  readonly isSelected: boolean;
  /** On the way of a request through what is selected or hovered. */
  readonly isOnWay: boolean;
  readonly isDimmed: boolean;
}

export function Node(props: {
  readonly placed: Placed;
  readonly trouble: Trouble | undefined;
  readonly look: Look;
  readonly level: Level;
  readonly zoom: number;
}) {
  const { placed, trouble, look, level, zoom } = props;
  const { node, shape } = placed;
  const classes = ['node', `node-${node.kind}`, `shape-${shape}`];
  if (look.isSelected) classes.push('selected');
  if (look.isOnWay) classes.push('on-way');
  if (look.isDimmed) classes.push('dimmed');
  return (
    <g
      id={look.domId}
      class={classes.join(' ')}
      data-id={node.id}
      role="option"
      aria-selected={look.isSelected ? 'true' : 'false'}
      aria-label={spokenName(node)}
    >
      {shape === 'dot' ? (
        <Dot placed={placed} />
      ) : shape === 'namespace' ? (
        <Namespace placed={placed} trouble={trouble} level={level} zoom={zoom} />
      ) : (
        <BoxShape placed={placed} trouble={trouble} level={level} />
      )}
    </g>
  );
}

function Dot({ placed }: { readonly placed: Placed }) {
  const { node, box } = placed;
  const x = box.x + box.width / 2;
  const y = box.y + box.height / 2;
  const state = node.ready === false ? 'unready' : node.ready === true ? 'ready' : 'unknown';
  return (
    <>
      <title>{`${node.label}\n${node.detail}`}</title>
      {/* The whole square takes the pointer, not only the dot. */}
      <rect class="reach" {...box} />
      <circle class="focus-ring" cx={x} cy={y} r={7.5} />
      <circle class={`pod pod-${state}`} cx={x} cy={y} r={state === 'unready' ? 4 : 5} />
    </>
  );
}

function Namespace(props: {
  readonly placed: Placed;
  readonly trouble: Trouble | undefined;
  readonly level: Level;
  readonly zoom: number;
}) {
  const { placed, trouble, level, zoom } = props;
  const { node, box } = placed;
  const isFar = level === 'far';
  // Far away only this text is left: it keeps its size on the screen as far as the box has room.
  const size = isFar
    ? Math.min(15 / zoom, box.height / 4.5, box.width / (node.label.length * 0.6 + 2))
    : level === 'middle'
      ? 18
      : 14;
  const small = isFar ? size * 0.8 : 12;
  const inset = isFar ? size * 0.7 : measures.namespacePadding;
  const first = isFar ? box.y + size * 1.5 : box.y + 23;
  const name = cut(node.label, (box.width - 2 * inset) * (13 / size), 13, 600);
  return (
    <>
      <rect class="focus-ring" x={box.x - 3} y={box.y - 3} width={box.width + 6} height={box.height + 6} rx={9} />
      <rect class="frame" {...box} rx={6} />
      <text class="name" x={box.x + inset} y={first} font-size={size}>
        {name}
        {!isFar && (
          <tspan class="detail" dx={10} font-size={Math.max(small, size - 2)} font-weight={400}>
            {node.detail}
          </tspan>
        )}
      </text>
      {isFar && (
        <text class="detail" x={box.x + inset} y={first + small * 1.5} font-size={small}>
          {cut(withoutRemark(node.detail), (box.width - 2 * inset) * (11 / small), 11)}
        </text>
      )}
      {trouble !== undefined &&
        (isFar ? (
          <TroubleBadge trouble={trouble} x={box.x + inset} y={first + small * 2.8} scale={small / 12} />
        ) : (
          <TroubleBadge trouble={trouble} x={box.x + box.width - inset - 34} y={box.y + 18} />
        ))}
    </>
  );
}

const kindIcons: Partial<Record<WireTopologyNode['kind'], IconName>> = {
  service: 'service',
  workload: 'workload',
  pod: 'pod',
  node: 'node',
  outside: 'outside',
};

function BoxShape(props: { readonly placed: Placed; readonly trouble: Trouble | undefined; readonly level: Level }) {
  const { placed, trouble, level } = props;
  const { node, box } = placed;
  const badge = trouble === undefined ? 0 : 38;
  const left = box.x + measures.inset + 22;
  const room = box.x + box.width - measures.inset - left;
  const icon = kindIcons[node.kind];
  return (
    <>
      <title>{[node.label, node.detail, ...node.problems.map((problem) => problem.message)].join('\n')}</title>
      <rect class="focus-ring" x={box.x - 3} y={box.y - 3} width={box.width + 6} height={box.height + 6} rx={7} />
      <rect class="frame" {...box} rx={4} />
      {icon !== undefined && <Sign name={icon} class="kind" x={box.x + measures.inset + 6} y={box.y + 21} />}
      {level === 'middle' ? (
        <text class="name" x={left} y={box.y + 28} font-size={19}>
          {cut(node.label, (room - badge) * (13 / 19), 13, 600)}
        </text>
      ) : (
        <>
          <text class="name" x={left} y={box.y + 18} font-size={13.5}>
            {cut(node.label, room - badge, 13.5, 600)}
          </text>
          <text class="detail" x={left} y={box.y + 34} font-size={12}>
            {cut(withoutRemark(node.detail), room, 12)}
          </text>
        </>
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
      {node.ports.map((port) => {
        const y = portY.get(port.id) ?? box.y;
        return (
          <g key={port.id}>
            {props.level === 'near' && (
              <text class="port" x={box.x + measures.inset} y={y + 4} font-size={12.5}>
                {cut(port.label, box.width - 2 * measures.inset - 6, 12.5)}
              </text>
            )}
            <circle class="socket" cx={right} cy={y} r={3.5} />
          </g>
        );
      })}
    </>
  );
}

function Folded({ placed }: { readonly placed: Placed }) {
  const { box, pods, folded } = placed;
  const perRow = Math.floor((box.width - 2 * measures.inset) / measures.pod);
  const shown = pods.length - folded;
  const x = box.x + measures.inset + (shown % perRow) * measures.pod + 3;
  const y = box.y + measures.header + Math.floor(shown / perRow) * measures.pod + 12;
  return (
    <text class="detail" x={x} y={y} font-size={11}>
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
    <g class={`badge tone-${trouble.worst}`} transform={`translate(${x} ${y}) scale(${scale})`} aria-hidden="true">
      <Sign name={trouble.worst} x={8} y={0} />
      <text x={20} y={4} font-size={12}>
        {trouble.count}
      </text>
    </g>
  );
}

export function Edge(props: { readonly route: Route; readonly isOnWay: boolean; readonly isDimmed: boolean }) {
  const { route, isOnWay, isDimmed } = props;
  const { edge, state } = route;
  const tone = state === 'whole' ? '' : `tone-${edge.problem?.severity ?? 'error'}`;
  const classes = [
    'edge',
    `edge-${edge.kind}`,
    `edge-${state}`,
    tone,
    isOnWay ? 'on-way' : '',
    isDimmed ? 'dimmed' : '',
  ];
  return (
    <g class={classes.filter(Boolean).join(' ')} aria-hidden="true">
      <title>{[edge.label, edge.problem?.message].filter(Boolean).join('\n')}</title>
      <path d={route.path} />
      {state === 'whole' ? (
        edge.kind !== 'runs-on' && <path class="tip" d={`M${route.end.x - 7} ${route.end.y - 4}l7 4-7 4`} />
      ) : (
        <>
          <circle class="sign-ground" cx={route.sign.x} cy={route.sign.y} r={9} />
          <Sign name={state === 'lost' ? 'close' : 'warning'} x={route.sign.x} y={route.sign.y} />
        </>
      )}
      {isOnWay && edge.label !== '' && state === 'whole' && edge.kind !== 'runs-on' && (
        <text class="edge-label" x={route.sign.x} y={route.sign.y - 6} font-size={11} text-anchor="middle">
          {cut(edge.label, edge.kind === 'routes' ? 88 : 96, 11)}
        </text>
      )}
    </g>
  );
}

/** A box has room for the fact; what is remarked about it in brackets stands in the side panel. */
function withoutRemark(detail: string): string {
  return detail.replace(/ \([^()]*\)$/, '');
}

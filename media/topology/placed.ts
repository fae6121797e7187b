/** Things with their places, and the places of pods in their workload's box. */

import { measures, type Box, type Point } from './geometry';
import { podsPerRow } from './measure';
import { podId, type MapNode } from './model';

/** A node with its place. */
export interface Placed {
  readonly node: MapNode;
  readonly shape: 'tower' | 'box';
  readonly box: Box;
  /** Middle of each port's row, by port id. */
  readonly portY: ReadonlyMap<string, number>;
  /** How many of its pods have no place of their own, but stand behind "+N". */
  readonly folded: number;
}

const noPorts: ReadonlyMap<string, number> = new Map();

export function placedTower(node: MapNode, box: Box): Placed {
  return { node, shape: 'tower', box, portY: noPorts, folded: 0 };
}

/** A box with its rows of ports, and as many of its pods as there is room for. */
export function placedBox(node: MapNode, box: Box): Placed {
  const firstRow = box.y + measures.header + measures.portRow / 2;
  const portY =
    node.ports.length === 0
      ? noPorts
      : new Map(node.ports.map((port, index) => [port.id, firstRow + index * measures.portRow]));
  const room = podsPerRow(box.width) * measures.podRows;
  // Three places make room for the words "+N".
  const shown = node.pods.length <= room ? node.pods.length : room - 3;
  return { node, shape: 'box', box, portY, folded: node.pods.length - shown };
}

/** The square of the pod with this index in its workload; all folded ones share that of the words. */
export function podBox(workload: Placed, index: number): Box {
  const { box, node, folded } = workload;
  const perRow = podsPerRow(box.width);
  const slot = Math.min(index, node.pods.length - folded);
  const x = box.x + measures.inset + (slot % perRow) * measures.pod;
  const y = box.y + measures.header + Math.floor(slot / perRow) * measures.pod;
  return { x, y, width: measures.pod, height: measures.pod };
}

/** The pod of the workload at a point of the world. */
export function podAt(workload: Placed, at: Point): string | undefined {
  const { box, node, folded } = workload;
  const perRow = podsPerRow(box.width);
  const column = Math.floor((at.x - box.x - measures.inset) / measures.pod);
  const row = Math.floor((at.y - box.y - measures.header) / measures.pod);
  const index = row * perRow + column;
  if (column < 0 || column >= perRow || row < 0 || index >= node.pods.length - folded) return undefined;
  const pod = node.pods[index];
  return pod && podId(node.id, pod.name);
}

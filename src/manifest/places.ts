/** A document with the place of each of its parts: what positions are looked up in, made only when asked for. */

export type NodeStyle = 'block' | 'flow' | 'plain' | 'single' | 'double' | 'literal' | 'alias';

/** Offsets are those of the file's text. A value that is not written (`key:`) is empty and stands behind its colon. */
export type PlacedNode = PlacedMapping | PlacedSequence | PlacedScalar;

export interface PlacedMapping {
  readonly kind: 'mapping';
  readonly style: NodeStyle;
  readonly start: number;
  readonly end: number;
  readonly entries: readonly PlacedEntry[];
}

export interface PlacedSequence {
  readonly kind: 'sequence';
  readonly style: NodeStyle;
  readonly start: number;
  readonly end: number;
  readonly items: readonly PlacedNode[];
}

export interface PlacedScalar {
  readonly kind: 'scalar';
  readonly style: NodeStyle;
  readonly start: number;
  readonly end: number;
  /** Of a text that is YAML itself: what it holds. A path may go on inside of it. */
  readonly inner?: PlacedNode;
}

export interface PlacedEntry {
  /** As it is in JSON. */
  readonly key: string;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly value: PlacedNode;
  /** Whether the entry comes from elsewhere through a merge key. */
  readonly merged: boolean;
}

export function placedScalar(style: NodeStyle, start: number, end: number): PlacedScalar {
  return { kind: 'scalar', style, start, end };
}

/** The entry that gives the key its value: the last one, as in the reader. */
export function entryOf(mapping: PlacedMapping, key: string): PlacedEntry | undefined {
  return mapping.entries.findLast((entry) => entry.key === key);
}

/** The node whose members paths go on to: of a text that holds YAML, what it holds. */
export function openedNode(node: PlacedNode): PlacedNode {
  return node.kind === 'scalar' ? (node.inner ?? node) : node;
}

/** The node below another that a step of a path leads to. */
export function stepInto(from: PlacedNode, step: string | number): PlacedNode | undefined {
  const node = openedNode(from);
  if (node.kind === 'mapping') return typeof step === 'string' ? entryOf(node, step)?.value : undefined;
  return node.kind === 'sequence' && typeof step === 'number' ? node.items[step] : undefined;
}

/** Which object of one scope is which of another: overlays and releases call the same thing by other names. */

import { objectKey, type KubernetesObject, type ObjectKey } from '#model/object';

export type Pair = readonly [first: KubernetesObject, second: KubernetesObject];

export interface Matching {
  /** In the order of the first scope. */
  readonly pairs: readonly Pair[];
  readonly onlyInFirst: readonly KubernetesObject[];
  readonly onlyInSecond: readonly KubernetesObject[];
  /** Namespaces of the first scope whose objects are in another one in the second. */
  readonly namespaces: ReadonlyMap<string, string>;
}

/** The objects of one side. */
export interface Objects {
  readonly objects: Iterable<KubernetesObject>;
  readonly sourceOf?: SourceOf;
}

/** What of the workspace's files an object was rendered from: undefined where it stands in a file itself. */
export type SourceOf = (
  object: KubernetesObject,
) => { readonly file: string; readonly document: number | undefined } | undefined;

/**
 * Objects are the same that have the same identity, else that come from the same place of the same file (a base or a
 * template that both take in), else that have the same kind and name wherever they are, else whose names differ in what all names of each
 * scope begin or end with. Each object is in one pair at most.
 */
export function matchObjects(first: Objects, second: Objects): Matching {
  const left = [...first.objects];
  const partner = new Map<KubernetesObject, KubernetesObject>();
  const taken = new Set<KubernetesObject>();
  let rest = [...second.objects];
  const pairBy = (keysOf: KeysOf) => {
    const open = left.filter((object) => !partner.has(object));
    const [a, b] = keysOf(open, rest);
    for (const [key, [object, ...others]] of a) {
      const [match, ...rivals] = b.get(key) ?? [];
      if (!object || !match || others.length + rivals.length > 0) continue;
      partner.set(object, match);
      taken.add(match);
    }
    rest = rest.filter((object) => !taken.has(object));
  };
  pairBy(byKey(({ key }) => key));
  pairBy(byKey((object, side) => placeKey(object, (side === 'first' ? first : second).sourceOf)));
  pairBy(byKey(({ group, kind, name }) => objectKey(group, kind, '', name)));
  // `web-dev` and `web-prod` begin alike, and what tells them apart is at the end: each side is tried alone first.
  pairBy(byBareName(['start']));
  pairBy(byBareName(['end']));
  pairBy(byBareName(['start', 'end']));
  const namespaces = namespacesOf(partner);
  // The namespaces themselves are called what their objects say.
  pairBy(byKey(({ group, kind, name }, side) => (kind === 'Namespace' && group === '' ? (side === 'first' ? (namespaces.get(name) ?? name) : name) : undefined))); // prettier-ignore
  return {
    pairs: left.flatMap((object): Pair[] => (partner.has(object) ? [[object, partner.get(object)!]] : [])),
    onlyInFirst: left.filter((object) => !partner.has(object)),
    onlyInSecond: rest,
    namespaces,
  };
}

type Grouped = ReadonlyMap<string, readonly KubernetesObject[]>;
type KeysOf = (
  first: readonly KubernetesObject[],
  second: readonly KubernetesObject[],
) => readonly [first: Grouped, second: Grouped];

function byKey(keyOf: (object: KubernetesObject, side: 'first' | 'second') => string | undefined): KeysOf {
  return (first, second) => [
    grouped(first, (object) => keyOf(object, 'first')),
    grouped(second, (object) => keyOf(object, 'second')),
  ];
}

function grouped(objects: readonly KubernetesObject[], keyOf: (object: KubernetesObject) => string | undefined) {
  const found = new Map<string, KubernetesObject[]>();
  for (const object of objects) {
    const key = keyOf(object);
    if (key === undefined) continue;
    const known = found.get(key);
    if (known) known.push(object);
    else found.set(key, [object]);
  }
  return found;
}

/** A template may give several objects of a kind: they are told apart by nothing but their names, and these are others. */
function placeKey(object: KubernetesObject, sourceOf: SourceOf | undefined): string {
  const source = sourceOf?.(object);
  const { origin, kind } = object;
  return JSON.stringify(
    source ? [kind, source.file, source.document] : [kind, origin.file, origin.document, origin.path],
  );
}

/** By kind and name, without what all names of a side begin or end with: `dev-web` and `prod-web`. */
function byBareName(ends: readonly ('start' | 'end')[]): KeysOf {
  const bare = (objects: readonly KubernetesObject[]) => {
    const named = objects.filter(({ kind }) => kind !== 'Namespace' && kind !== 'Node');
    const names = named.map(({ name }) => name);
    const start = ends.includes('start') ? commonStart(names).replace(/[^-.]*$/, '').length : 0;
    const end = ends.includes('end') ? commonStart(names.map(reversed)).replace(/[^-.]*$/, '').length : 0;
    return grouped(named, ({ group, kind, name }) =>
      start + end < name.length ? objectKey(group, kind, '', name.slice(start, name.length - end)) : undefined,
    );
  };
  return (first, second) => [bare(first), bare(second)];
}

function reversed(text: string): string {
  return [...text].reverse().join('');
}

function commonStart(texts: readonly string[]): string {
  const [shortest = '', ...rest] = [...texts].sort((a, b) => a.length - b.length);
  let length = shortest.length;
  for (const text of rest) while (!text.startsWith(shortest.slice(0, length))) length--;
  return shortest.slice(0, length);
}

/** Of each namespace of the first scope the one in which most of its objects are in the second, where that is another. */
function namespacesOf(partner: ReadonlyMap<KubernetesObject, KubernetesObject>): ReadonlyMap<string, string> {
  const votes = new Map<string, Map<string, number>>();
  for (const [first, second] of partner) {
    if (first.namespace === '') continue;
    const found = votes.get(first.namespace) ?? new Map<string, number>();
    votes.set(first.namespace, found.set(second.namespace, (found.get(second.namespace) ?? 0) + 1));
  }
  const mapped = new Map<string, string>();
  for (const [namespace, found] of votes) {
    const [[best] = [namespace]] = [...found].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
    if (best !== namespace) mapped.set(namespace, best);
  }
  return mapped;
}

/** The second's object for each key of the first. */
export function partnersByKey({ pairs }: Matching): ReadonlyMap<ObjectKey, KubernetesObject> {
  return new Map(pairs.map(([first, second]) => [first.key, second]));
}

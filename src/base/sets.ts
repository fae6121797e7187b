/** Sets that are kept by a key. */

/** Adds the items to the set of the key. */
export function addAll<K, T>(map: Map<K, Set<T>>, key: K, items: Iterable<T>): void {
  const set = map.get(key) ?? new Set<T>();
  for (const item of items) set.add(item);
  map.set(key, set);
}

/** The ranges that ServiceCIDR objects add to those of the settings. */

import { compareStrings } from '#base/compare';
import { parsePrefix, printPrefix, type IpPrefix } from '#base/ip';
import type { ObjectKey } from '#model/object';
import type { ServiceCIDR } from '../apiserver/admission';

export class RangeRegistry {
  readonly #objects = new Map<ObjectKey, ServiceCIDR>();
  #prefixes: readonly IpPrefix[] = [];

  set(key: ObjectKey, object: ServiceCIDR | undefined): void {
    if (object?.effective) this.#objects.set(key, object);
    else if (!this.#objects.delete(key)) return;
    const texts = [...this.#objects.values()].flatMap(({ spec }) => spec.cidrs);
    const prefixes = texts.flatMap((text) => parsePrefix(text) ?? []);
    // By their texts, so that the order of the objects does not matter.
    this.#prefixes = [...new Map(prefixes.map((prefix) => [printPrefix(prefix), prefix]))]
      .sort(([a], [b]) => compareStrings(a, b))
      .map(([, prefix]) => prefix);
  }

  /** The same array until a range comes or goes. */
  prefixes(): readonly IpPrefix[] {
    return this.#prefixes;
  }
}

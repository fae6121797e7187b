/** Sets and chains by their names. Most belong to one port of one Service, and are made when somebody looks. */

import { portTextIn } from './names';
import type { PortRules, SharedSet } from './service-rules';
import type { NftChain, NftElement, NftIndex, NftKeyType, NftSet } from './types';

/** A set or map to which all Services contribute; of two elements with one key the first one stays. */
export class SharedSetOf implements NftSet {
  readonly name: SharedSet;
  readonly kind: 'set' | 'map';
  readonly keyTypes: readonly NftKeyType[];
  readonly comment: string;
  readonly #parts: readonly PortRules[];
  #elements: ReadonlyMap<string, NftElement> | undefined;

  constructor(name: SharedSet, keyTypes: readonly NftKeyType[], comment: string, parts: readonly PortRules[]) {
    this.name = name;
    this.kind = name === 'cluster-ips' || name === 'hairpin-connections' ? 'set' : 'map';
    this.keyTypes = keyTypes;
    this.comment = comment;
    this.#parts = parts;
  }

  get elements(): ReadonlyMap<string, NftElement> {
    this.#elements ??= this.#collect();
    return this.#elements;
  }

  #collect(): ReadonlyMap<string, NftElement> {
    const elements = new Map<string, NftElement>();
    for (const part of this.#parts)
      for (const element of part.elements(this.name))
        if (!elements.has(element.key)) elements.set(element.key, element);
    return elements;
  }
}

/** Fixed things, and those of each port; the port is found by what is in the name. */
abstract class PortIndex<T extends { readonly name: string }> implements NftIndex<T> {
  readonly #fixed: ReadonlyMap<string, T>;
  readonly #parts: readonly PortRules[];
  #byText: ReadonlyMap<string, PortRules> | undefined;

  constructor(fixed: readonly T[], parts: readonly PortRules[]) {
    this.#fixed = new Map(fixed.map((item) => [item.name, item]));
    this.#parts = parts;
  }

  protected abstract of(part: PortRules): readonly T[];

  get(name: string): T | undefined {
    const fixed = this.#fixed.get(name);
    if (fixed) return fixed;
    const text = portTextIn(name);
    if (text === undefined) return undefined;
    this.#byText ??= new Map(this.#parts.map((part) => [part.text, part]));
    const part = this.#byText.get(text);
    return part && this.of(part).find((item) => item.name === name);
  }

  *values(): Iterable<T> {
    yield* this.#fixed.values();
    for (const part of this.#parts) yield* this.of(part);
  }
}

export class ChainIndex extends PortIndex<NftChain> {
  protected of(part: PortRules): readonly NftChain[] {
    return part.chains();
  }
}

export class SetIndex extends PortIndex<NftSet> {
  protected of(part: PortRules): readonly NftSet[] {
    return part.affinitySets();
  }
}

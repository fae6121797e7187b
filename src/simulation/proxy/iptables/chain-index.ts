/** The nat table's chains, most of which belong to one endpoint of one Service and are made when somebody looks. */

import { compareStrings } from '#base/compare';
import type { Chain, ChainIndex } from '../../types';
import type { ServiceRules } from './service-rules';

export class NatChains implements ChainIndex {
  readonly #builtIn: readonly Chain[];
  readonly #parts: readonly ServiceRules[];
  readonly #made = new Map<string, Chain>();
  readonly #fixed: readonly Chain[];
  /** Chain → the part that makes it. */
  readonly #owners = new Map<string, ServiceRules>();
  #all: readonly Chain[] | undefined;

  constructor(builtIn: readonly Chain[], fixed: readonly Chain[], parts: readonly ServiceRules[]) {
    this.#builtIn = builtIn;
    this.#fixed = fixed;
    this.#parts = parts;
    for (const chain of [...builtIn, ...fixed]) this.#made.set(chain.name, chain);
    for (const part of parts) for (const name of part.chainNames) this.#owners.set(name, part);
  }

  get(name: string): Chain | undefined {
    const made = this.#made.get(name);
    if (made) return made;
    const owner = this.#owners.get(name);
    if (owner) this.#make(owner);
    // An endpoint's chain has been made with the chain that jumps to it, unless somebody asks for it by name.
    else if (!this.#all) this.values();
    return this.#made.get(name);
  }

  values(): Iterable<Chain> {
    if (!this.#all) {
      for (const part of this.#parts) this.#make(part);
      const own = [...this.#fixed, ...this.#parts.flatMap((part) => part.chains())];
      own.sort((a, b) => compareStrings(a.name, b.name));
      this.#all = [...this.#builtIn, ...own];
    }
    return this.#all;
  }

  #make(part: ServiceRules): void {
    for (const chain of part.chains()) this.#made.set(chain.name, chain);
  }
}

/** The way to a field that is looked at. */

import { printPath, type JsonPath } from '#base/json';

/**
 * A way that a check takes along and nearly never tells: a step costs one small object, and only an error spells it
 * out. Models apimachinery/pkg/util/validation/field Path (v1.37).
 */
export class FieldPath {
  readonly #parent: FieldPath | undefined;
  readonly #step: string | number;
  readonly #isKey: boolean;

  private constructor(parent: FieldPath | undefined, step: string | number, isKey: boolean) {
    this.#parent = parent;
    this.#step = step;
    this.#isKey = isKey;
  }

  static of(first: string, ...steps: JsonPath): FieldPath {
    let path = new FieldPath(undefined, first, false);
    for (const step of steps) path = new FieldPath(path, step, false);
    return path;
  }

  /** The field, or the item of a list, that is below this one. */
  at(step: string | number, second?: string | number, third?: string | number): FieldPath {
    const first = new FieldPath(this, step, false);
    if (second === undefined) return first;
    const next = new FieldPath(first, second, false);
    return third === undefined ? next : new FieldPath(next, third, false);
  }

  /** What a map has for the key: `limits[cpu]`. */
  key(key: string): FieldPath {
    return new FieldPath(this, key, true);
  }

  /** What this is a field or an item of; a root is its own parent. */
  parent(): FieldPath {
    return this.#parent ?? this;
  }

  steps(): JsonPath {
    const steps: (string | number)[] = [];
    for (let path: FieldPath | undefined = this as FieldPath; path; path = path.#parent) steps.push(path.#step);
    return steps.reverse();
  }

  /** As the server writes it: `spec.ports[0].name`. */
  print(): string {
    const step = this.#isKey ? `[${this.#step}]` : printPath([this.#step]);
    if (!this.#parent) return step;
    return `${this.#parent.print()}${step.startsWith('[') ? '' : '.'}${step}`;
  }
}

/** Field errors as the API server words them, and the refusals made of them. */

import { isJsonObject, printPath, type JsonPath, type JsonValue } from '#base/json';
import type { KubernetesObject } from '#model/object';
import type { Refusal, RefusalCause } from '../types';
import { FieldPath } from './field-path';
import type { Complaints } from './names';

/** What became of one object: what the server would store, or why it would not. */
export type Admission<T> =
  { readonly value: T; readonly refusal: undefined } | { readonly value: undefined; readonly refusal: Refusal };

/** Where the server reports an error, where the written body differs from it: `LoadBalancerSourceRanges`. */
export interface Place {
  readonly field: string | FieldPath;
  readonly path: JsonPath | FieldPath;
}

/** Where an error is. */
export type At = JsonPath | FieldPath | Place;

/** Collects the errors of one object. Models apimachinery/pkg/util/validation/field (v1.37). */
export class FieldErrors {
  readonly causes: { readonly field: string; readonly reason: string; readonly message: string; path: JsonPath }[] = [];

  #late: FieldErrors | undefined;

  /** For what the server's generated checks find (declarative validation): it stands after all the others. */
  get late(): FieldErrors {
    return (this.#late ??= new FieldErrors());
  }

  /** All errors in the server's order. */
  all(): FieldErrors['causes'] {
    return this.#late ? [...this.causes, ...this.#late.causes] : this.causes;
  }

  invalid(at: At, value: unknown, detail: string): void {
    this.#add(at, 'FieldValueInvalid', `Invalid value: ${print(value)}${detail === '' ? '' : `: ${detail}`}`);
  }

  /** Without the value. */
  invalidRule(at: At, detail: string): void {
    this.#add(at, 'FieldValueInvalid', `Invalid value: ${detail}`);
  }

  /** One error a complaint. */
  invalidAll(at: At, value: unknown, complaints: Complaints): void {
    for (const complaint of complaints) this.invalid(at, value, complaint);
  }

  required(at: At, detail = ''): void {
    this.#add(at, 'FieldValueRequired', detail === '' ? 'Required value' : `Required value: ${detail}`);
  }

  duplicate(at: At, value: unknown, detail = ''): void {
    this.#add(at, 'FieldValueDuplicate', `Duplicate value: ${print(value)}${detail === '' ? '' : `: ${detail}`}`);
  }

  forbidden(at: At, detail: string): void {
    this.#add(at, 'FieldValueForbidden', `Forbidden: ${detail}`);
  }

  notSupported(at: At, value: unknown, supported: readonly string[]): void {
    const list = supported.map(print).join(', ');
    this.#add(at, 'FieldValueNotSupported', `Unsupported value: ${print(value)}: supported values: ${list}`);
  }

  /** Of a check that itself failed. */
  internal(at: At, detail: string): void {
    this.#add(at, 'InternalError', `Internal error: ${detail}`);
  }

  /** Of a name that nothing has. */
  notFound(at: At, value: unknown, detail = ''): void {
    this.#add(at, 'FieldValueNotFound', `Not found: ${print(value)}${detail === '' ? '' : `: ${detail}`}`);
  }

  tooMany(at: At, count: number, most: number): void {
    this.#add(at, 'FieldValueTooMany', `Too many: ${count}: must have at most ${most} items`);
  }

  tooLong(at: At, most: number): void {
    this.#add(at, 'FieldValueTooLong', `Too long: may not be more than ${most} bytes`);
  }

  #add(at: At, reason: string, message: string): void {
    const { field, path } = isPlace(at) ? at : { field: at, path: at };
    this.causes.push({ field: printed(field), reason, message, path: path instanceof FieldPath ? path.steps() : path });
  }
}

function isPlace(at: At): at is Place {
  return !(at instanceof FieldPath) && !Array.isArray(at);
}

function printed(field: string | JsonPath | FieldPath): string {
  if (typeof field === 'string') return field;
  return field instanceof FieldPath ? field.print() : printPath(field);
}

function print(value: unknown): string {
  return JSON.stringify(value) ?? 'null';
}

/** The refusal that the errors amount to; undefined where there is none. */
export function refusalOf(object: KubernetesObject, errors: FieldErrors): Refusal | undefined {
  return refusalWith(object, errors.all());
}

/** The refusal with these causes, in this order; undefined where there are none. */
export function refusalWith(object: KubernetesObject, found: readonly RefusalCause[]): Refusal | undefined {
  if (found.length === 0) return undefined;
  // Two checks may find the same; the server tells it once.
  const byText = new Map(found.map((cause) => [`${cause.field}: ${cause.message}`, cause]));
  const causes = [...byText.values()].map((cause) => ({ ...cause, path: existing(object.body, cause.path) }));
  const texts = [...byText.keys()];
  const list = texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]`;
  const kind = object.group === '' ? object.kind : `${object.kind}.${object.group}`;
  const message = `${kind} ${JSON.stringify(object.name)} is invalid: ${list}`;
  return { object, code: 422, reason: 'Invalid', message, causes };
}

/** Where there are errors, the refusal; otherwise what `make` makes. */
export function admission<T>(object: KubernetesObject, errors: FieldErrors, make: () => T): Admission<T> {
  const refusal = refusalOf(object, errors);
  return refusal ? { value: undefined, refusal } : { value: make(), refusal: undefined };
}

/** The server cannot decode the object. `place` is the value that it stumbles over. */
export function decodingRefusal(object: KubernetesObject, complaint: string, place: JsonPath): Refusal {
  const { kind, version } = object;
  const message = `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: ${complaint}`;
  return { object, code: 400, reason: 'BadRequest', message, causes: [], place: existing(object.body, place) };
}

/** Something went wrong inside the server: a range has nothing left. */
export function internalRefusal(object: KubernetesObject, complaint: string, place: JsonPath): Refusal {
  const message = `Internal error occurred: ${complaint}`;
  return { object, code: 500, reason: 'InternalError', message, causes: [], place: existing(object.body, place) };
}

/** An error that the server hands out as it is. */
export function plainRefusal(object: KubernetesObject, message: string, place: JsonPath): Refusal {
  return { object, code: 500, reason: '', message, causes: [], place: existing(object.body, place) };
}

/** The beginning of the path that the body has. */
export function existing(body: JsonValue, path: JsonPath): JsonPath {
  let current: JsonValue | undefined = body;
  for (const [i, step] of path.entries()) {
    if (Array.isArray(current)) current = typeof step === 'number' ? (current[step] as JsonValue) : undefined;
    else if (isJsonObject(current) && Object.hasOwn(current, step)) current = current[step];
    else current = undefined;
    if (current === undefined) return path.slice(0, i);
  }
  return path;
}

/** Changes that a kustomization would make to an object, and that are not made here: reasons for "cannot know". */

import type { Scope, UnappliedChange } from '#manifest/types';
import type { KubernetesObject } from '#model/object';
import type { Refusal, RefusalCause } from '#simulation/types';
import { count, list } from './words';

/** The changes that may set or remove one of the object's fields, a part of it, or what it is in. */
export function unappliedTo(
  object: Pick<KubernetesObject, 'kind' | 'name'>,
  fields: readonly (readonly string[])[],
  scope: Scope,
): readonly UnappliedChange[] {
  if (scope.unapplied.length === 0) return [];
  const wanted = fields.map(withoutIndexes);
  return scope.unapplied.filter(
    (change) =>
      (change.kind === undefined || change.kind === object.kind) &&
      (change.name === undefined || change.name === object.name) &&
      change.fields.some((field) => wanted.some((other) => isOnTheWay(field, other))),
  );
}

/** What of a refusal a kustomization's changes cannot mend, and the changes that may mend the rest. */
export function mendable(
  { object, causes }: Refusal,
  scope: Scope,
): { readonly remaining: readonly RefusalCause[]; readonly changes: readonly UnappliedChange[] } {
  const changes = new Set<UnappliedChange>();
  const remaining = causes.filter((cause) => {
    const found = unappliedTo(object, fieldsOf(cause), scope);
    for (const change of found) changes.add(change);
    return found.length === 0;
  });
  return { remaining, changes: [...changes] };
}

function fieldsOf({ field, path, message }: RefusalCause): readonly (readonly string[])[] {
  const steps = field === '' ? path.map(String) : field.split(/[.[\]]+/).filter((step) => step !== '');
  return message.includes('`selector` does not match template `labels`') ? [steps, ['spec', 'selector']] : [steps];
}

/** Whether one of the fields is the other, or in it. */
function isOnTheWay(a: readonly string[], b: readonly string[]): boolean {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** As the fields of changes are given. */
function withoutIndexes(field: readonly string[]): readonly string[] {
  return field.filter((step) => !/^\d+$/.test(step));
}

/** `2 patches of overlays/prod are not applied`. */
export function printUnapplied(changes: readonly UnappliedChange[]): string {
  const counts = new Map<string, { what: UnappliedChange['what']; folder: string; number: number }>();
  for (const { what, folder } of changes) {
    const key = `${what} ${folder}`;
    const known = counts.get(key);
    if (known) known.number++;
    else counts.set(key, { what, folder, number: 1 });
  }
  return list(
    [...counts.values()].map(({ what, folder, number }) => {
      const noun = what === 'patch' && number > 1 ? `${number} patches` : count(number, what);
      return `${noun} of ${folder === '.' ? 'the workspace' : folder} ${number === 1 ? 'is' : 'are'} not applied`;
    }),
  );
}

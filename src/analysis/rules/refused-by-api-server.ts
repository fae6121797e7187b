/** refused-by-api-server: what the API server would not take, in its own words and at the field that it names. */

import type { JsonPath, JsonValue } from '#base/json';
import { isJsonObject, valueAt } from '#base/json';
import type { KubernetesObject } from '#model/object';
import { printReference } from '#model/object';
import { printHolds } from '#simulation/index';
import type { Refusal, RefusalCause } from '#simulation/types';
import type { AnalysisContext } from '../context';
import type { Finding, Fix } from '../types';
import { clashOf } from './allocation-clash';
import { fixBy, quoteValue } from './edits';
import type { Rule } from './index';
import { isVariant } from './replaced-by-later-document';
import { placeholderIn } from './placeholders';
import { relatedName } from './report';
import { mendable, printUnapplied } from './unapplied';
import { firstLine } from './words';

export const refusedByApiServer: Rule = {
  codes: ['refused-by-api-server'],
  check(object, context, report) {
    const refusal = context.simulation.controlPlane.refusalOf(object);
    // A variant in another file is not meant to be applied over the first one.
    if (!refusal || (refusal.updates && isVariant(object, refusal.updates, context.scope))) return;
    const common = { code: 'refused-by-api-server', severity: 'error' } as const;
    if (refusal.causes.length === 0) {
      const path = refusal.place ?? ['metadata', 'name'];
      const placeholder = placeholderIn(valueAt(object.body, path));
      if (placeholder !== undefined) {
        report.cannotKnow(toBeFilledIn(object, placeholder), report.place(path));
        return;
      }
      report.add({
        ...common,
        unapplied: 'considered',
        message: firstLine(`${printReference(object)} is refused: ${withoutPreamble(refusal.message)}`),
        place: /unknown field/.test(refusal.message) ? report.member(path) : report.place(path),
        details: [...detailsOf(refusal, object), ...typesOf(refusal.message)],
        fixes: [quoteFix(refusal, object, path, context)],
      });
      for (const cause of refusal.next ?? [])
        report.add({
          ...common,
          message: firstLine(messageOf({ ...cause, message: withoutPreamble(cause.message) }, object)),
          place: report.place(cause.path),
          details: [
            { label: 'cause', text: 'the API server says this once the value of a wrong type is mended' },
            { label: 'effect', text: effectOn(object) },
          ],
        });
      return;
    }
    const { remaining, changes } = mendable(refusal, context.scope);
    if (remaining.length === 0) {
      const message = `Cannot know whether the API server takes ${printReference(object)}: ${printUnapplied(changes)}`;
      report.cannotKnow(message, report.place(['metadata', 'name']));
      return;
    }
    for (const cause of remaining) {
      const placeholder = placeholderIn(valueAt(object.body, cause.path));
      if (placeholder !== undefined) {
        report.cannotKnow(toBeFilledIn(object, placeholder), report.place(cause.path));
        continue;
      }
      const clash = clashOf(object, cause, context);
      // Who has what is wanted here may be another one tomorrow.
      if (clash) report.searchedElsewhere();
      report.add({
        ...common,
        unapplied: 'considered',
        message: firstLine(messageOf(cause, object)),
        place: report.place(unmatchedLabel(cause, object) ?? cause.path),
        details: [...detailsOf(refusal, object, cause), ...releaseOf(cause)],
        related: [
          refusal.updates && relatedName(refusal.updates, 'The document that it would change', context),
          clash?.related,
        ],
        fixes: clash?.fixes ?? [],
      });
    }
  },
};

/** The label that the selector wants otherwise, where it is one: the API server names all of them. */
function unmatchedLabel({ path, message }: RefusalCause, object: KubernetesObject): JsonPath | undefined {
  if (!message.includes('`selector` does not match template `labels`')) return undefined;
  const labels = valueAt(object.body, path);
  const wanted = valueAt(object.body, ['spec', 'selector', 'matchLabels']);
  if (!isJsonObject(labels) || !isJsonObject(wanted)) return undefined;
  const [key, ...others] = Object.keys(wanted).filter((each) => labels[each] !== wanted[each]);
  return key !== undefined && others.length === 0 && key in labels ? [...path, key] : undefined;
}

function toBeFilledIn(object: KubernetesObject, placeholder: string): string {
  return `Cannot know whether the API server takes ${printReference(object)}: ${placeholder} is to be filled in`;
}

/** Where other releases judge otherwise. */
function releaseOf({ holds }: RefusalCause): Finding['details'] {
  const period = holds && printHolds(holds);
  return period === undefined ? [] : [{ label: 'note', text: `this holds ${period}` }];
}

function messageOf(cause: RefusalCause, object: KubernetesObject): string {
  return cause.field === ''
    ? `${printReference(object)} is refused: ${cause.message}`
    : `${cause.field}: ${cause.message}`;
}

/** The decoder's message without what the first words of the finding say already. */
function withoutPreamble(message: string): string {
  return message.replace(/^.* cannot be handled as a \w+: /s, '').replace(/^json: /, '');
}

function detailsOf(refusal: Refusal, object: KubernetesObject, cause?: RefusalCause): Finding['details'] {
  const said = cause ? messageOf(cause, object) : refusal.message;
  const status = `the API server answers ${refusal.code} ${refusal.reason}`;
  // What the first line says in full is not said twice.
  const whole = cause !== undefined && firstLine(said) === said;
  return [
    { label: 'cause', text: whole ? status : `${status}: ${said}` },
    { label: 'effect', text: refusal.updates ? effectOfUpdate(object) : effectOn(object) },
  ];
}

/** The earlier document stays as it is. */
function effectOfUpdate(object: KubernetesObject): string {
  return `${printReference(object)} stays as the earlier document has it: nothing of this one is in the cluster`;
}

function effectOn(object: KubernetesObject): string {
  const gone = `${printReference(object)} is not created`;
  if (object.group === '' && object.kind === 'Service') return `${gone}: its name does not resolve (NXDOMAIN)`;
  if (isPodMaker(object)) return `${gone}: there are no pods of it for a Service to reach`;
  return gone;
}

function isPodMaker(object: KubernetesObject): boolean {
  return object.kind === 'Pod' || valueAt(object.body, ['spec', 'template']) !== undefined;
}

const kindsOfValues: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  bool: 'true or false',
  array: 'a list',
  object: 'a mapping',
};

/** What the decoder says of Go's types, in the words of YAML. */
function typesOf(message: string): Finding['details'] {
  const [, value = '', type = ''] = /cannot unmarshal (\w+) into Go (?:struct field .* of type|value of type) (\S+)$/.exec(message) ?? []; // prettier-ignore
  const is = kindsOfValues[value];
  if (is === undefined) return [];
  return [{ label: 'note', text: `YAML reads the value as ${is}, and ${wantedFor(type)} is wanted here` }];
}

function wantedFor(type: string): string {
  if (type === 'string') return 'text';
  if (type === 'bool') return 'true or false';
  if (/^u?int\d*$/.test(type)) return 'a whole number';
  return type.startsWith('[]') ? 'a list' : 'a mapping';
}

/** A number or a boolean where a string is wanted lacks its quotes. */
function quoteFix(
  refusal: Refusal,
  object: KubernetesObject,
  path: JsonPath,
  context: AnalysisContext,
): Fix | undefined {
  if (!/of type string$/.test(refusal.message)) return undefined;
  const value: JsonValue | undefined = valueAt(object.body, path);
  if (typeof value !== 'number' && typeof value !== 'boolean') return undefined;
  return fixBy('Put the value in quotes', true, [quoteValue(object, path, context)]);
}

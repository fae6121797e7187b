/** refused-by-api-server: what the API server would not take, in its own words and at the field that it names. */

import type { JsonPath, JsonValue } from '#base/json';
import { valueAt } from '#base/json';
import type { KubernetesObject } from '#model/object';
import { printReference } from '#model/object';
import type { Refusal, RefusalCause } from '#simulation/types';
import type { AnalysisContext } from '../context';
import type { Finding, Fix } from '../types';
import { fixBy, quoteValue } from './edits';
import type { Rule } from './index';
import { mendable, printUnapplied } from './unapplied';
import { firstLine } from './words';

export const refusedByApiServer: Rule = {
  codes: ['refused-by-api-server'],
  check(object, context, report) {
    const refusal = context.simulation.controlPlane.refusal(object.key);
    if (!refusal) return;
    const common = { code: 'refused-by-api-server', severity: 'error' } as const;
    if (refusal.causes.length === 0) {
      const path = refusal.place ?? ['metadata', 'name'];
      report.add({
        ...common,
        message: firstLine(`${printReference(object)} is refused: ${withoutPreamble(refusal.message)}`),
        place: report.place(path),
        details: detailsOf(refusal, object),
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
    for (const cause of remaining)
      report.add({
        ...common,
        message: firstLine(messageOf(cause, object)),
        place: report.place(cause.path),
        details: detailsOf(refusal, object, cause),
      });
  },
};

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
    { label: 'effect', text: effectOn(object) },
  ];
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

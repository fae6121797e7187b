/** replaced-by-later-document: two documents of a scope describe one object, and only one of them has an effect. */

import type { KubernetesObject } from '#model/object';
import { compareOrigins, printReference } from '#model/object';
import type { Scope } from '#manifest/types';
import type { Rule } from './index';
import { relatedName } from './report';
import { scopeName } from './words';

export const replacedByLaterDocument: Rule = {
  codes: ['replaced-by-later-document'],
  check(object, context, report) {
    const { controlPlane } = context.simulation;
    const effective = controlPlane.object(object.key);
    if (!effective || effective === object || compareOrigins(effective.origin, object.origin) === 0) return;
    const isRefused = controlPlane.refusalOf(object) !== undefined;
    // What the server refuses is told as a refusal; of a variant only that there are two.
    if (isRefused && !isVariant(object, effective, context.scope)) return;
    const name = printReference(object);
    const sameFile = fileOf(effective) === fileOf(object);
    const elsewhere = sameFile ? 'a later document of this file' : shortPath(fileOf(object), fileOf(effective));
    const scope = scopeName(context.scope);
    const variant = isVariant(object, effective, context.scope);
    if (variant && !shapesTheNetwork.has(object.kind)) return;
    report.add({
      code: 'replaced-by-later-document',
      severity: variant ? 'hint' : 'warning',
      message: variant ? `${name} is in another file as well: ${elsewhere}` : `${name} is replaced by ${elsewhere}`,
      place: report.place(['metadata', 'name']),
      details: [
        { label: 'cause', text: `two documents of ${scope} describe ${name}` },
        {
          label: 'effect',
          text: variant
            ? `of both, only the ${isRefused ? 'earlier' : 'later'} one counts in what is shown of ${scope}`
            : 'the last one that is applied stays; nothing of this one is in the cluster',
        },
      ],
      related: [
        relatedName(effective, `This ${object.kind} ${object.name} comes ${isRefused ? 'first' : 'later'}`, context),
      ],
    });
  },
};

/** The files of a plain folder may be variants of which one is applied: then nothing is wrong. */
export function isVariant(one: KubernetesObject, other: KubernetesObject, scope: Scope): boolean {
  return scope.kind === 'folder' && fileOf(one) !== fileOf(other);
}

/** Kinds of which it matters here that one document of two is not looked at. */
const shapesTheNetwork = new Set([
  'Service', 'Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController', 'Job', 'CronJob',
  'Endpoints', 'EndpointSlice', 'NetworkPolicy',
]); // prettier-ignore

function fileOf({ origin }: KubernetesObject): string {
  return origin.kind === 'manifest' ? origin.file : origin.context;
}

/** The name alone for a file of the same folder. */
function shortPath(from: string, to: string): string {
  const folder = from.slice(0, from.lastIndexOf('/') + 1);
  return to.startsWith(folder) ? to.slice(folder.length) : to;
}

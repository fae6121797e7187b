/** replaced-by-later-document: two documents of a scope describe one object, so the earlier one has no effect. */

import type { KubernetesObject } from '#model/object';
import { compareOrigins, printReference } from '#model/object';
import type { Rule } from './index';
import { relatedName } from './report';
import { scopeName } from './words';

export const replacedByLaterDocument: Rule = {
  codes: ['replaced-by-later-document'],
  check(object, context, report) {
    const effective = context.simulation.controlPlane.object(object.key);
    if (!effective || effective === object || compareOrigins(effective.origin, object.origin) === 0) return;
    const name = printReference(object);
    const sameFile = fileOf(effective) === fileOf(object);
    const elsewhere = sameFile ? 'a later document of this file' : shortPath(fileOf(object), fileOf(effective));
    const scope = scopeName(context.scope);
    // The files of a plain folder may be variants of which one is applied: then nothing is wrong.
    const isVariant = context.scope.kind === 'folder' && !sameFile;
    if (isVariant && !shapesTheNetwork.has(object.kind)) return;
    report.add({
      code: 'replaced-by-later-document',
      severity: isVariant ? 'hint' : 'warning',
      message: isVariant ? `${name} is in another file as well: ${elsewhere}` : `${name} is replaced by ${elsewhere}`,
      place: report.place(['metadata', 'name']),
      details: [
        { label: 'cause', text: `two documents of ${scope} describe ${name}` },
        {
          label: 'effect',
          text: isVariant
            ? `of both, only the later one counts in what is shown of ${scope}`
            : 'the last one that is applied stays; nothing of this one is in the cluster',
        },
      ],
      related: [relatedName(effective, `This ${object.kind} ${object.name} comes later`, context)],
    });
  },
};

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

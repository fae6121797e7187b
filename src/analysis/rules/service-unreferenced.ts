/** service-unreferenced: a Service that nothing in the scope names. Off until a team asks for it: others may call it. */

import { isJsonObject, type JsonValue } from '#base/json';
import type { NamespacedName } from '#model/kubernetes';
import { printReference } from '#model/object';
import { annotationOf } from '#simulation/http/read';
import type { AnalysisContext } from '../context';
import { mentionsOf } from '../features/mentions/mentions';
import { fixInWords } from './edits';
import type { Rule } from './index';
import { isCustom } from './unseen-objects';
import { scopeName } from './words';

export const serviceUnreferenced: Rule = {
  codes: ['service-unreferenced'],
  check(object, context, report) {
    const { controlPlane } = context.simulation;
    const name = `${object.namespace}/${object.name}`;
    const service = controlPlane.service(name);
    if (!service || controlPlane.object(object.key) !== object || name === 'default/kubernetes') return;
    report.searchedElsewhere();
    // The rest of it may be anywhere, and kube-system is called by the cluster itself.
    if (context.scope.incomplete.length > 0 || object.namespace === 'kube-system') return;
    const { type, externalIPs = [] } = service.spec;
    if (type === 'NodePort' || type === 'LoadBalancer' || externalIPs.length > 0) return;
    // Who collects metrics finds it by this.
    if (annotationOf(object, 'prometheus.io/scrape') !== undefined) return;
    const { named, words } = referencesOf(context);
    if (named.has(name) || words.has(object.name)) return;
    report.add({
      code: 'service-unreferenced',
      severity: 'hint',
      message: `nothing in ${scopeName(context.scope)} names ${printReference(object)}`,
      place: report.place(['metadata', 'name']),
      details: [
        {
          label: 'cause',
          text: 'no Ingress, route, StatefulSet, environment, argument, ConfigMap, webhook or custom resource here says its name',
        },
        { label: 'effect', text: 'unless somebody else calls it, no request ever comes by it' },
      ],
      fixes: [fixInWords('Remove the Service, or leave it where clients from elsewhere call it')],
    });
  },
};

interface References {
  readonly named: ReadonlySet<NamespacedName>;
  /** Words of whatever custom resources say: their fields may mean anything. */
  readonly words: ReadonlySet<string>;
}

/** A context is of one state of its scope, so this is collected at most once for it. */
const known = new WeakMap<AnalysisContext, References>();

function referencesOf(context: AnalysisContext): References {
  const before = known.get(context);
  if (before) return before;
  const { controlPlane } = context.simulation;
  const named = new Set<NamespacedName>();
  const words = new Set<string>();
  for (const object of controlPlane.objects()) {
    // Endpoints belong to a Service; they do not call it.
    if (object.kind === 'EndpointSlice' || object.kind === 'Endpoints') continue;
    for (const { meaning, role } of mentionsOf(object, controlPlane.settings.clusterDomain))
      if (role === 'reference' && meaning.kind === 'service') named.add(meaning.service);
    if (isCustom(object.group)) collectWords(object.body, words);
  }
  const references = { named, words };
  known.set(context, references);
  return references;
}

function collectWords(value: JsonValue | undefined, words: Set<string>): void {
  if (typeof value === 'string') for (const word of value.split(/[.:/]+/)) words.add(word);
  else if (Array.isArray(value)) for (const item of value) collectWords(item, words);
  else if (isJsonObject(value)) for (const item of Object.values(value)) collectWords(item, words);
}

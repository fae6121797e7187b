/** Faults between a Service's selector and the labels of pods. */

import { isJsonObject, valueAt } from '#base/json';
import type { KubernetesObject } from '#model/object';
import { together, type Application, type HealthyService } from '../application';
import type { Random } from '../random';
import type { Candidate, FaultKind } from '../types';
import { misspelledText, otherCase, renamed } from '../typos';

const nothingSelected = ['selector-matches-nothing', 'label-only-on-workload'];
/** What else goes by the labels of pods. */
const ofLabels = ['policy-selects-nothing', 'policy-peer-selects-nothing', 'stateful-set-service-selects-others', 'stateful-set-service-missing']; // prettier-ignore

type Change = (word: string, random: Random) => string | undefined;

/** A fault in one pair of a Service's selector, in its key or its value. */
function pairFault(name: string, part: 'key' | 'value', change: Change): FaultKind {
  return {
    name,
    codes: nothingSelected,
    follows: ofLabels,
    *candidates(application) {
      for (const service of application.services())
        for (const [key, value] of writtenSelector(service)) {
          const path = ['spec', 'selector', key];
          yield {
            id: `${service.name} ${key}`,
            spoil: (app, random) => {
              const other = change(part === 'key' ? key : value, random);
              if (other === undefined) return undefined;
              return part === 'key' ? app.renameKey(service.object, path, other) : app.set(service.object, path, other);
            },
            answer: (app) => app.endpoints(service.name),
            otherSides: (app) => labelPlaces(app, service),
          };
        }
    },
  };
}

function writtenSelector({ object }: HealthyService): readonly (readonly [string, string])[] {
  const selector = valueAt(object.body, ['spec', 'selector']);
  if (!isJsonObject(selector)) return [];
  return Object.entries(selector).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value] as const] : []));
}

function labelPlaces(app: Application, { groups }: HealthyService) {
  return groups.flatMap(({ object, templatePath }) => [
    app.place(app.object(object.key), [...templatePath, 'metadata', 'labels']),
    app.place(app.object(object.key), ['metadata', 'labels']),
  ]);
}

/** A pair that the workload's template has of its own and that the Service selects, with its selector's pair. */
interface TemplatePair {
  readonly service: HealthyService;
  readonly maker: KubernetesObject;
  readonly key: string;
  readonly value: string;
  readonly template: readonly (string | number)[];
  readonly matched: readonly string[] | undefined;
}

function* templatePairs(app: Application): Iterable<TemplatePair> {
  for (const service of app.services()) {
    const [group, second] = service.groups;
    if (!group || second || group.templatePath.length === 0) continue;
    for (const [key, value] of writtenSelector(service)) {
      const template = [...group.templatePath, 'metadata', 'labels'];
      if (valueAt(group.object.body, [...template, key]) !== value) continue;
      const matched = [['spec', 'selector', 'matchLabels'], ['spec', 'selector']].find((path) => valueAt(group.object.body, [...path, key]) === value); // prettier-ignore
      yield { service, maker: group.object, key, value, template, matched };
    }
  }
}

function ofTemplate(pair: TemplatePair, spoil: Candidate['spoil']): Candidate {
  const { service, key } = pair;
  return {
    id: `${service.name} ${key}`,
    spoil,
    answer: (app) => app.endpoints(service.name),
    otherSides: (app) => [
      app.place(app.controlPlane.serviceObject(service.name), ['spec', 'selector']),
      app.place(app.object(pair.maker.key), ['spec', 'selector']),
      ...labelPlaces(app, service),
    ],
  };
}

const templateLabel: FaultKind = {
  name: 'label in a template',
  codes: nothingSelected,
  follows: ofLabels,
  *candidates(application) {
    for (const pair of templatePairs(application)) {
      const { maker, key, value, template, matched } = pair;
      yield ofTemplate(pair, (app, random) => {
        const other = renamed(value, new Set(), random);
        if (other === undefined) return undefined;
        const changes = [app.set(maker, [...template, key], other)];
        if (matched) changes.push(app.set(maker, [...matched, key], other));
        return together(...changes);
      });
    }
  },
};

const templateAgainstItsSelector: FaultKind = {
  name: 'label in a template, not in its workload’s selector',
  codes: ['refused-by-api-server'],
  follows: [...nothingSelected, ...ofLabels],
  *candidates(application) {
    for (const pair of templatePairs(application))
      if (pair.matched)
        yield ofTemplate(pair, (app, random) => {
          const other = misspelledText(pair.value, random);
          return other === undefined ? undefined : app.set(pair.maker, [...pair.template, pair.key], other);
        });
  },
};

const labelOnWorkloadAlone: FaultKind = {
  name: 'label on the workload alone',
  codes: nothingSelected,
  follows: ofLabels,
  *candidates(application) {
    for (const pair of templatePairs(application)) {
      const { maker, key, value, template, matched } = pair;
      yield ofTemplate(pair, (app) => {
        const changes = [app.renameKey(maker, [...template, key], 'component')];
        if (valueAt(maker.body, [...template, 'component']) !== undefined) return undefined;
        if (matched) changes.push(app.renameKey(maker, [...matched, key], 'component'));
        if (valueAt(maker.body, ['metadata', 'labels', key]) !== value)
          changes.push(app.put(maker, ['metadata', 'labels'], key, value));
        return together(...changes);
      });
    }
  },
};

export const selectorFaults: readonly FaultKind[] = [
  pairFault('label value in a selector', 'value', misspelledText),
  pairFault('label value in a selector, renamed', 'value', (word, random) => renamed(word, new Set(), random)),
  pairFault('label key in a selector', 'key', misspelledText),
  pairFault('upper and lower case in a selector', 'value', otherCase),
  templateLabel,
  templateAgainstItsSelector,
  labelOnWorkloadAlone,
];

/** Faults that the API server refuses: fields of the wrong type, unknown, missing or malformed. */

import { isJsonObject, valueAt } from '#base/json';
import type { Place, TextEdit } from '#analysis/types';
import type { KubernetesObject } from '#model/object';
import type { Application } from '../application';
import type { Random } from '../random';
import type { FaultKind } from '../types';

/** What may be missing for others once the object is. */
const follows = [
  'selector-matches-nothing', 'label-only-on-workload', 'name-of-no-service', 'name-in-other-namespace', 'ingress-backend-missing',
  'route-backend-missing', 'stateful-set-service-missing', 'policy-peer-selects-nothing', 'policy-selects-nothing',
  'endpoints-without-service', 'policy-forgets-dns', 'external-name-unknown',
]; // prettier-ignore

type Spoil = (app: Application, object: KubernetesObject, random: Random) => ReturnType<Application['set']>;

function refusedFault(
  name: string,
  kinds: readonly string[],
  spoil: Spoil,
  codes = ['refused-by-api-server'],
): FaultKind {
  // prettier-ignore
  return {
    name,
    codes,
    follows,
    *candidates(application) {
      for (const kind of kinds)
        for (const object of application.objectsOf(groupOf(kind), kind)) {
          if (application.controlPlane.refusalOf(object)) continue;
          let changed: readonly TextEdit[] | undefined;
          yield {
            id: object.key,
            spoil: (app, random) => (changed = spoil(app, object, random)),
            answer: (app) => `${app.refusal(object.key)} ${problems(app, object.origin.file)}`,
            // A value above a line that is too far in goes on over it, and is what is wrong then.
            otherSides: () => (codes.includes('yaml-syntax') ? (changed ?? []).map(lineAbove) : []),
          };
        }
    },
  };
}

function lineAbove({ file, range }: TextEdit): Place {
  const at = { line: range.start.line - 1, character: 0 };
  return { file, range: { start: at, end: at } };
}

function problems(app: Application, file: string): string {
  return app.workspace.problems(file).map(({ message }) => message).join('; '); // prettier-ignore
}

function groupOf(kind: string): string {
  return kind === 'Service' ? '' : kind === 'Ingress' ? 'networking.k8s.io' : 'apps';
}

const workloads = ['Deployment', 'StatefulSet', 'DaemonSet'];

/** One of the fields that the object has. */
function writtenOf(object: KubernetesObject, paths: readonly (readonly (string | number)[])[], random: Random) {
  const written = paths.filter((path) => valueAt(object.body, path) !== undefined);
  return written.length === 0 ? undefined : random.pick(written);
}

const firstPort = ['spec', 'ports', 0];
const container = ['spec', 'template', 'spec', 'containers', 0];

export const refusalFaults: readonly FaultKind[] = [
  refusedFault('field of the wrong type', ['Service', ...workloads], (app, object, random) => {
    const numbers = [
      ['spec', 'replicas'],
      [...firstPort, 'port'],
      [...container, 'ports', 0, 'containerPort'],
    ];
    const path = writtenOf(object, numbers, random);
    return path && app.put(object, path.slice(0, -1), String(path.at(-1)), String(valueAt(object.body, path)));
  }),
  refusedFault('label that is no string', ['Service', ...workloads], (app, object, random) => {
    const maps = [
      ['spec', 'selector'],
      ['metadata', 'labels'],
      ['spec', 'template', 'metadata', 'labels'],
    ];
    const path = writtenOf(object, maps.filter((each) => isJsonObject(valueAt(object.body, each)) && !(object.kind !== 'Service' && each[1] === 'selector')), random); // prettier-ignore
    return path && app.put(object, path, 'version', random.pick([1, 1.2, true]));
  }),
  refusedFault('variable that is no string', workloads, (app, object) => {
    const env = valueAt(object.body, [...container, 'env']);
    const index = Array.isArray(env) ? env.findIndex((each) => isJsonObject(each) && typeof each.value === 'string') : -1; // prettier-ignore
    return index < 0 ? undefined : app.put(object, [...container, 'env', index], 'value', 8080);
  }),
  refusedFault('misspelled field', ['Service', ...workloads], (app, object, random) => {
    const fields: Record<string, string> = { targetPort: 'targetport', selector: 'selectors', ports: 'port', containerPort: 'containerport', replicas: 'replica', template: 'templates' }; // prettier-ignore
    const paths = [[...firstPort, 'targetPort'], ['spec', 'selector'], ['spec', 'ports'], [...container, 'ports', 0, 'containerPort'], ['spec', 'replicas']]; // prettier-ignore
    const path = writtenOf(object, paths, random);
    return path && app.renameKey(object, path, fields[String(path.at(-1))]!);
  }),
  refusedFault('port without a name among several', ['Service'], (app, object) => {
    const ports = valueAt(object.body, ['spec', 'ports']);
    if (!Array.isArray(ports) || ports.length < 2) return undefined;
    return app.remove(object, firstPort, 'name');
  }),
  refusedFault('name that is none', ['Service', ...workloads], (app, object, random) =>
    app.set(
      object,
      ['metadata', 'name'],
      random.pick([`${object.name}_1`, object.name.toUpperCase(), `${object.name}-`]),
    ),
  ),
  refusedFault('port out of range', ['Service'], (app, object, random) =>
    app.set(object, [...firstPort, 'port'], random.pick([0, 65536, 80800])),
  ),
  refusedFault('protocol in lower case', ['Service'], (app, object) => app.put(object, firstPort, 'protocol', 'tcp')),
  refusedFault(
    'indentation',
    ['Service', ...workloads],
    (app, object) => {
      const place = app.place(object, ['spec', object.kind === 'Service' ? 'ports' : 'template']);
      const start = place && { ...place.range.start, character: 0 };
      return start && [{ file: place.file, range: { start, end: start }, newText: '   ' }];
    },
    ['yaml-syntax', 'refused-by-api-server', 'yaml-duplicate-key'],
  ),
];

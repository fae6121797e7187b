/** Labels that kustomizations add: which files get which, and where in an object they go. */

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { JsonObject } from '#base/json';
import { bodyWithLabels, readManifest, scopeAssignment } from '#manifest/index';
import type { KustomizeLabels } from '#manifest/types';

const labels: KustomizeLabels = { metadata: { m: '1' }, templates: { t: '2' }, selectors: { s: '3' } };

function labelled(text: string): unknown {
  const content = readManifest('a.yaml', text).documents[0]?.content;
  if (content?.kind !== 'objects') throw new Error('no object');
  return bodyWithLabels(content.objects[0]!, labels);
}

const head = (apiVersion: string, kind: string, spec: string) =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: a, labels: {m: '0', k: v}}\nspec: ${spec}\n`;
const result = (apiVersion: string, kind: string, spec: string) =>
  parse(head(apiVersion, kind, spec).replace("m: '0'", "m: '1'")) as JsonObject;

describe('labels of an object', () => {
  it.each([
    ['v1', 'Service', '{ports: []}', '{ports: [], selector: {s: "3"}}'],
    ['v1', 'Service', '{selector: {s: x, app: web}}', '{selector: {s: "3", app: web}}'],
    ['v1', 'ConfigMap', '{selector: {a: b}}', '{selector: {a: b}}'],
    ['serving.knative.dev/v1', 'Service', '{template: {}}', '{template: {}}'],
    [
      'apps/v1',
      'Deployment',
      '{template: {spec: {}}}',
      '{template: {spec: {}, metadata: {labels: {t: "2"}}}, selector: {matchLabels: {s: "3"}}}',
    ],
    [
      'apps/v1',
      'StatefulSet',
      '{selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {topologySpreadConstraints: [{labelSelector: {matchLabels: {}}}, {}]}}}',
      '{selector: {matchLabels: {a: b, s: "3"}}, template: {metadata: {labels: {a: b, t: "2"}}, spec: {topologySpreadConstraints: [{labelSelector: {matchLabels: {s: "3"}}}, {}]}}}',
    ],
    ['batch/v1', 'Job', '{template: {}}', '{template: {metadata: {labels: {t: "2"}}}}'],
    [
      'batch/v1',
      'CronJob',
      '{jobTemplate: {spec: {template: {}}}}',
      '{jobTemplate: {metadata: {labels: {t: "2"}}, spec: {template: {metadata: {labels: {t: "2"}}}}}}',
    ],
    ['policy/v1', 'PodDisruptionBudget', '{selector: {}}', '{selector: {}}'],
    [
      'networking.k8s.io/v1',
      'NetworkPolicy',
      '{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {a: b}}}, {namespaceSelector: {matchLabels: {}}}]}]}',
      '{podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {a: b, s: "3"}}}, {namespaceSelector: {matchLabels: {}}}]}]}',
    ],
    ['apps/v1', 'Deployment', '{selector: 5, template: [1]}', '{selector: 5, template: [1]}'],
  ])('%s %s %s', (apiVersion, kind, before, after) => {
    expect(labelled(head(apiVersion, kind, before))).toEqual(result(apiVersion, kind, after));
  });

  it('leaves the object as it was read', () => {
    const [document] = readManifest('a.yaml', head('v1', 'Service', '{selector: {a: b}}')).documents;
    const before = JSON.stringify(document);
    if (document?.content.kind === 'objects') bodyWithLabels(document.content.objects[0]!, labels);
    expect(JSON.stringify(document)).toBe(before);
  });
});

const object = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n';

/** `file metadata/templates/selectors` of each scope's files. */
function given(files: Record<string, string>): string[] {
  const { scopes } = scopeAssignment(
    Object.entries(files).map(([path, text]) => readManifest(path, text)),
    { roots: [] },
  );
  const print = (pairs: Readonly<Record<string, string>>) =>
    Object.entries(pairs)
      .map(([key, value]) => `${key}=${value}`)
      .join(',') || '-';
  return scopes.flatMap((scope) =>
    [...scope.labels].map(
      ([path, { metadata, templates, selectors }]) =>
        `${scope.name}: ${path} ${print(metadata)} ${print(templates)} ${print(selectors)}`,
    ),
  );
}

describe('labels of files', () => {
  it('go to what the kustomization lists, by the kind of entry', () => {
    const kustomization = [
      'labels:',
      '- pairs: {a: 1st, x: 5}',
      '- pairs: {b: 2nd}\n  includeTemplates: true',
      '- pairs: {c: 3rd}\n  includeSelectors: true',
      'commonLabels: {c: 4th}',
      'resources: [x.yaml]',
    ].join('\n');
    expect(given({ 'k/kustomization.yaml': kustomization, 'k/x.yaml': object, 'k/y.yaml': object })).toEqual([
      'k (kustomization): k/x.yaml a=1st,b=2nd,c=4th b=2nd,c=4th c=4th',
    ]);
  });

  it('of an overlay win over those of its bases, and reach all of them', () => {
    expect(
      given({
        'prod/kustomization.yaml': 'commonLabels: {env: prod}\nresources: [../base, own.yaml]\n',
        'prod/own.yaml': object,
        'base/kustomization.yaml': 'commonLabels: {env: none, app: web}\nresources: [x.yaml]\n',
        'base/x.yaml': object,
      }),
    ).toEqual([
      'prod: base/x.yaml env=prod,app=web env=prod,app=web env=prod,app=web',
      'prod: prod/own.yaml env=prod env=prod env=prod',
    ]);
  });

  it('of a component reach what was taken in before it, at each place where it is', () => {
    const component = 'kind: Component\ncommonLabels: {c: x}\n';
    expect(
      given({
        'all/kustomization.yaml': 'resources: [../a, ../b, ../d]\n',
        'a/kustomization.yaml': 'resources: [x.yaml]\ncomponents: [../c]\n',
        'b/kustomization.yaml': 'resources: [x.yaml]\ncomponents: [../c]\n',
        'd/kustomization.yaml': 'resources: [x.yaml]\n',
        'c/kustomization.yaml': component,
        'a/x.yaml': object,
        'b/x.yaml': object,
        'd/x.yaml': object,
      }),
    ).toEqual(['all: a/x.yaml c=x c=x c=x', 'all: b/x.yaml c=x c=x c=x']);
  });

  it('end where kustomizations run in a ring, or fan out without end', () => {
    const files: Record<string, string> = {
      'ring/kustomization.yaml': 'commonLabels: {a: b}\nresources: [../gnir, x.yaml]\n',
      'gnir/kustomization.yaml': 'resources: [../ring]\n',
      'ring/x.yaml': object,
      'fan/x.yaml': object,
      'fan/kustomization.yaml': 'resources: [x.yaml]\ncomponents: [../fan0]\n',
    };
    for (let i = 0; i < 40; i++) {
      const next = `../fan${i + 1}`;
      files[`fan${i}/kustomization.yaml`] =
        `kind: Component\ncommonLabels: {depth: '${i}'}\ncomponents: [${next}, ${next}]\n`;
    }
    expect(given(files)).toEqual(['fan: fan/x.yaml depth=0 depth=0 depth=0', 'gnir: ring/x.yaml a=b a=b a=b']);
  });
});

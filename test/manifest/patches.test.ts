/** What kustomizations change and is not applied: which objects and which fields. */

import { describe, expect, it } from 'vitest';
import { readManifest, scopeAssignment } from '#manifest/index';

/** `what of folder: kind/name fields`, `*` for any and for the whole object. */
function unapplied(kustomization: string, files: Record<string, string> = {}): string[] {
  const { scopes } = scopeAssignment(
    Object.entries({
      'k/kustomization.yaml': `${kustomization}\nresources: [x.yaml]\n`,
      'k/x.yaml': object,
      ...files,
    }).map(([path, text]) => readManifest(path, text)),
    { roots: [] },
  );
  return scopes.flatMap((scope) =>
    scope.unapplied.map(({ what, folder, kind = '*', name = '*', fields }) =>
      [`${what} of ${folder}: ${kind}/${name}`, ...fields.map((field) => field.join('.') || '*')].join(' '),
    ),
  );
}

const object = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n';
const merge = [
  'apiVersion: apps/v1',
  'kind: Deployment',
  'metadata: {name: web, labels: {a: b}}',
  'spec:',
  '  replicas: 3',
  '  template:',
  '    spec:',
  '      containers: [{name: c, ports: [{containerPort: 80}]}]',
  '      tolerations: []',
  '',
].join('\n');
const mergeFields =
  'metadata.labels.a spec.replicas spec.template.spec.containers.name spec.template.spec.containers.ports.containerPort spec.template.spec.tolerations';
const inline = (text: string) => text.replaceAll(/^(?=.)/gm, '    ');

describe('patches', () => {
  it('merge what they hold into the object that they name, or into the target', () => {
    expect(unapplied('patchesStrategicMerge: [p.yaml]', { 'k/p.yaml': merge })).toEqual([
      `patch of k: Deployment/web ${mergeFields}`,
    ]);
    expect(unapplied(`patches:\n- patch: |\n${inline(merge)}  target: {kind: StatefulSet, name: web.*}`)).toEqual([
      `patch of k: StatefulSet/* ${mergeFields}`,
    ]);
  });

  it('delete the whole object, or an item of a list', () => {
    const item = 'spec:\n  ports:\n  - port: 80\n    $patch: delete\n';
    expect(
      unapplied('patches: [{path: p.yaml}]', { 'k/p.yaml': `${object}$patch: delete\n---\n${object}${item}` }),
    ).toEqual(['patch of k: Service/a *', 'patch of k: Service/a spec.ports.port spec.ports']);
  });

  it('are operations on pointers', () => {
    const operations = [
      '- {op: test, path: /spec/type, value: NodePort}',
      '- {op: replace, path: /spec/ports/0/targetPort, value: 80}',
      '- {op: add, path: /spec/template/spec/containers/-, value: {}}',
      '- {op: add, path: /metadata/labels/app.kubernetes.io~1name, value: a}',
      '- {op: move, from: /spec/selector/a, path: /spec/selector/b}',
      '',
    ].join('\n');
    const fields =
      'spec.ports.targetPort spec.template.spec.containers metadata.labels.app.kubernetes.io/name spec.selector.b spec.selector.a';
    expect(
      unapplied('patchesJson6902: [{target: {kind: Service, name: a}, path: p.yaml}]', { 'k/p.yaml': operations }),
    ).toEqual([`patch of k: Service/a ${fields}`]);
    expect(unapplied(`patches:\n- target: {kind: Service|Ingress}\n  patch: |\n${inline(operations)}`)).toEqual([
      `patch of k: */* ${fields}`,
    ]);
  });

  it('may change anything where they cannot be read', () => {
    expect(
      unapplied('patches: [{path: gone.yaml}, {path: p.yaml, target: {kind: Job}}]', { 'k/p.yaml': 'a: b: c\n' }),
    ).toEqual(['patch of k: */* *', 'patch of k: Job/* *']);
  });
});

describe('other changes', () => {
  it('are replacements, transformers and fields of labels', () => {
    const targets =
      'targets: [{select: {kind: Service, name: a}, fieldPaths: [spec.ports.0.port, "spec.template.spec.containers.[name=c].image", "metadata.labels.[a.b/c]"]}, {select: {kind: Job}}]';
    expect(
      unapplied(
        [
          `replacements: [{source: {kind: ConfigMap}, ${targets}}, {path: r.yaml}]`,
          'transformers: [t.yaml]',
          'labels: [{pairs: {a: b}, fields: [{kind: Rollout, path: spec/selector/matchLabels, create: true}]}]',
        ].join('\n'),
        {
          'k/r.yaml': '- source: {kind: Pod}\n  targets: [{select: {name: b}, fieldPaths: [spec.type]}]\n',
          'k/t.yaml': object,
        },
      ),
    ).toEqual([
      'replacement of k: Service/a spec.ports.port spec.template.spec.containers.image metadata.labels.a.b/c',
      'replacement of k: Job/* metadata.name',
      'replacement of k: */b spec.type',
      'transformer of k: */* *',
      'label of k: Rollout/* spec.selector.matchLabels',
    ]);
  });

  it('are what the fields of built-in transformers name', () => {
    const labels = 'apiVersion: builtin\nkind: LabelTransformer\nmetadata: {name: l}\nlabels: {a/b: c, d: e}\n';
    const replicas = 'apiVersion: builtin\nkind: ReplicaCountTransformer\nmetadata: {name: r}\n';
    expect(
      unapplied('transformers: [l.yaml, r.yaml]', {
        'k/l.yaml': `${labels}fieldSpecs: [{path: metadata/labels}, {path: spec/template/metadata/labels, kind: Job}]\n`,
        'k/r.yaml': `${replicas}fieldSpecs: [{path: spec/replicas, kind: Deployment}]\n`,
      }),
    ).toEqual([
      'transformer of k: */* metadata.labels.a/b metadata.labels.d',
      'transformer of k: Job/* spec.template.metadata.labels.a/b spec.template.metadata.labels.d',
      'transformer of k: Deployment/* spec.replicas',
    ]);
    expect(unapplied('transformers: [l.yaml]', { 'k/l.yaml': labels })).toEqual([]);
  });

  it('are those of all that is taken in', () => {
    expect(
      unapplied('components: [../c]', {
        'c/kustomization.yaml': `kind: Component\npatches:\n- patch: |\n${inline(`${object}spec: {type: NodePort}\n`)}`,
      }),
    ).toEqual(['patch of c: Service/a spec.type']);
  });
});

/** What is asked of the engines beyond a plain render: what cannot be had, what a tool adds, what fails and where, Secrets. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HelmRequest, Rendered, RenderFailed, RenderRequest } from '#manifest/render-types';
import { nodeEngine } from '#render/node';
import { built, haveEngines } from './support';

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  template:
    spec:
      containers:
        - name: web
          image: web:1
`;
const secret = `apiVersion: v1
kind: Secret
metadata:
  name: keys
data:
  a: c2VjcmV0
stringData:
  b: secret
`;

describe.skipIf(!haveEngines())('requests', () => {
  const engine = nodeEngine(built);
  beforeAll(() => engine.warm());
  afterAll(() => engine.dispose());

  async function render(request: RenderRequest, files: Readonly<Record<string, string>>): Promise<Rendered> {
    const result = await engine.render({ request, files: new Map(Object.entries(files)) }, { origins: true });
    if (result.kind !== 'rendered') throw new Error(result.message);
    return result;
  }
  async function fail(request: RenderRequest, files: Readonly<Record<string, string>>): Promise<RenderFailed> {
    const result = await engine.render({ request, files: new Map(Object.entries(files)) });
    if (result.kind !== 'failed') throw new Error(`it is ${result.kind}`);
    return result;
  }
  const kustomize = (files: Readonly<Record<string, string>>, more: object = {}) =>
    render({ kind: 'kustomize', folder: 'app', ...more }, files);
  const chart: HelmRequest = {
    kind: 'helm',
    folder: 'chart',
    release: 'demo',
    namespace: 'default',
    valueFiles: [],
    inlineValues: [],
    set: [],
    includeCrds: false,
  };

  const chartFiles = { 'chart/Chart.yaml': 'apiVersion: v2\nname: chart\nversion: 1.0.0\n' };

  it('reads files whatever letters their names have', async () => {
    const result = await kustomize({
      'app/kustomization.yaml': `resources: ["../a base (1.21+)", web é.yaml]
configMapGenerator: [{name: texts, files: ["a b+c.txt"]}]
generatorOptions: {disableNameSuffixHash: true}
buildMetadata: [originAnnotations]
`,
      'app/web é.yaml': deployment,
      'app/a b+c.txt': 'hello',
      'a base (1.21+)/kustomization.yaml': 'resources: [api.yaml]\n',
      'a base (1.21+)/api.yaml': deployment.replace('name: web', 'name: api'),
    });
    expect(result.objects.map(({ source }) => source?.file)).toEqual(['app/kustomization.yaml', 'a base (1.21+)/api.yaml', 'app/web é.yaml']); // prettier-ignore
    expect(result.text).toContain('path: ../a base (1.21+)/api.yaml');
    expect(result.read).toEqual(expect.arrayContaining(['a base (1.21+)/api.yaml', 'app/a b+c.txt']));
    const missing = { 'b c/kustomization.yaml': 'resources: [d+e.yaml]\n' };
    expect(await fail({ kind: 'kustomize', folder: 'b c' }, missing)).toMatchObject({
      message: expect.stringContaining("'b c/d+e.yaml' doesn't exist") as string,
      place: { file: 'b c/kustomization.yaml' },
    });
  });

  it('tells what selects nothing, by names from before and after, labels and namespaces', async () => {
    const target = (selector: string) =>
      `  - {target: ${selector}, patch: '[{"op": "test", "path": "/kind", "value": "Deployment"}]'}\n`;
    const selectors = ['{kind: Deployment}', '{name: web}', '{name: a-w.*, kind: Deployment}', '{name: we}', '{kind: Service}', '{labelSelector: app=web}', '{labelSelector: late=yes}', '{namespace: shop}']; // prettier-ignore
    const result = await kustomize({
      'app/kustomization.yaml': `resources: [../base]
namespace: shop
labels: [{pairs: {late: "yes"}}]
patches:
${selectors.map(target).join('')}  - {patch: "{apiVersion: apps/v1, kind: Deployment, metadata: {name: gone}, $patch: delete}"}
images: [{name: web, newTag: "2"}, {name: wbe, newTag: "2"}]
replacements:
  - source: {kind: Deployment, name: web}
    targets:
      - {select: {kind: Deployment}, fieldPaths: [metadata.labels.app]}
      - {select: {kind: Deployment}, reject: [{name: web}], fieldPaths: [metadata.labels.app]}
      - {select: {kind: Deployment, namespace: shop}, fieldPaths: [metadata.labels.app]}
`,
      'base/kustomization.yaml': `resources: [web.yaml]
namePrefix: a-
patches:
  - {target: {name: gone}, patch: '[{"op": "add", "path": "/metadata/labels", "value": {"app": "gone"}}]'}
`,
      'base/web.yaml': `${deployment.replace('  name: web', '  name: web\n  labels: {app: web}')}---
${deployment.replace('name: web', 'name: gone')}`,
    });
    expect(result.idle?.map(({ what, file, path }) => `${what} ${file} ${path.join('/')}`)).toEqual([
      'image app/kustomization.yaml images/1/name',
      'patch app/kustomization.yaml patches/3/target',
      'patch app/kustomization.yaml patches/4/target',
      'patch app/kustomization.yaml patches/6/target',
      'patch app/kustomization.yaml patches/7/target',
    ]);
  });

  it('names what cannot be had here, and renders the rest', async () => {
    const result = await kustomize({
      'app/kustomization.yaml': `resources:
  - https://github.com/example/base//deploy?ref=v1
  - web.yaml
  - git@github.com:example/other.git
components: [../parts, "github.com/example/part"]
helmCharts:
  - {name: redis, repo: https://charts.example, version: 1.0.0}
generators: [plugin.yaml]
transformers: [builtin.yaml, https://example.org/t.yaml]
patches:
  - path: https://example.org/patch.yaml
  - patch: |-
      - {op: replace, path: /spec/template/spec/containers/0/image, value: "web:2"}
    target: {kind: Deployment}
`,
      'app/web.yaml': deployment,
      'app/plugin.yaml':
        'apiVersion: example.org/v1\nkind: Maker\nmetadata: {name: m, annotations: {config.kubernetes.io/function: "exec: {path: ./m}"}}\n',
      'app/builtin.yaml':
        'apiVersion: builtin\nkind: LabelTransformer\nmetadata: {name: l}\nlabels: {by: transformer}\nfieldSpecs: [{path: metadata/labels, create: true}]\n',
      'parts/kustomization.yaml':
        'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\ncommonAnnotations: {part: "yes"}\n',
    });
    expect(result.unavailable.map(({ what, file, path }) => `${file} ${path.join('.')} ${what}`).sort()).toEqual([
      'app/kustomization.yaml components.1 github.com/example/part',
      'app/kustomization.yaml generators.0 plugin Maker',
      'app/kustomization.yaml helmCharts.0 Helm chart redis',
      'app/kustomization.yaml patches.0 https://example.org/patch.yaml',
      'app/kustomization.yaml resources.0 https://github.com/example/base//deploy?ref=v1',
      'app/kustomization.yaml resources.2 git@github.com:example/other.git',
      'app/kustomization.yaml transformers.1 https://example.org/t.yaml',
    ]);
    expect(result.text).toContain('by: transformer');
    expect(result.text).toContain('part: "yes"');
    expect(result.text).toContain('image: web:2');
    // The place of the patch counts those that were taken out before it.
    expect(sourcesOf(result, 'spec.template.spec.containers.0.image').at(-1)).toMatchObject({
      file: 'app/kustomization.yaml',
      role: 'patch',
      at: { kind: 'path', path: ['patches', 1, 'patch', 0, 'value'] },
    });
  });

  it('merges what a deployment tool adds, and leads nobody to it', async () => {
    const files = {
      'app/kustomization.yaml': 'resources: [web.yaml]\nimages: [{name: web, newTag: "2"}]\n',
      'app/web.yaml': deployment,
    };
    const additions = JSON.stringify({
      images: [{ name: 'web', newTag: '3' }],
      namespace: 'argo',
      commonLabels: { by: 'tool' },
    });
    const result = await kustomize(files, { additions });
    expect(result.text).toContain('image: web:3');
    expect(result.text).toContain('namespace: argo');
    expect(sourcesOf(result, 'metadata.namespace')).toEqual([]);
    expect(sourcesOf(result, 'metadata.labels.by')).toEqual([]);
    expect(result.read).toEqual(expect.arrayContaining(['app/kustomization.yaml', 'app/web.yaml']));
  });

  it('takes what is added for the kustomization where there is none', async () => {
    const additions = JSON.stringify({ resources: ['web.yaml'], namePrefix: 'flux-' });
    const result = await kustomize({ 'app/web.yaml': deployment }, { additions });
    expect(result.text).toContain('name: flux-web');
    expect(result.objects[0]?.source).toEqual({ file: 'app/web.yaml', document: 0 });
  });

  it('replaces variables as Flux does', async () => {
    const files = {
      'app/kustomization.yaml': 'resources: [web.yaml, kept.yaml]\n',
      'app/web.yaml': deployment.replace('web:1', '"${registry:=example.org}/web:${tag}"'),
      'app/kept.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: kept\n  annotations: {kustomize.toolkit.fluxcd.io/substitute: disabled}\ndata: {a: "${tag}"}\n',
    };
    const result = await kustomize(files, { substitute: { tag: '7' } });
    expect(result.text).toContain('image: example.org/web:7');
    expect(result.text).toContain('a: ${tag}');
  });

  it('does not blame a patch that is broken for what fails before it is read', async () => {
    const base = { 'base/kustomization.yaml': 'resources: [web.yaml, web.yaml]\n', 'base/web.yaml': deployment };
    const app = { 'app/kustomization.yaml': 'resources: [../base]\npatches: [{path: p.yaml}]\n' };
    const places = await Promise.all(
      ['kind: [Deployment\n', 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n'].map(async (patch) => {
        const { place, read } = await fail({ kind: 'kustomize', folder: 'app' }, { ...base, ...app, 'app/p.yaml': patch }); // prettier-ignore
        // Without what fails, it would be read: another text might lead to another place.
        expect(read).toContain('app/p.yaml');
        return place?.file;
      }),
    );
    expect(places).toEqual(['base/kustomization.yaml', 'base/kustomization.yaml']);
  });

  it('empties Secrets, and says where all else stands', async () => {
    const result = await kustomize({
      'app/kustomization.yaml':
        'resources: [keys.yaml, web.yaml]\nsecretGenerator: [{name: made, literals: [x=secret]}]\n',
      'app/keys.yaml': secret,
      'app/web.yaml': deployment,
    });
    expect(result.text).not.toContain('c2VjcmV0');
    expect(result.text).not.toContain('secret\n');
    expect(result.text).toContain('a: ""');
    const texts = result.objects.map(({ start, end }) => result.text.slice(start, end));
    expect(texts.map((text) => /^kind: (.*)$/m.exec(text)?.[1])).toEqual(['Secret', 'Secret', 'Deployment']);
    expect(texts.every((text) => text.startsWith('apiVersion'))).toBe(true);
  });

  it('empties Secrets however they are written, and leaves what only names the kind', async () => {
    const json = '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"j"},"data":{"a":"c2VjcmV0"}}';
    const list = 'kind: List\nitems:\n  - kind: Secret\n    data: {a: c2VjcmV0}\n';
    const reference = "a:   {kind:   Secret,  data:  'x'}\nkind: Other\n";
    const result = await render(chart, {
      ...chartFiles,
      'chart/templates/a.yaml': json,
      'chart/templates/b.yaml': list,
      'chart/templates/c.yaml': reference,
    });
    expect(result.text).not.toContain('c2VjcmV0');
    expect(result.text).toContain(reference);
  });

  it('counts offsets as JavaScript does', async () => {
    const map = (name: string, data: string) =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  a: "${data}"\n`;
    const result = await render(chart, {
      ...chartFiles,
      'chart/templates/a.yaml': map('a', 'ä€😀'),
      'chart/templates/b.yaml': map('b', 'plain {{ .Release.Name }}'),
    });
    const [first, second] = result.objects.map(({ start, end }) => result.text.slice(start, end));
    expect(first).toContain('ä€😀');
    expect(second).toBe(map('b', 'plain demo').trimEnd());
    const range = sourcesOf(result, 'data.a').at(-1)?.at;
    expect(range).toMatchObject({ kind: 'range', range: { start: { line: 5, character: 5 }, end: { character: 11 } } });
  });

  const base = { 'app/kustomization.yaml': 'resources:\n  - web.yaml\n', 'app/web.yaml': deployment };
  const failures: readonly [string, Readonly<Record<string, string>>, string, number | undefined][] = [
    [
      'a file that is missing',
      { 'app/kustomization.yaml': 'namespace: x\nresources:\n  - absent.yaml\n' },
      'app/kustomization.yaml',
      2,
    ],
    ['a file that is no YAML', { ...base, 'app/web.yaml': 'kind: [a\nb: c\n' }, 'app/web.yaml', 1],
    [
      'a kustomization that is no YAML',
      { ...base, 'app/kustomization.yaml': 'resources:\n  - a\n b: c\n' },
      'app/kustomization.yaml',
      2,
    ],
    [
      'a patch for nothing',
      {
        ...base,
        'app/kustomization.yaml': 'resources:\n  - web.yaml\npatches:\n  - path: p.yaml\n',
        'app/p.yaml': 'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {type: NodePort}\n',
      },
      'app/kustomization.yaml',
      3,
    ],
    [
      'a replacement of a field that is not there',
      {
        ...base,
        'app/kustomization.yaml':
          'resources:\n  - web.yaml\nreplacements:\n  - source: {kind: Deployment, fieldPath: spec.nothing}\n    targets: [{select: {kind: Deployment}, fieldPaths: [spec.x]}]\n',
      },
      'app/kustomization.yaml',
      3,
    ],
    [
      'an unknown field',
      { ...base, 'app/kustomization.yaml': 'resources:\n  - web.yaml\nresorces: []\n' },
      'app/kustomization.yaml',
      2,
    ],
    [
      'a field of another type',
      {
        ...base,
        'app/kustomization.yaml':
          'resources:\n  - web.yaml\nlabels:\n  - pairs: {a: b}\n  - pairs: {a: b}\n    includeSelectors: truly\n',
      },
      'app/kustomization.yaml',
      5,
    ],
  ];
  it.each(failures)('tells the place of %s', async (_, files, file, line) => {
    const { place, message } = await fail({ kind: 'kustomize', folder: 'app' }, files);
    expect(message).not.toContain('/workspace');
    expect(place?.file).toBe(file);
    expect(place?.range?.start.line).toBe(line);
  });

  const chartFailures: readonly [
    string,
    Readonly<Record<string, string>>,
    Partial<HelmRequest>,
    string,
    number | undefined,
  ][] = [
    [
      'a function that there is not',
      { 'chart/templates/a.yaml': 'a: b\nc: {{ nothing }}\n' },
      {},
      'chart/templates/a.yaml',
      1,
    ],
    [
      'a value that is required',
      { 'chart/templates/a.yaml': 'a: b\n\nc: {{ required "say c" .Values.c }}\n' },
      {},
      'chart/templates/a.yaml',
      2,
    ],
    [
      'a value that is required and set to nothing',
      {
        'chart/values.yaml': 'b: 1\nc: ""\n',
        'chart/templates/a.yaml': 'a: b\n\nc: {{ required "say c" .Values.c }}\n',
      },
      {},
      'chart/values.yaml',
      1,
    ],
    [
      'a template that gives no YAML',
      {
        'chart/templates/a.yaml':
          'a: b\n---\n{{ if true }}\nkind: Service\nmetadata: {{ .Release.Name }}: x\n{{ end }}\n',
      },
      {},
      'chart/templates/a.yaml',
      4,
    ],
    ['values that are no YAML', { 'v.yaml': 'a: b\n c: d\n' }, { valueFiles: ['v.yaml'] }, 'v.yaml', 1],
    ['a nil on the way', { 'chart/templates/a.yaml': 'a: {{ .Values.x.y.z }}\n' }, {}, 'chart/templates/a.yaml', 0],
  ];
  it.each(chartFailures)('tells the place of %s', async (_, files, more, file, line) => {
    const { place } = await fail({ ...chart, ...more }, { ...chartFiles, ...files });
    expect(place?.file).toBe(file);
    expect(place?.range?.start.line).toBe(line);
  });
});

function sourcesOf(result: Rendered, path: string) {
  const found = result.objects.flatMap(({ fields }) => fields).find((field) => field.path.join('.') === path);
  return found?.sources ?? [];
}

/** Each construct of kustomize and Helm on its own: the line to which a field of the rendered object leads. */

import { locate, readManifest } from '#manifest/index';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FieldSource, HelmRequest, Rendered, RenderRequest } from '#manifest/render-types';
import { nodeEngine } from '#render/node';
import { built, haveEngines } from './support';

type Files = Readonly<Record<string, string>>;
/** A field (`spec.ports.0.port`), the file to which it leads, and what the line there says. */
type Lead = readonly [field: string, file: string, line: string];
type Case = readonly [construct: string, files: Files, leads: readonly Lead[], request?: Partial<HelmRequest>];

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels:
    app: web
spec:
  replicas: 1
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - name: web
          image: web:1
          ports:
            - name: http
              containerPort: 8080
          env:
            - name: LEVEL
              value: info
`;
const container = 'spec.template.spec.containers.0';
const overlay = (text: string, more: Files = {}): Files => ({
  'base/kustomization.yaml': 'resources: [web.yaml]\n',
  'base/web.yaml': deployment,
  'app/kustomization.yaml': `resources:\n  - ../base\n${text}`,
  ...more,
});
const patch = (body: string) => `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n${body}`;

const kustomizations: readonly Case[] = [
  [
    'what nothing changes',
    overlay(''),
    [
      ['spec.replicas', 'base/web.yaml', 'replicas: 1'],
      [`${container}.image`, 'base/web.yaml', 'image: web:1'],
      ['metadata.labels.app', 'base/web.yaml', 'app: web'],
    ],
  ],
  ['namespace', overlay('namespace: shop\n'), [['metadata.namespace', 'app/kustomization.yaml', 'namespace: shop']]],
  [
    'a prefix: the name is written in the base',
    overlay('namePrefix: dev-\n'),
    [['metadata.name', 'app/kustomization.yaml', 'namePrefix']],
  ],
  [
    'labels without selectors',
    overlay('labels:\n  - pairs:\n      team: a\n    includeTemplates: true\n'),
    [
      ['metadata.labels.team', 'app/kustomization.yaml', 'team: a'],
      ['spec.template.metadata.labels.team', 'app/kustomization.yaml', 'team: a'],
      ['spec.selector.matchLabels.app', 'base/web.yaml', 'app: web'],
    ],
  ],
  [
    'labels with selectors',
    overlay('labels:\n  - pairs:\n      app: shop\n    includeSelectors: true\n'),
    [
      ['spec.selector.matchLabels.app', 'app/kustomization.yaml', 'app: shop'],
      ['spec.template.metadata.labels.app', 'app/kustomization.yaml', 'app: shop'],
    ],
  ],
  [
    'commonLabels and commonAnnotations',
    overlay('commonLabels:\n  env: prod\ncommonAnnotations:\n  by: us\n'),
    [
      ['spec.selector.matchLabels.env', 'app/kustomization.yaml', 'env: prod'],
      ['metadata.annotations.by', 'app/kustomization.yaml', 'by: us'],
    ],
  ],
  [
    'images',
    overlay('images:\n  - name: web\n    newName: example.org/web\n    newTag: "2"\n'),
    [[`${container}.image`, 'app/kustomization.yaml', 'newTag: "2"']],
  ],
  [
    'replicas',
    overlay('replicas:\n  - name: web\n    count: 3\n'),
    [['spec.replicas', 'app/kustomization.yaml', 'count: 3']],
  ],
  [
    'a patch that is merged',
    overlay('patches:\n  - path: p.yaml\n', {
      'app/p.yaml': patch(
        'spec:\n  replicas: 5\n  template:\n    spec:\n      containers:\n        - name: web\n          env:\n            - name: LEVEL\n              value: debug\n            - name: NEW\n              value: x\n',
      ),
    }),
    [
      ['spec.replicas', 'app/p.yaml', 'replicas: 5'],
      [`${container}.env.0.value`, 'app/p.yaml', 'value: debug'],
      [`${container}.env.1.value`, 'app/p.yaml', 'value: x'],
      [`${container}.image`, 'base/web.yaml', 'image: web:1'],
    ],
  ],
  [
    'a patch of several documents',
    overlay('patches:\n  - path: p.yaml\n', {
      'app/p.yaml': `${patch('spec:\n  replicas: 5\n')}---\n${patch('spec:\n  minReadySeconds: 7\n')}`,
    }),
    [
      ['spec.replicas', 'app/p.yaml', 'replicas: 5'],
      ['spec.minReadySeconds', 'app/p.yaml', 'minReadySeconds: 7'],
    ],
  ],
  [
    'a patch in the kustomization',
    overlay(
      'patches:\n  - target:\n      kind: Deployment\n    patch: |-\n      - op: replace\n        path: /spec/replicas\n        value: 7\n      - op: add\n        path: /metadata/labels/new\n        value: yes-it-is\n',
    ),
    [
      ['spec.replicas', 'app/kustomization.yaml', 'value: 7'],
      ['metadata.labels.new', 'app/kustomization.yaml', 'value: yes-it-is'],
    ],
  ],
  [
    'a merged patch in the kustomization',
    overlay(`patches:\n  - patch: |\n${patch('spec:\n  replicas: 9\n').replace(/^/gm, '      ').trimEnd()}\n`),
    [['spec.replicas', 'app/kustomization.yaml', 'replicas: 9']],
  ],
  [
    'an element that a JSON patch adds',
    overlay('patches:\n  - target: {kind: Deployment}\n    path: ops.yaml\n', {
      'app/ops.yaml':
        '- op: add\n  path: /spec/template/spec/containers/0/ports/-\n  value:\n    name: metrics\n    containerPort: 9100\n',
    }),
    [
      [`${container}.ports.1.name`, 'app/ops.yaml', 'name: metrics'],
      [`${container}.ports.1.containerPort`, 'app/ops.yaml', 'containerPort: 9100'],
      [`${container}.ports.0.name`, 'base/web.yaml', 'name: http'],
    ],
  ],
  [
    'patchesStrategicMerge and patchesJson6902',
    overlay(
      'patchesStrategicMerge: [p.yaml]\npatchesJson6902:\n  - target: {group: apps, version: v1, kind: Deployment, name: web}\n    path: ops.json\n',
      {
        'app/p.yaml': patch('spec:\n  replicas: 5\n'),
        'app/ops.json': '[\n {"op": "add", "path": "/spec/minReadySeconds",\n  "value": 7}\n]\n',
      },
    ),
    [
      ['spec.replicas', 'app/p.yaml', 'replicas: 5'],
      ['spec.minReadySeconds', 'app/ops.json', '"value": 7'],
    ],
  ],
  [
    'a component',
    overlay('components: [../part]\n', {
      'part/kustomization.yaml':
        'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nlabels:\n  - pairs:\n      part: one\npatches:\n  - path: p.yaml\n',
      'part/p.yaml': patch('spec:\n  replicas: 4\n'),
    }),
    [
      ['metadata.labels.part', 'part/kustomization.yaml', 'part: one'],
      ['spec.replicas', 'part/p.yaml', 'replicas: 4'],
    ],
  ],
  [
    'two overlays, the outer one last',
    overlay('', {
      'app/kustomization.yaml': 'resources: [../mid]\npatches:\n  - path: p.yaml\n',
      'app/p.yaml': patch('spec:\n  replicas: 5\n'),
      'mid/kustomization.yaml': 'resources: [../base]\npatches:\n  - path: p.yaml\nnamePrefix: mid-\n',
      'mid/p.yaml': patch('spec:\n  replicas: 4\n  minReadySeconds: 8\n'),
    }),
    [
      ['spec.replicas', 'app/p.yaml', 'replicas: 5'],
      ['spec.minReadySeconds', 'mid/p.yaml', 'minReadySeconds: 8'],
    ],
  ],
  [
    'a replacement of what is written elsewhere',
    overlay(
      'replacements:\n  - source:\n      kind: ConfigMap\n      fieldPath: data.level\n    targets:\n      - select: {kind: Deployment}\n        fieldPaths: ["spec.template.spec.containers.[name=web].env.[name=LEVEL].value"]\n',
      {
        'base/kustomization.yaml': 'resources: [web.yaml, map.yaml]\n',
        'base/map.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: map\ndata:\n  level: warn\n',
      },
    ),
    [[`${container}.env.0.value`, 'base/map.yaml', 'level: warn']],
  ],
  [
    'vars',
    overlay(
      'vars:\n  - name: LEVEL\n    objref: {apiVersion: v1, kind: ConfigMap, name: map}\n    fieldref:\n      fieldpath: data.level\n',
      {
        'base/kustomization.yaml': 'resources: [web.yaml, map.yaml]\n',
        'base/web.yaml': deployment.replace('value: info', 'value: is-$(LEVEL)'),
        'base/map.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: map\ndata:\n  level: warn\n',
      },
    ),
    [[`${container}.env.0.value`, 'base/map.yaml', 'level: warn']],
  ],
  [
    'configurations',
    overlay('configurations: [names.yaml]\nnamePrefix: dev-\n', {
      'base/kustomization.yaml': 'resources: [web.yaml, own.yaml]\n',
      'base/own.yaml': 'apiVersion: example.org/v1\nkind: Own\nmetadata:\n  name: own\nspec:\n  target: web\n',
      'app/names.yaml':
        'nameReference:\n  - kind: Deployment\n    fieldSpecs:\n      - kind: Own\n        path: spec/target\n',
    }),
    [['spec.target', 'app/kustomization.yaml', 'namePrefix: dev-']],
  ],
];

const generated: Case = [
  'generators',
  {
    'app/kustomization.yaml':
      'configMapGenerator:\n  - name: settings\n    literals:\n      - LEVEL=info\n      - MODE=fast\n    files:\n      - nginx.conf\n    envs:\n      - more.env\ngeneratorOptions:\n  labels:\n    made: "yes"\n',
    'app/nginx.conf': 'listen 80;\n',
    'app/more.env': '# more\nA=1\nB=2\n',
  },
  [
    ['data.LEVEL', 'app/kustomization.yaml', 'LEVEL=info'],
    ['data.B', 'app/more.env', 'B=2'],
    ['metadata.labels.made', 'app/kustomization.yaml', 'made: "yes"'],
  ],
];

const chart = (template: string, values = '', more: Files = {}): Files => ({
  'c/Chart.yaml': 'apiVersion: v2\nname: c\nversion: 1.0.0\n',
  'c/values.yaml': values,
  'c/templates/t.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n${template}`,
  ...more,
});
const parent = (values: string, sub: string): Files => ({
  'c/Chart.yaml': 'apiVersion: v2\nname: c\nversion: 1.0.0\n',
  'c/values.yaml': values,
  'c/charts/s/Chart.yaml': 'apiVersion: v2\nname: s\nversion: 1.0.0\n',
  'c/charts/s/values.yaml': 'port: 1\nkept: 2\nmap:\n  a: 1\n',
  'c/charts/s/templates/t.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n${sub}`,
});

const charts: readonly Case[] = [
  ['a text', chart('data:\n  a: "1"\n'), [['data.a', 'c/templates/t.yaml', 'a: "1"']]],
  [
    'a value',
    chart('data:\n  a: {{ .Values.a.b | quote }}\n', 'a:\n  b: one\n'),
    [['data.a', 'c/values.yaml', 'b: one']],
  ],
  [
    'a value of the parent for a subchart',
    parent('s:\n  port: 80\n', 'data:\n  port: {{ .Values.port | quote }}\n  kept: {{ .Values.kept | quote }}\n'),
    [
      ['data.port', 'c/values.yaml', 'port: 80'],
      ['data.kept', 'c/charts/s/values.yaml', 'kept: 2'],
    ],
  ],
  [
    'a global',
    parent('global:\n  domain: example.org\n', 'data:\n  host: www.{{ .Values.global.domain }}\n'),
    [['data.host', 'c/values.yaml', 'domain: example.org']],
  ],
  [
    'range over a list',
    chart(
      'data:\n  {{- range .Values.list }}\n  {{ .name }}: {{ .port | quote }}\n  {{- end }}\n',
      'list:\n  - name: a\n    port: 1\n  - name: b\n    port: 2\n',
    ),
    [
      ['data.a', 'c/values.yaml', 'port: 1'],
      ['data.b', 'c/values.yaml', 'port: 2'],
    ],
  ],
  [
    'range over a map',
    chart(
      'data:\n  {{- range $key, $value := .Values.map }}\n  {{ $key }}: {{ $value | quote }}\n  {{- end }}\n',
      'map:\n  b: two\n  a: one\n',
    ),
    [
      ['data.a', 'c/values.yaml', 'a: one'],
      ['data.b', 'c/values.yaml', 'b: two'],
    ],
  ],
  [
    'with',
    chart('data:\n  {{- with .Values.a }}\n  x: {{ .b }}\n  {{- end }}\n', 'a:\n  b: one\n'),
    [['data.x', 'c/values.yaml', 'b: one']],
  ],
  [
    'a variable',
    chart('{{- $a := .Values.a }}\ndata:\n  x: {{ $a.b }}\n', 'a:\n  b: one\n'),
    [['data.x', 'c/values.yaml', 'b: one']],
  ],
  [
    'include and nindent',
    chart('  labels:\n    {{- include "c.labels" . | nindent 4 }}\n', 'team: blue\n', {
      'c/templates/_helpers.tpl':
        '{{- define "c.labels" -}}\napp: web\nteam: {{ .Values.team }}\nrelease: {{ .Release.Name }}\n{{- end }}\n',
    }),
    [
      ['metadata.labels.app', 'c/templates/_helpers.tpl', 'app: web'],
      ['metadata.labels.team', 'c/values.yaml', 'team: blue'],
      ['metadata.labels.release', 'c/templates/_helpers.tpl', 'release:'],
    ],
  ],
  [
    'toYaml',
    chart('data:\n  {{- toYaml .Values.data | nindent 2 }}\n', 'data:\n  a: one\n  b: two\n'),
    [
      ['data.a', 'c/values.yaml', 'a: one'],
      ['data.b', 'c/values.yaml', 'b: two'],
    ],
  ],
  [
    'tpl',
    chart('data:\n  a: {{ tpl .Values.a . | quote }}\n', 'a: "is {{ .Release.Name }}"\n'),
    [['data.a', 'c/values.yaml', 'a: "is']],
  ],
  [
    'default, of a value that is there',
    chart('data:\n  a: {{ .Values.a | default "none" }}\n', 'a: one\n'),
    [['data.a', 'c/values.yaml', 'a: one']],
  ],
  [
    'default, of a value that is not there',
    chart('data:\n  a: {{ .Values.a | default "none" }}\n', 'b: one\n'),
    [['data.a', 'c/templates/t.yaml', 'default "none"']],
  ],
  [
    'ternary',
    chart('data:\n  a: {{ ternary "one" "two" .Values.flag }}\n', 'flag: true\n'),
    [['data.a', 'c/values.yaml', 'flag: true']],
  ],
  [
    'printf',
    chart('data:\n  a: {{ printf "%s:%s" .Values.name .Values.tag | quote }}\n', 'name: web\ntag: "7"\n'),
    [['data.a', 'c/values.yaml', 'tag: "7"']],
  ],
  [
    'Files.Get: what it prints is no manifest, and stands before it',
    chart('data:\n  a: {{ .Files.Get "files/a.txt" | quote }}\n', '', { 'c/files/a.txt': 'hello\n' }),
    [['data.a', 'c/templates/t.yaml', '.Files.Get']],
  ],
  [
    'a value beside what is random and what is made of it',
    chart(
      'data:\n  sum: {{ include (print $.Template.BasePath "/r.yaml") . | sha256sum }}\n  key: {{ randAlphaNum 9 }}\n  a: {{ .Values.a }}\n',
      'a: one\n',
      {
        'c/templates/r.yaml':
          'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: r\ndata:\n  r: {{ randAlphaNum 12 }}\n',
      },
    ),
    [
      ['data.a', 'c/values.yaml', 'a: one'],
      ['data.key', 'c/templates/t.yaml', 'key: {{ randAlphaNum 9 }}'],
      ['data.r', 'c/templates/r.yaml', 'r: {{ randAlphaNum 12 }}'],
    ],
  ],
  [
    'a library chart',
    chart('  labels:\n    {{- include "lib.labels" . | nindent 4 }}\n', 'team: blue\n', {
      'c/charts/lib/Chart.yaml': 'apiVersion: v2\nname: lib\nversion: 1.0.0\ntype: library\n',
      'c/charts/lib/templates/_labels.tpl':
        '{{- define "lib.labels" -}}\nfrom: library\nteam: {{ .Values.team }}\n{{- end }}\n',
    }),
    [
      ['metadata.labels.from', 'c/charts/lib/templates/_labels.tpl', 'from: library'],
      ['metadata.labels.team', 'c/values.yaml', 'team: blue'],
    ],
  ],
  [
    '--set, which stands in no file',
    chart('data:\n  a: {{ .Values.a }}\n', 'a: one\n'),
    [['data.a', 'c/templates/t.yaml', 'a: {{ .Values.a }}']],
    { set: ['a=two'] },
  ],
  [
    'value files, the last one first',
    chart('data:\n  a: {{ .Values.a }}\n  b: {{ .Values.b }}\n  c: {{ .Values.c }}\n', 'a: one\nb: one\nc: one\n', {
      'c/values-1.yaml': 'a: two\nb: two\n',
      'c/values-2.yaml': 'a: three\n',
    }),
    [
      ['data.a', 'c/values-2.yaml', 'a: three'],
      ['data.b', 'c/values-1.yaml', 'b: two'],
      ['data.c', 'c/values.yaml', 'c: one'],
    ],
    { valueFiles: ['c/values-1.yaml', 'c/values-2.yaml'] },
  ],
];

const named = (one: Case) => [one[0], one] as const;

describe.skipIf(!haveEngines())('a field of a rendered object leads', () => {
  const engine = nodeEngine(built);
  beforeAll(() => engine.warm());
  afterAll(() => engine.dispose());

  async function check(request: RenderRequest, files: Files, leads: readonly Lead[]): Promise<void> {
    const result = await engine.render({ request, files: new Map(Object.entries(files)) }, { origins: true });
    if (result.kind !== 'rendered') throw new Error(result.message);
    const found = leads.map(([field]) => [field, ...placeOf(result, field, files)]);
    const wanted = leads.map(([field, file, line]) => [field, file, expect.stringContaining(line) as string]);
    expect(found).toEqual(wanted);
  }

  it.each([...kustomizations, generated].map(named))('with %s', async (_, [, files, leads]) => {
    await check({ kind: 'kustomize', folder: 'app' }, files, leads);
  });

  it.each(charts.map(named))('with %s in a chart', async (_, [, files, leads, more = {}]) => {
    const plain = { kind: 'helm', folder: 'c', release: 'r', namespace: 'default' } as const;
    await check({ ...plain, valueFiles: [], inlineValues: [], set: [], includeCrds: false, ...more }, files, leads);
  });
});

/** The file and line of the source that decided: of the field itself, or as the nearest one above it says. */
function placeOf(result: Rendered, field: string, files: Files): readonly string[] {
  const steps = field.split('.');
  for (let length = steps.length; length >= 0; length--) {
    const above = steps.slice(0, length).join('.');
    const rest = steps.slice(length);
    const entries = result.objects.flatMap(({ fields }) => fields.filter(({ path }) => path.join('.') === above));
    for (const { sources } of entries) {
      const source = sources.at(-1);
      const line = source && lineOf(source, rest, files[source.file] ?? '');
      if (source && line !== undefined) return [source.file, line];
    }
  }
  return ['nowhere', ''];
}

function lineOf({ file, at }: FieldSource, rest: readonly string[], text: string): string | undefined {
  const lines = text.split('\n');
  if (at.kind === 'range') return lines[at.range.start.line];
  const path = [...at.path, ...rest].map((step) => (/^\d+$/.test(String(step)) ? Number(step) : step));
  const found = locate(readManifest(file, text), at.document, path);
  return found && lines[found.value.start.line];
}

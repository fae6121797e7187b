/** What readManifest makes of files: ordinary ones, and the traps. */

import { describe, expect, it } from 'vitest';
import { readManifest } from '#manifest/index';
import type { ManifestFile } from '#manifest/types';

const service = (name: string) => `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\n`;

/** `Kind namespace/name` of each object, or the kind of a document that holds none. */
function summary(file: ManifestFile): string[] {
  return file.documents.flatMap(({ content }) => {
    if (content.kind !== 'objects') return [content.kind];
    return content.objects.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`);
  });
}

/** `code line:column message` of each problem, counted from 1. */
function problems(file: ManifestFile): string[] {
  return file.problems.map(({ code, range, message }) => {
    return `${code} ${range.start.line + 1}:${range.start.character + 1} ${message}`;
  });
}

function bodyOf(text: string, path = 'a.yaml') {
  const content = readManifest(path, text).documents[0]?.content;
  return content?.kind === 'objects' ? content.objects[0]?.body : undefined;
}

describe('documents of a file', () => {
  it('are objects, each by itself', () => {
    const file = readManifest('a.yaml', `# a comment\n---\n${service('web')}---\n${service('api')}  namespace: shop\n`);
    expect(summary(file)).toEqual(['Service default/web', 'Service shop/api']);
    expect(file.documents.map(({ index }) => index)).toEqual([0, 1]);
    expect(file.problems).toEqual([]);
    const content = file.documents[1]!.content;
    expect(content.kind === 'objects' && content.objects[0]).toEqual({
      key: '/Service/shop/api',
      group: '',
      version: 'v1',
      kind: 'Service',
      namespace: 'shop',
      namespaceGiven: true,
      name: 'api',
      body: { apiVersion: 'v1', kind: 'Service', metadata: { name: 'api', namespace: 'shop' } },
      origin: { kind: 'manifest', file: 'a.yaml', document: 1, path: [] },
    });
  });

  it('break alone: a broken one leaves the others', () => {
    const file = readManifest('a.yaml', `${service('web')}---\na: b: c\n---\n${service('api')}`);
    expect(summary(file)).toEqual(['Service default/web', 'broken', 'Service default/api']);
    expect(file.problems).toHaveLength(1);
    expect(file.problems[0]).toMatchObject({ code: 'yaml-syntax', document: 1, range: { start: { line: 5 } } });
  });

  it('end at a marker in column 0 only, as a block scalar may hold one further in', () => {
    const text = `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n  x: |\n    a\n    ---\n    b\n---\n${service('web')}`;
    expect(summary(readManifest('a.yaml', text))).toEqual(['ConfigMap default/c', 'Service default/web']);
  });

  it('may have an end marker, a directive, a comment or content beside the marker', () => {
    const text = `%YAML 1.1\n--- # first\n${service('a')}...\n# between\n--- {apiVersion: v1, kind: Service, metadata: {name: b}}\n---\n`;
    expect(summary(readManifest('a.yaml', text))).toEqual(['Service default/a', 'Service default/b', 'other']);
  });

  it('read the same with CRLF, a BOM and without a last line end', () => {
    const plain = `${service('web')}data:\n  x: |\n    a\n\n    b\n  z: "q" # c\n`;
    const body = bodyOf(plain);
    expect(body).toMatchObject({ data: { x: 'a\n\nb\n', z: 'q' } });
    expect(bodyOf(plain.replaceAll('\n', '\r\n'))).toEqual(body);
    expect(bodyOf(`\ufeff${plain}`)).toEqual(body);
    expect(bodyOf(plain.trimEnd())).toEqual(body);
  });

  it('say where a tab stands', () => {
    const file = readManifest('a.yaml', 'apiVersion: v1\nkind: Service\nmetadata:\n\tname: web\n');
    expect(summary(file)).toEqual(['broken']);
    expect(problems(file)).toEqual(['yaml-syntax 4:1 a tab indents this line; YAML allows spaces only']);
  });
});

describe('values', () => {
  it('have the meaning that kubectl gives them', () => {
    const text = `${service('web')}v: [yes, n, Off, 0777, 0o17, 0x1F, 1_000, 1.0, ~, 2020-01-02, 1:30, 08, 1e3, "1", .5, -0]\n`;
    expect(bodyOf(text)?.['v']).toEqual([
      true, false, false, 511, 15, 31, 1000, 1, null, '2020-01-02', '1:30', 8, 1000, '1', 0.5, 0,
    ]); // prettier-ignore
  });

  it('have string keys, as JSON wants them', () => {
    expect(bodyOf(`${service('web')}m:\n  8080: a\n  yes: b\n  1.5: c\n  0x10: d\n`)?.['m']).toEqual({
      '8080': 'a',
      true: 'b',
      '1.5': 'c',
      '16': 'd',
    });
  });

  it('come through anchors, aliases and merge keys', () => {
    const text = `${service('web')}  labels: &labels\n    app: web\nspec:\n  selector:\n    <<: *labels\n    tier: x\n  list: [*labels]\n`;
    expect(bodyOf(text)?.['spec']).toEqual({ selector: { app: 'web', tier: 'x' }, list: [{ app: 'web' }] });
  });

  it('of repeated keys: the last one, with a problem at its key', () => {
    const file = readManifest('a.yaml', `${service('web')}spec:\n  type: NodePort\n  type: ClusterIP\n`);
    expect(problems(file)[0]).toMatch(/^yaml-duplicate-key 7:3 the key "type" is there twice/);
    expect(bodyOf(file.text)?.['spec']).toEqual({ type: 'ClusterIP' });
  });

  it('may have the names of what every JavaScript object has', () => {
    const labels = bodyOf(`${service('web')}m: {__proto__: a, constructor: b, toString: c}\n`)?.['m'];
    expect(JSON.stringify(labels)).toBe('{"__proto__":"a","constructor":"b","toString":"c"}');
    expect(bodyOf(`${service('web')}m:\n  __proto__: a\n`)?.['m']).toEqual(JSON.parse('{"__proto__":"a"}'));
  });

  it('that JSON does not have are told', () => {
    expect(problems(readManifest('a.yaml', `${service('web')}v: .inf\n`))[0]).toMatch(/^yaml-not-json 5:4/);
  });
});

describe('JSON', () => {
  const web = '{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}}';
  const list = `{"apiVersion": "v1", "kind": "List", "items": [${web}, {"apiVersion": "v1", "kind": "ServiceList", "items": [{"metadata": {"name": "x"}}]}]}`;

  it('is read, with Lists in Lists', () => {
    const file = readManifest('a.json', list);
    expect(summary(file)).toEqual(['Service default/web', 'Service default/x']);
    const content = file.documents[0]!.content;
    const paths =
      content.kind === 'objects' ? content.objects.map(({ origin }) => 'path' in origin && origin.path) : [];
    expect(paths).toEqual([['items', 0], ['items', 1, 'items', 0]]); // prettier-ignore
    expect(summary(readManifest('a.yaml', list))).toEqual(summary(file));
  });

  it('that is no manifest is left alone, even if it is broken', () => {
    const file = readManifest('tsconfig.base.json', '{ // comment\n "a": 1, }');
    expect([summary(file), file.problems]).toEqual([['other'], []]);
  });

  it('with a repeated key has a problem there', () => {
    const file = readManifest('a.json', web.replace('"kind"', '"kind": "X", "kind"'));
    expect(problems(file)[0]).toMatch(/^yaml-duplicate-key 1:35 /);
  });

  it('that is broken says where', () => {
    const file = readManifest('a.json', `${web.slice(0, -2)}\n`);
    expect(summary(file)).toEqual(['broken']);
    expect(file.problems[0]?.code).toBe('yaml-syntax');
  });
});

describe('what is no object', () => {
  it('is something else without a word', () => {
    const texts = [
      'replicas: 3\nimage: x\n',
      'version: "3"\nservices:\n  web: {image: nginx}\n',
      '- a\n- b\n',
      'just text\n',
      '# nothing\n---\n',
      'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n',
      'apiVersion: kind.x-k8s.io/v1alpha4\nkind: Cluster\nname: x\n',
      'apiVersion: skaffold/v4beta1\nkind: Config\nmetadata:\n  name: x\n',
      'apiVersion: v1\nkind: Config\nclusters: []\n',
      'apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\n',
    ];
    for (const text of texts) {
      const file = readManifest('a.yaml', text);
      expect([text, summary(file), file.problems]).toEqual([text, ['other'], []]);
    }
  });

  it('is a kustomization, a Component or a chart', () => {
    expect(summary(readManifest('a/kustomization.yaml', 'resources: [a.yaml]\n'))).toEqual(['kustomization']);
    const component = 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n';
    expect(summary(readManifest('a/c.yaml', component))).toEqual(['kustomization']);
    expect(summary(readManifest('a/Chart.yaml', 'apiVersion: v2\nname: x\n'))).toEqual(['chart']);
    const flux = 'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: x}\n';
    expect(summary(readManifest('a.yaml', flux))).toEqual(['Kustomization default/x']);
  });

  it('is a problem where an object was meant', () => {
    const nameless = readManifest('a.yaml', 'kind: Service\napiVersion: v1\nmetadata:\n  labels: {a: b}\n');
    expect(problems(nameless)[0]).toMatch(/^object-nameless 3:1 this Service has no metadata.name/);
    expect(summary(nameless)).toEqual(['other']);
    expect(problems(readManifest('a.yaml', service('80')))[0]).toMatch(/^object-name-type 4:3 .* the number 80, /);
    expect(problems(readManifest('a.yaml', 'kind: Service\nmetadata: {name: x}\n'))[0]).toMatch(/^object-untyped/);
    const item = 'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n- null\n- 3\n';
    expect(problems(readManifest('a.yaml', item))[0]).toMatch(/^object-nameless 4:3/);
  });

  it('is a report of some tool where its group is unknown and it has no metadata', () => {
    const report = readManifest('a.yaml', 'apiVersion: gateway.networking.k8s.io/v1\nkind: ConformanceReport\n');
    expect([summary(report), report.problems]).toEqual([['other'], []]);
    const ingress = readManifest('a.yaml', 'apiVersion: networking.k8s.io/v1\nkind: Ingress\n');
    expect(ingress.problems[0]?.code).toBe('object-nameless');
  });

  it('has a generated name as its name, and no namespace where its kind has none', () => {
    const text =
      'apiVersion: v1\nkind: Pod\nmetadata:\n  generateName: web-\n---\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n';
    expect(summary(readManifest('a.yaml', text))).toEqual(['Pod default/web-', 'Namespace /shop']);
  });
});

describe('Helm templates', () => {
  const action = `${service('{{ .Values.name }}')}spec:\n  {{- if .Values.x }}\n  type: NodePort\n  {{- end }}\n`;

  it.each([
    ['a chart template', 'chart/templates/a.yaml', action],
    ['a template elsewhere', 'a.yaml', action],
    ['one whose actions read as mappings', 'a.yaml', service('{{ .Values.name }}')],
    ['one with a name in quotes', 'a.yaml', service('"web-{{ id }}"')],
    ['one with an action in a namespace', 'a.yaml', service('web\n  namespace: "{{ns}}"')],
    ['one with an action in a label', 'a.yaml', service('web\n  labels: {a: "{{a}}"}')],
    ['one whose actions stand in quotes', 'chart/templates/a.yaml', service('"{{ .Release.Name }}-web"')],
  ])('%s is a template and no problem', (_, path, text) => {
    const file = readManifest(path, text);
    expect([summary(file), file.problems]).toEqual([['template'], []]);
  });

  it('are not what other tools write in quotes and texts', () => {
    const text = `${service('web')}data:\n  a: "{{ inputs.x }}"\n  b: x-{{y}}\n  c: |\n    {{ $labels.x }}\n  # {{ z }}\n`;
    expect(summary(readManifest('a.yaml', text))).toEqual(['Service default/web']);
  });

  it('leave the other documents of the file', () => {
    expect(summary(readManifest('a.yaml', `${action}---\n${service('web')}`))).toEqual([
      'template',
      'Service default/web',
    ]);
  });
});

describe('files that would cost too much', () => {
  it('are not read if they are too large or binary', () => {
    const large = readManifest('a.yaml', ' '.repeat(17 * 1024 * 1024));
    expect([large.documents, large.problems[0]?.code]).toEqual([[], 'file-too-large']);
    const binary = readManifest('a.yaml', `a: b\n\0\u0001`);
    expect([binary.documents, binary.problems[0]?.code]).toEqual([[], 'file-binary']);
  });

  it('are read up to a number of documents, and of documents that are slow to read', () => {
    const slow = readManifest('a.yaml', '---\na: &x b\n'.repeat(5), { limits: { maxIntricateTotal: 700 } });
    expect(slow.problems.map(({ code, document }) => `${code} ${document}`)).toEqual([
      'document-too-large 3',
      'document-too-large 4',
    ]);
    const many = readManifest('a.yaml', '---\na: b\n'.repeat(5), { limits: { maxDocuments: 3 } });
    expect(many.documents).toHaveLength(3);
    expect(many.problems).toMatchObject([{ code: 'file-too-large', document: -1, range: { start: { line: 7 } } }]);
  });

  it('may be one endless line', () => {
    const line = `a: ${'x'.repeat(8_000_000)}\n`;
    expect(summary(readManifest('a.yaml', line))).toEqual(['other']);
    const broken = readManifest('a.yaml', `a: b: ${'[x, '.repeat(2_000_000)}\n`);
    expect(broken.problems[0]?.code).toBe('document-too-large');
  });

  it.each([
    ['flow lists', '['.repeat(100_000)],
    ['flow mappings', '{a: '.repeat(5000)],
    ['dashes', '- '.repeat(5000) + 'a'],
    ['closed lists', `${'['.repeat(3000)}${']'.repeat(3000)}`],
    ['blocks', Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}a:\n`).join('')],
  ])('may be nested without end: %s', (_, text) => {
    const file = readManifest('a.yaml', `${text}\n---\n${service('web')}`);
    expect(summary(file)).toEqual(['broken', 'Service default/web']);
    expect(file.problems).toHaveLength(1);
  });

  it('may be alias bombs', () => {
    const levels = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}, *a${i}, *a${i}]\n`);
    const file = readManifest('a.yaml', `a0: &a0 [x, x]\n${levels.join('')}---\n${service('web')}`);
    expect(summary(file)).toEqual(['broken', 'Service default/web']);
    expect(file.problems[0]?.code).toBe('yaml-alias');
    const ring = readManifest('a.yaml', 'a: &a\n  b: *a\n');
    expect([summary(ring), ring.problems[0]?.code]).toEqual([['broken'], 'yaml-alias']);
  });
});

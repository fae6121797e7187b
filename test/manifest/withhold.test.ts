/** What is handed on of a file: Secrets are gone, in whatever form; all else stands at its line. */
import { describe, expect, it } from 'vitest';
import { readManifest, withoutSecrets } from '#manifest/index';

const service = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  ports:\n    - port: 80\n';
const secret =
  '# the password is hunter2\napiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n  annotations:\n    note: hunter2\nstringData:\n  password: hunter2\n';

function shared(text: string, path = 'a.yaml') {
  return withoutSecrets(readManifest(path, text));
}

function objectsOf(text: string, path = 'a.yaml') {
  return readManifest(path, text).documents.flatMap(({ content }) =>
    content.kind === 'objects' ? content.objects.map(({ key }) => key) : [],
  );
}

describe('what is handed on of a file', () => {
  it('is the file itself, where it holds no Secret', () => {
    const text = `# of the shop\n${service}---\n${service}`;
    expect(shared(text)).toEqual({ text, isManifest: true, secrets: 0, problems: [] });
  });

  it('leaves references to Secrets as they are', () => {
    const text =
      'apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  imagePullSecrets:\n    - name: registry\n  refs:\n    - kind: Secret\n      name: tls\n';
    expect(shared(text)).toMatchObject({ text, secrets: 0 });
  });

  it.each<[string, string, string?]>([
    ['a document', `${service}--- # hunter2\n${secret}---\n${service}`],
    ['a document without a name', `${service}---\nkind: Secret\napiVersion: v1\ndata: {a: hunter2}\n---\n${service}`],
    ['a document that does not parse', `${secret}  broken: [\n---\n${service}`],
    [
      'a List',
      `apiVersion: v1\nkind: List\nitems:\n  # hunter2\n  - apiVersion: v1\n    kind: Secret\n    metadata: {name: db}\n    data:\n      a: |\n        hunter2\n        hunter2\n  - apiVersion: v1\n    kind: Service\n    metadata:\n      name: web\n`,
    ],
    ['a SecretList', 'apiVersion: v1\nkind: SecretList\nitems:\n  - metadata: {name: db}\n    data: {a: hunter2}\n'],
    [
      'a List with an anchor',
      'apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: Service\n    metadata:\n      name: web\n      annotations: &a {x: hunter2}\n  - apiVersion: v1\n    kind: Secret\n    metadata: {name: db}\n    stringData: *a\n',
    ],
    [
      'JSON',
      '{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Secret","metadata":{"name":"db"},\n"data":{"a":"hunter2"}},\n{"apiVersion":"v1","kind":"Service","metadata":{"name":"web"}}]}\n',
      'a.json',
    ],
    [
      'an annotation of kubectl',
      'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: |\n      {"kind":"Secret","data":{"a":"hunter2"}}\nspec: {}\n',
    ],
    [
      'a generator of a kustomization',
      'resources:\n  - web.yaml\nsecretGenerator:\n  - name: db\n    literals:\n      - password=hunter2\nnamespace: shop\n',
      'kustomization.yaml',
    ],
    [
      'a patch of a kustomization',
      'resources:\n  - web.yaml\npatches:\n  - target:\n      kind: Secret\n    patch: |\n      - op: replace\n        path: /data/a\n        value: hunter2\n',
      'kustomization.yaml',
    ],
    ['a patch in a file of its own', '- op: add\n  path: /stringData/a\n  value: hunter2\n'],
    ['values of a chart', 'password: hunter2\n', 'values.yaml'],
    ['a template', 'kind: Secret\ndata:\n  a: {{ b64enc "hunter2" }}\n', 'templates/secret.yaml'],
    [
      'a kind that is written with an escape',
      'apiVersion: v1\nkind: "Secr\\u0065t"\nmetadata: {name: a}\ndata: {a: hunter2}\n',
    ],
  ])('is nothing of the Secret in %s, and all else at its line', (_, text, path = 'a.yaml') => {
    const { text: rest, problems } = shared(text, path);
    expect(rest).not.toContain('hunter2');
    expect(JSON.stringify(problems)).not.toContain('hunter2');
    expect(rest.split('\n')).toHaveLength(text.split('\n').length);
    const lineOf = (all: string) => all.split('\n').findIndex((line) => line.includes('name: web'));
    if (!text.includes('&a')) expect(lineOf(rest)).toBe(lineOf(text));
  });

  it('keeps what Secrets are called, and what stands beside them', () => {
    expect(objectsOf(shared(`${service}---\n${secret}`).text)).toEqual(objectsOf(`${service}---\n${secret}`));
    const list = `apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: Secret\n    metadata:\n      name: db\n      namespace: shop\n    data:\n      a: eA==\n  - apiVersion: v1\n    kind: Service\n    metadata:\n      name: web\n`;
    expect(objectsOf(shared(list).text)).toEqual(objectsOf(list));
    expect(shared(list).secrets).toBe(1);
  });

  it('counts a template as one still, and tells what nobody needs', () => {
    const template = readManifest('c/templates/a.yaml', shared('a: {{ .b }}\n', 'c/templates/a.yaml').text);
    expect(template.documents.map(({ content }) => content.kind)).toEqual(['template']);
    expect(shared('a: {{ .b }}\n', 'c/templates/a.yaml').isManifest).toBe(true);
    expect(shared('jobs:\n  build: {}\n', 'ci.yaml').isManifest).toBe(false);
  });

  it('tells that something is wrong in what was taken out, and not what', () => {
    const { problems } = shared(`${service}---\n${secret}stringData: {}\n`);
    expect(problems).toMatchObject([{ code: 'yaml-duplicate-key', document: 1 }]);
    expect(problems[0]?.message).toContain('not shown here');
  });
});

/** Fields to places and places to fields, in every style that YAML has. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonPath, JsonValue } from '#base/json';
import { isJsonObject } from '#base/json';
import type { Range } from '#base/text';
import { withEdits } from '#analysis/features/together';
import { fieldAt, lineIndexOf, locate, locateNearest, readManifest, setMember } from '#manifest/index';
import type { ManifestFile } from '#manifest/types';

/** The text at the key and at the value of a field. */
function texts(file: ManifestFile, document: number, path: JsonPath): [string | undefined, string] | undefined {
  const place = locate(file, document, path);
  const lines = lineIndexOf(file);
  const slice = (range: Range) => file.text.slice(lines.offset(range.start), lines.offset(range.end));
  return place && [place.key && slice(place.key), slice(place.value)];
}

const block = `# head
apiVersion: v1
kind: Service
metadata:
  name: web   # a comment
  "labels": {app: 'web', "tier": x}
  annotations:
spec:
  ports:
  - name: http
    port: 80
  -   name: 'm'
      port: 90
  selector:
    app: "web"
  text: |
    one
    two

  # end
  last: x
`;

describe.each([
  ['LF', (text: string) => text],
  ['CRLF', (text: string) => text.replaceAll('\n', '\r\n')],
  ['a BOM and a document before', (text: string) => `\ufeffa: b\n---\n${text}`],
  ['an anchor, so that the full reader is needed', (text: string) => text.replace('kind: Service', 'kind: &k Service')],
])('locate with %s', (_, change) => {
  const file = readManifest('a.yaml', change(block));
  const document = file.documents.length - 1;
  const lineBreak = file.text.includes('\r') ? '\r\n' : '\n';
  const lines = (text: string) => text.replaceAll('\n', lineBreak);

  it.each<[JsonPath, string | undefined, string]>([
    [['metadata', 'name'], 'name', 'web'],
    [['metadata', 'labels'], '"labels"', `{app: 'web', "tier": x}`],
    [['metadata', 'labels', 'app'], 'app', `'web'`],
    [['metadata', 'labels', 'tier'], '"tier"', 'x'],
    [['metadata', 'annotations'], 'annotations', ''],
    [['spec', 'ports'], 'ports', `- name: http\n    port: 80\n  -   name: 'm'\n      port: 90`],
    [['spec', 'ports', 0], undefined, 'name: http\n    port: 80'],
    [['spec', 'ports', 1, 'port'], 'port', '90'],
    [['spec', 'selector', 'app'], 'app', '"web"'],
    [['spec', 'text'], 'text', '|\n    one\n    two'],
  ])('finds %j', (path, key, value) => {
    expect(texts(file, document, path)).toEqual([key, lines(value)]);
  });

  it('finds nothing where nothing is written, and then the nearest that is', () => {
    expect(locate(file, document, ['spec', 'ports', 0, 'targetPort'])).toBeUndefined();
    const nearest = locateNearest(file, document, ['spec', 'ports', 0, 'targetPort', 'x']);
    expect(nearest).toEqual({ ...locate(file, document, ['spec', 'ports', 0]), path: ['spec', 'ports', 0] });
    expect(locateNearest(file, 7, ['a']).path).toEqual([]);
  });

  it('is undone by fieldAt', () => {
    for (const path of [
      ['metadata', 'name'],
      ['spec', 'ports', 1, 'port'],
      ['metadata', 'labels', 'tier'],
    ]) {
      const place = locate(file, document, path)!;
      expect(fieldAt(file, place.value.end)).toEqual({ document, path, part: 'value' });
      expect(fieldAt(file, place.key!.start)).toEqual({ document, path, part: 'key' });
    }
  });

  it('tells by fieldAt what is between the members, and behind an empty one', () => {
    const name = locate(file, document, ['metadata', 'name'])!;
    const comment = { line: name.value.end.line, character: name.value.end.character + 5 };
    expect(fieldAt(file, comment)).toEqual({ document, path: ['metadata'], part: 'value' });
    const empty = locate(file, document, ['metadata', 'annotations'])!;
    expect(fieldAt(file, empty.value.end)).toMatchObject({ path: ['metadata', 'annotations'], part: 'value' });
  });
});

describe('locate', () => {
  it('finds fields of JSON, of aliases and of merged mappings', () => {
    const json = readManifest('a.json', '{\n  "apiVersion": "v1",\n  "items": [{"a": {"b": 1}}]\n}');
    expect(texts(json, 0, ['items', 0, 'a'])).toEqual(['"a"', '{"b": 1}']);
    const file = readManifest('a.yaml', 'x: &x\n  k: v\nu: *x\nz:\n  <<: *x\n  l: w\n');
    expect(texts(file, 0, ['u'])).toEqual(['u', '*x']);
    expect(texts(file, 0, ['u', 'k'])).toEqual(['k', 'v']);
    expect(texts(file, 0, ['z', 'k'])).toEqual(['k', 'v']);
    expect(fieldAt(file, { line: 2, character: 4 })).toMatchObject({ path: ['u'], part: 'value' });
  });

  it('gives the last of repeated keys, as the reader does', () => {
    expect(texts(readManifest('a.yaml', 'a: 1\na: 2\n'), 0, ['a'])).toEqual(['a', '2']);
  });

  it('finds what can be read of a broken document, and nothing in a template', () => {
    const broken = readManifest('a.yaml', 'a: 1\nb:\n  c: d: e\n');
    expect(texts(broken, 0, ['a'])).toEqual(['a', '1']);
    const template = readManifest('c/templates/a.yaml', 'a: {{ x }}\n');
    expect(locate(template, 0, ['a'])).toBeUndefined();
    expect(fieldAt(template, { line: 0, character: 4 })).toBeUndefined();
  });

  it('finds every field of any value that is printed as JSON', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 3 })), (value) => {
        const text = JSON.stringify(value, null, 1);
        fc.pre(!text.includes('__proto__'));
        const file = readManifest('a.yaml', text);
        for (const [path, expected] of fieldsOf(JSON.parse(text) as JsonValue, [])) {
          expect(JSON.parse(texts(file, 0, path)![1])).toEqual(expected);
        }
      }),
      { numRuns: 200 },
    );
  });
});

function* fieldsOf(value: JsonValue, path: JsonPath): Generator<[JsonPath, JsonValue]> {
  yield [path, value];
  if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* fieldsOf(item, [...path, index]);
  else if (isJsonObject(value)) {
    for (const [key, member] of Object.entries(value)) yield* fieldsOf(member ?? null, [...path, key]);
  }
}

describe('a patch that stands in a kustomization', () => {
  const kustomization = (patch: string) => `kind: Kustomization\npatches:\n- target: {kind: Service}\n  patch: ${patch}\nnamePrefix: dev-\n`; // prettier-ignore
  const port = ['patches', 0, 'patch', 'spec', 'ports', 0, 'port'];
  const value = ['patches', 0, 'patch', 0, 'value'];

  it.each([
    ['a literal block', '|-\n    spec:\n      ports:\n      # one\n      - port: 80\n', port, '80'],
    ['a block with its indentation', '|2+\n    spec:\n      ports:\n      - {port: 80}\n\n', port, '80'],
    ['a block behind a comment', '| # what\n\n    spec: {ports: [{port: 80}]}\n    ---\n    spec: {}\n', port, '80'],
    [
      'operations in a block',
      '|\n    - op: replace\n      path: /spec/type\n      value: NodePort\n',
      value,
      'NodePort',
    ],
    ['operations in one line', `'[{"op": "replace", "path": "/spec/type", "value": "NodePort"}]'`, value, '"NodePort"'],
  ])('is looked into: %s', (_, patch, path, written) => {
    for (const text of [kustomization(patch), kustomization(patch).replaceAll('\n', '\r\n')]) {
      const file = readManifest('kustomization.yaml', text);
      expect(texts(file, 0, path)?.[1]).toBe(written);
      const { value: place } = locate(file, 0, path)!;
      expect(fieldAt(file, place.start)).toEqual({ document: 0, path, part: 'value' });
      expect(texts(file, 0, ['namePrefix'])).toEqual(['namePrefix', 'dev-']);
    }
  });

  it.each([
    ['folded', '>-\n    spec:\n      ports:\n      - port: 80\n'],
    ['between double quotes', '"spec: {ports: [{port: 80}]}"'],
    ['with a quote in it', `'spec: {ports: [{port: 80, name: ''x''}]}'`],
    ['broken', '|-\n    spec: [\n'],
    ['no YAML of more than a word', '|-\n    spec\n'],
  ])('is a text: %s', (_, patch) => {
    const file = readManifest('kustomization.yaml', kustomization(patch));
    expect(locate(file, 0, port)).toBeUndefined();
    expect(locateNearest(file, 0, port).path.slice(0, 3)).toEqual(['patches', 0, 'patch']);
  });

  it('is edited where it stands, as what it is', () => {
    const edited = (patch: string, path: JsonPath) => {
      const file = readManifest('kustomization.yaml', kustomization(patch));
      const edit = setMember(file, 0, path, 'new', 'one')!;
      return withEdits(file.text, [edit]).split('\n').slice(3, -2).join('\n');
    };
    expect(edited('|-\n    spec:\n      type: NodePort\n', port.slice(0, 4))).toBe(
      '  patch: |-\n    spec:\n      type: NodePort\n      new: one\n',
    );
    expect(edited(`'[{"op": "add", "path": "/spec", "value": {"a": 1}}]'`, value)).toBe(
      `  patch: '[{"op": "add", "path": "/spec", "value": {"a": 1, "new": "one"}}]'`,
    );
  });
});

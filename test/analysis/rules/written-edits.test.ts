/** Edits of fields that an engine rendered: made in the source that decides, where the field's text comes from there as it is. */

import { describe, expect, it } from 'vitest';
import { putMember } from '#analysis/rules/edits';
import type { AnalysisContext } from '#analysis/context';
import { editField, type Reach } from '#analysis/rules/written-edits';
import type { TextEdit } from '#analysis/types';
import type { JsonPath } from '#base/json';
import { LineIndex } from '#base/text';
import { readManifest, replaceScalar } from '#manifest/index';
import type { FieldSource } from '#manifest/render-types';
import type { ManifestFile } from '#manifest/types';
import type { KubernetesObject } from '#model/object';

const rendered = `apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  type: ClusterIP
`;

type Source = Partial<FieldSource> & Pick<FieldSource, 'file' | 'at'>;

/** The rendered Service beside its sources; the field at `path` has the ways that are given. */
function given(path: JsonPath, sources: readonly Source[], texts: Readonly<Record<string, string>>) {
  const file = readManifest('rendered.yaml', rendered);
  const [document] = file.documents;
  const [object] = document?.content.kind === 'objects' ? document.content.objects : [];
  const whole = sources.map((source): FieldSource => ({ role: 'base', verbatim: true, ...source }));
  const origins = {
    objects: new Map([[0, { start: 0, end: rendered.length, source: undefined, fields: [{ path, sources: whole }] }]]),
    bySource: new Map(),
    entry: 'kustomization.yaml',
  };
  const files = new Map<string, ManifestFile>([['rendered.yaml', { ...file, rendered: origins }]]);
  for (const [name, text] of Object.entries(texts)) files.set(name, readManifest(name, text));
  const scope = { labels: new Map(), unapplied: [], rendered: 'rendered.yaml' };
  const context = { scope, file: (name: string) => files.get(name) } as unknown as AnalysisContext;
  return { object: object!, context, files };
}

/** The sources after the edit; undefined where it cannot be made. */
function edited(
  path: JsonPath,
  value: string,
  reach: Reach,
  { object, context, files }: ReturnType<typeof given>,
): string | undefined {
  const made = editField(object, path, reach, context, (file, document, full) => replaceScalar(file, document, full, value)); // prettier-ignore
  return made && applied(files.get(made.file)!, made);
}

function applied({ text }: ManifestFile, { range, newText }: Pick<TextEdit, 'range' | 'newText'>): string {
  const lines = new LineIndex(text);
  return text.slice(0, lines.offset(range.start)) + newText + text.slice(lines.offset(range.end));
}

const type: JsonPath = ['spec', 'type'];
const atPath = (file: string, path: JsonPath): Source => ({ file, at: { kind: 'path', document: 0, path } });
const base = 'apiVersion: v1\nkind: Service\nspec: {type: ClusterIP}\n';

describe('an edit of a rendered field', () => {
  it('is made in the source that decides', () => {
    const sources = [atPath('base.yaml', type), atPath('patch.yaml', ['spec', 'kind'])];
    const both = given(type, sources, { 'base.yaml': base, 'patch.yaml': 'spec: {kind: ClusterIP}\n' });
    expect(edited(type, 'NodePort', 'value', both)).toBe('spec: {kind: NodePort}\n');
    // What has another part in the field would stay.
    expect(edited(type, 'NodePort', 'alone', both)).toBe(undefined);
    expect(edited(type, 'NodePort', 'alone', given(type, [atPath('base.yaml', type)], { 'base.yaml': base }))).toBe(base.replace('ClusterIP', 'NodePort')); // prettier-ignore
  });

  it('is not made where the text comes from a value, or is not there as it is', () => {
    const value = (source: Partial<FieldSource>) => given(type, [{ ...atPath('base.yaml', type), ...source }], { 'base.yaml': base }); // prettier-ignore
    expect(edited(type, 'NodePort', 'text', value({ role: 'value' }))).toBe(undefined);
    expect(edited(type, 'NodePort', 'value', value({ role: 'value' }))).toBe(base.replace('ClusterIP', 'NodePort'));
    expect(edited(type, 'NodePort', 'text', value({}))).toBe(base.replace('ClusterIP', 'NodePort'));
    expect(edited(type, 'NodePort', 'value', value({ verbatim: false }))).toBe(undefined);
  });

  const inTemplate = (template: string, path: JsonPath = type) => {
    const range = new LineIndex(template).range({ start: template.indexOf('spec'), end: template.length });
    return given(path, [{ file: 'template.yaml', at: { kind: 'range', range } }], { 'template.yaml': template });
  };

  const templates: readonly (readonly [string, string, string | undefined])[] = [
    ['is made in a template where the text stands', 'kind: {{ .Kind }}\nspec: {type: ClusterIP}\n', 'kind: {{ .Kind }}\nspec: {type: NodePort}\n'],
    ['is made behind an action', 'spec: {{ .Values.a }} {type: ClusterIP}\n', 'spec: {{ .Values.a }} {type: NodePort}\n'],
    ['is made where the other one is inside of an action', 'spec: {{ "ClusterIP" }} {type: ClusterIP}\n', 'spec: {{ "ClusterIP" }} {type: NodePort}\n'],
    ['is made where the others are parts of longer words', 'spec: {a: ClusterIPs, b: aClusterIP, type: ClusterIP}\n', 'spec: {a: ClusterIPs, b: aClusterIP, type: NodePort}\n'],
    ['is not made where the text is there twice', 'spec: {a: ClusterIP, type: ClusterIP}\n', undefined],
    ['is not made where it is not there', 'spec: {type: {{ .Values.type }}}\n', undefined],
  ]; // prettier-ignore
  for (const [title, template, expected] of templates)
    it(title, () => expect(edited(type, 'NodePort', 'value', inTemplate(template))).toBe(expected));

  it('is made where the text is all that the template has there', () => {
    const template = 'ClusterIP spec';
    const range = new LineIndex(template).range({ start: 0, end: 9 });
    const all = given(type, [{ file: 'template.yaml', at: { kind: 'range', range } }], { 'template.yaml': template });
    expect(edited(type, 'NodePort', 'value', all)).toBe('NodePort spec');
  });

  it('is not made in a template for a part of what stands there', () => {
    const object = inTemplate('spec: {type: ClusterIP}\n', ['spec']);
    expect(edited(type, 'NodePort', 'value', object)).toBe(undefined);
  });
});

describe('a member of a rendered mapping', () => {
  const put = (object: KubernetesObject, context: AnalysisContext, value: string | Record<string, string>) => putMember(object, ['spec'], 'type', value, context); // prettier-ignore

  it('is changed under the name that it has in its source', () => {
    const { object, context, files } = given(type, [atPath('values.yaml', ['kind'])], { 'values.yaml': 'kind: ClusterIP\nother: 1\n' }); // prettier-ignore
    const made = put(object, context, 'NodePort');
    expect(made && applied(files.get(made.file)!, made)).toBe('kind: NodePort\nother: 1\n');
    expect(put(object, context, { a: 'b' })).toBe(undefined);
  });
});

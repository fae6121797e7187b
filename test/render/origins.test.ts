/** Where each field of a rendered object came from: as text, and held against what stands there. */

import { parseAllDocuments } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { valueAt, type JsonPath, type JsonValue } from '#base/json';
import { LineIndex } from '#base/text';
import type { FieldSource, Rendered, RenderFiles, RenderRequest } from '#manifest/render-types';
import { nodeEngine } from '#render/node';
import { built, filesOf, fixtures, haveEngines, printOrigins } from './support';

const kustomize = (folder: string): RenderRequest => ({ kind: 'kustomize', folder: `kustomize/${folder}` });
const helm = (chart: string, ...valueFiles: readonly string[]): RenderRequest => ({
  kind: 'helm',
  folder: `charts/${chart}`,
  release: 'demo',
  namespace: 'default',
  valueFiles: valueFiles.map((file) => `charts/${chart}/${file}`),
  inlineValues: [],
  set: [],
  includeCrds: true,
});

const cases: Readonly<Record<string, RenderRequest>> = {
  'kustomize-shop': kustomize('shop/overlays/prod'),
  'kustomize-names-blue': kustomize('names/blue'),
  'kustomize-names-both': kustomize('names/both'),
  'kustomize-patches': kustomize('patches/overlay'),
  'kustomize-settings': kustomize('settings/prod'),
  'kustomize-replacements': kustomize('replacements'),
  'kustomize-components': kustomize('components/overlay'),
  'kustomize-custom': kustomize('custom'),
  'kustomize-forms': kustomize('forms'),
  'helm-shop': helm('shop'),
  'helm-shop-prod': helm('shop', 'values-prod.yaml'),
  'helm-schema': helm('schema'),
};

describe.skipIf(!haveEngines())('origins', () => {
  const engine = nodeEngine(built);
  const files = filesOf(fixtures);
  beforeAll(() => engine.warm());
  afterAll(() => engine.dispose());

  it.each(Object.entries(cases))('%s', async (name, request) => {
    const result = await engine.render({ request, files }, { origins: true });
    if (result.kind !== 'rendered') throw new Error(result.message);
    expect(wrongSources(result, files)).toEqual([]);
    await expect(printOrigins(result)).toMatchFileSnapshot(`origins/${name}.txt`);
  });
});

/** Sources that say that the field's value stands there as it was rendered, where something else does. */
function wrongSources(result: Rendered, files: RenderFiles): string[] {
  const wrong: string[] = [];
  for (const object of result.objects) {
    const rendered = documents(result.text.slice(object.start, object.end))[0];
    for (const { path, sources } of object.fields) {
      for (const source of sources) {
        const content = files.get(source.file);
        if (content === undefined) wrong.push(`there is no ${source.file}`);
        else if (source.verbatim && !stands(source, path, rendered, textOf(content)))
          wrong.push(`${JSON.stringify(path)}: ${JSON.stringify(source)}`);
      }
    }
  }
  return wrong;
}

function stands({ at }: FieldSource, path: JsonPath, rendered: JsonValue | undefined, content: string): boolean {
  const value = valueAt(rendered, path);
  if (at.kind === 'range') {
    const lines = new LineIndex(content);
    const found = content.slice(lines.offset(at.range.start), lines.offset(at.range.end));
    return String(value) === String(documents(found)[0]) || found.includes(String(value).trim().split('\n')[0]!);
  }
  const source = at.path.reduce(below, documents(content)[at.document]);
  return typeof value === 'object' ? typeof source === 'object' : String(source) === String(value);
}

/** A step of a path, which goes on inside of a text that is YAML. */
function below(value: JsonValue | undefined, step: string | number): JsonValue | undefined {
  return valueAt(typeof value === 'string' ? documents(value)[0] : value, [step]);
}

function documents(text: string): JsonValue[] {
  return parseAllDocuments(text).map((document) => document.toJS() as JsonValue);
}

function textOf(content: string | Uint8Array): string {
  return typeof content === 'string' ? content : new TextDecoder().decode(content);
}

/** Charts over the wire: values and named templates, also where another extension tells of them. */

import { describe, expect, it } from 'vitest';
import { open, start } from './start';

const files = {
  'Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\n',
  'values.yaml': 'replicas: 2\n',
  'templates/_helpers.tpl': '{{ define "shop.name" }}shop{{ end }}\n',
  'templates/web.yaml':
    'kind: Deployment\nmetadata:\n  name: {{ include "shop.name" . }}\nspec:\n  replicas: {{ .Values.replicas }}\n',
};

async function started(templates: string) {
  const server = await start(files, { initializationOptions: { client: { templates } } });
  const at = (path: string, line: number, character: number) => ({
    textDocument: { uri: server.uri(path) },
    position: { line, character },
  });
  const ask = (method: string, ...place: Parameters<typeof at>) =>
    server.connection.sendRequest<unknown>(`textDocument/${method}`, {
      ...at(...place),
      context: { includeDeclaration: true },
    });
  return { server, ask };
}

describe('charts', () => {
  it('lead from what a template reads to where it is set, and back', async () => {
    const { server, ask } = await started('nothing');
    const named = { uri: server.uri('templates/_helpers.tpl'), range: { start: { line: 0, character: 11 } } };
    expect(await ask('definition', 'templates/web.yaml', 2, 22)).toMatchObject([named]);
    expect(await ask('definition', 'values.yaml', 0, 2)).toMatchObject([{ uri: server.uri('templates/web.yaml') }]);
    expect(await ask('references', 'values.yaml', 0, 2)).toHaveLength(2);
    expect(JSON.stringify(await ask('hover', 'templates/web.yaml', 4, 24))).toContain('replicas: 2');
  });

  it('follow a named template that is being edited', async () => {
    const { server, ask } = await started('nothing');
    const uri = server.uri('templates/_helpers.tpl');
    await server.connection.sendNotification(
      'textDocument/didOpen',
      open(uri, '\n{{ define "shop.name" }}{{ end }}\n'),
    );
    const [place] = (await ask('definition', 'templates/web.yaml', 2, 22)) as { range: { start: { line: number } } }[];
    expect(place?.range.start.line).toBe(1);
  });

  it('leave to another extension what it tells as well', async () => {
    const completions = { values: ['templates/web.yaml', 4, 24], names: ['templates/web.yaml', 2, 22] } as const;
    const offered = async (templates: string) => {
      const { ask } = await started(templates);
      return [await ask('completion', ...completions.values), await ask('completion', ...completions.names)].map(Boolean); // prettier-ignore
    };
    expect(await offered('nothing')).toEqual([true, true]);
    expect(await offered('values')).toEqual([false, true]);
    expect(await offered('names')).toEqual([false, false]);
    const { ask } = await started('everything');
    expect(await ask('hover', 'templates/web.yaml', 4, 24)).toBeNull();
    expect(await ask('definition', 'templates/web.yaml', 4, 24)).toEqual([]);
  });
});

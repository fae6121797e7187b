/** Markdown with fenced YAML, and cells of notebooks: questions are answered, and nothing is found wrong. */

import { expect, it } from 'vitest';
import { deployment, service } from '../support/program';
import { change, start } from './start';

const markdown = `# How to

1. A Service:

   \`\`\`yaml
${service('web', 'web').replace(/^/gm, '   ').trimEnd()}
   \`\`\`

\`\`\`\`md
\`\`\`yaml
kubectl apply -f service.yaml
\`\`\`
\`\`\`\`

~~~yml title="pods.yaml"
${deployment('web', 'web').trimEnd()}
~~~

\`\`\`yaml
kind: [broken
\`\`\`
`;

async function opened(languageId: string, uri: string, text: string) {
  const server = await start({ 'service.yaml': service('other', 'other') });
  const document = { uri, languageId, version: 1, text };
  await server.connection.sendNotification('textDocument/didOpen', { textDocument: document });
  const ask = (method: string, part: string, more: object = {}) => {
    const before = text.slice(0, text.indexOf(part) + part.length).split('\n');
    const position = { line: before.length - 1, character: before.at(-1)!.length };
    return server.connection.sendRequest<unknown>(`textDocument/${method}`, {
      textDocument: { uri },
      position,
      ...more,
    });
  };
  return { server, ask };
}

it('answers between the fences of a Markdown document, and leaves the workspace alone', async () => {
  const uri = 'file:///elsewhere/README.md';
  const { server, ask } = await opened('markdown', uri, markdown);
  const selector = 'app: w';
  expect(JSON.stringify(await ask('hover', selector))).toContain('matches 2 pods');
  const line = markdown.slice(0, markdown.lastIndexOf('app: web')).split('\n').length - 1;
  expect(await ask('definition', selector)).toMatchObject([{ uri, range: { start: { line } } }]);
  expect(await ask('references', selector, { context: { includeDeclaration: true } })).toHaveLength(3);
  expect(await ask('hover', 'kubectl apply')).toBeNull();
  expect(await ask('codeLens', selector)).toEqual([]);
  const symbols = await server.connection.sendRequest<{ name: string }[]>('workspace/symbol', { query: '' });
  expect(symbols.map(({ name }) => name)).toEqual(['other']);
  expect(server.diagnostics.get(uri)).toBeUndefined();
});

it('follows what is typed there', async () => {
  const uri = 'untitled:notes';
  const { server, ask } = await opened('markdown', uri, markdown);
  await server.connection.sendNotification('textDocument/didChange', change(uri, 2, markdown.replace('replicas: 2', 'replicas: 5'))); // prettier-ignore
  expect(JSON.stringify(await ask('hover', 'app: w'))).toContain('matches 5 pods');
  expect(server.diagnostics.get(uri)).toBeUndefined();
});

it('answers in a cell of a notebook', async () => {
  const { ask } = await opened('yaml', 'vscode-notebook-cell:/a/b.ipynb#W0', `${service('web', 'web')}---\n${deployment('web', 'web')}`); // prettier-ignore
  expect(JSON.stringify(await ask('hover', 'app: w'))).toContain('matches 2 pods');
});

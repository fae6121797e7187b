/** The server's answers about requests: what mends them, exports, lines of rules, and pinned ones as the files change. */

import { describe, expect, it } from 'vitest';
import { deployment, service } from '../support/program';
import { change, open, start } from './start';

const files = { 'web.yaml': service('web', 'web'), 'pods.yaml': deployment('web', 'wbe') };
const request = { from: 'deployment shop/web', to: 'http://web/' };

interface Outcome {
  readonly id: string;
  readonly verdict: string;
  readonly tone: string;
  readonly place?: { readonly uri: string };
}

describe('requests in the language server', () => {
  it('are mended by edits that were tried, and the files are not touched', async () => {
    const server = await start(files);
    const ask = (method: string, params: object) => server.connection.sendRequest(`serviceTopology/${method}`, params);
    const { scopes } = (await ask('scopes', {})) as { scopes: { name: string }[] };
    const scope = scopes[0]!.name;
    const { remedies } = (await ask('remedies', { scope, request })) as {
      remedies: { steps: string[]; then: string; tone: string; edits: { uri: string; newText: string }[]; files: { after: string }[] }[]; // prettier-ignore
    };
    expect(remedies[0]).toMatchObject({ steps: ['Change the selector to app: wbe'], tone: 'good' });
    expect(remedies[0]!.then).toMatch(/^DELIVERED to shop\/web-/);
    expect(remedies[0]!.edits.map(({ uri }) => uri)).toEqual([server.uri('web.yaml')]);
    expect(await ask('trace', { scope, request })).toMatchObject({ trace: { verdict: 'REFUSED, always' } });
    await server.connection.sendNotification('textDocument/didOpen', open(server.uri('web.yaml'), remedies[0]!.files[0]!.after)); // prettier-ignore
    expect(await ask('trace', { scope, request })).toMatchObject({ trace: { verdict: 'DELIVERED' } });
    expect(await ask('remedies', { scope, request })).toEqual({ remedies: [], hints: [] });
  });

  it('say which part of them is wrong, and what could stand there', async () => {
    const server = await start(files);
    const { scopes } = (await server.connection.sendRequest('serviceTopology/scopes', {})) as {
      scopes: { name: string }[];
    };
    const answer = (wrong: object) =>
      server.connection.sendRequest('serviceTopology/trace', {
        scope: scopes[0]!.name,
        request: { ...request, ...wrong },
      });
    expect(await answer({ from: 'deployment shop/wbe' })).toEqual({
      error: 'no deployment shop/wbe; nearest: shop/web',
      at: 'from',
      suggestions: ['deployment shop/web'],
    });
    expect(await answer({ to: 'service shop/wbe' })).toMatchObject({ at: 'to', suggestions: ['service shop/web'] });
    expect(await answer({ to: 'web:htpp' })).toMatchObject({ at: 'to', suggestions: ['web:80'] });
  });

  it('lead to the lines of their rules', async () => {
    const server = await start({ ...files, 'pods.yaml': deployment('web', 'web') });
    const ask = (method: string, params: object) => server.connection.sendRequest(`serviceTopology/${method}`, params);
    const { scopes } = (await ask('scopes', {})) as { scopes: { name: string }[] };
    const scope = scopes[0]!.name;
    const { trace } = (await ask('trace', { scope, request })) as {
      trace: { mode: string; paths: { hops: { rules?: { text: string; chain: string; at: { node: string; family: string; table: string; index: number } }[] }[] }[] }; // prettier-ignore
    };
    const rule = trace.paths[0]!.hops.flatMap(({ rules = [] }) => rules).at(-1)!;
    const rules = { scope, node: rule.at.node, mode: trace.mode, family: rule.at.family };
    const { text, chain } = rule;
    const found = (await ask('ruleLine', { rules, rule: { text, chain, ...rule.at } })) as { line: number };
    const document = (await ask('rules', rules)) as { text: string };
    expect(document.text.split('\n')[found.line]).toBe(text);
  });

  it('that are pinned tell their outcome anew as the files change', async () => {
    const server = await start(files);
    const ask = async (pins: object[]) =>
      (await server.connection.sendRequest('serviceTopology/pins', { pins })) as {
        outcomes: Outcome[];
        isWhole: boolean;
      };
    const { scopes } = (await server.connection.sendRequest('serviceTopology/scopes', {})) as {
      scopes: { name: string }[];
    };
    const pins = [
      { id: 'a', scope: scopes[0]!.name, request },
      { id: 'b', scope: 'gone', request },
    ];
    const before = await ask(pins);
    expect(before.outcomes).toMatchObject([
      { id: 'a', verdict: 'REFUSED, always', tone: 'bad', place: { uri: server.uri('web.yaml') } },
      { id: 'b', verdict: 'there is no scope gone', tone: 'untraceable' },
    ]);
    await server.connection.sendNotification('textDocument/didOpen', open(server.uri('pods.yaml'), files['pods.yaml']));
    await server.connection.sendNotification('textDocument/didChange', change(server.uri('pods.yaml'), 2, deployment('web', 'web'))); // prettier-ignore
    expect((await ask(pins)).outcomes[0]).toMatchObject({ verdict: 'DELIVERED', tone: 'good' });
  });
});

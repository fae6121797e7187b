/** What-ifs over the wire: a time line, its rules, the forms in which it is kept, and files that hold one. */

import { describe, expect, it } from 'vitest';
import { deployment, service } from '../support/program';
import { change, open, start } from './start';

const files = { 'web.yaml': service('web', 'web'), 'pods.yaml': deployment('web', 'web') };
const request = { from: 'deployment shop/web', to: 'http://web/' };

interface Moment {
  readonly index: number;
  readonly title: string;
  readonly events: readonly { readonly by: string; readonly text: string }[];
  readonly requests: readonly { readonly verdict: string; readonly changed: boolean }[];
  readonly rules: readonly { readonly node: string; readonly mode: string; readonly family: string }[];
}

interface Played {
  readonly whatIf: {
    readonly steps: readonly { readonly text: string; readonly error?: string }[];
    readonly moments: readonly Moment[];
    readonly changesManifests: boolean;
  };
}

async function started(more: Readonly<Record<string, string>> = {}) {
  const server = await start({ ...files, ...more });
  const ask = <T>(method: string, params: object) => server.connection.sendRequest<T>(`serviceTopology/${method}`, params); // prettier-ignore
  const { scopes } = await ask<{ scopes: { name: string }[] }>('scopes', {});
  return { server, ask, scope: scopes[0]!.name };
}

describe('what-ifs in the language server', () => {
  it('are played out moment by moment, anew after an edit, and lead to the rules of each', async () => {
    const { server, ask, scope } = await started();
    const question = { scope, steps: ['deployment shop/web scales to 0'], requests: [request] };
    const { whatIf } = await ask<Played>('whatIf', question);
    expect(whatIf.moments.map(({ title }) => title)[1]).toBe('deployment shop/web scales to 0');
    expect(whatIf.moments.at(-1)!.requests[0]).toMatchObject({ changed: expect.any(Boolean) as boolean });
    expect(whatIf.changesManifests).toBe(true);
    const { node, mode, family, index } = { ...whatIf.moments.find(({ rules }) => rules.length > 0)!.rules[0]!, index: whatIf.moments.findIndex(({ rules }) => rules.length > 0) }; // prettier-ignore
    const rulesAt = async (moment: number) =>
      (await ask<{ text: string }>('rules', { scope, node, mode, family, whatIf: { steps: question.steps, moment } })).text; // prettier-ignore
    expect(await rulesAt(index)).not.toBe(await rulesAt(index - 1));
    expect(await ask('rules', { scope, node, mode, family, whatIf: { steps: question.steps, moment: 99 } })).toMatchObject({
      error: 'The what-if has no such moment.',
    }); // prettier-ignore
    const text = deployment('web', 'other');
    await server.connection.sendNotification('textDocument/didOpen', open(server.uri('pods.yaml'), text));
    const after = await ask<Played>('whatIf', { ...question, steps: ['a pod of deployment shop/web dies'] });
    expect(after.whatIf.moments[0]!.requests[0]!.verdict).toMatch(/^REFUSED/);
    await server.connection.sendNotification('textDocument/didChange', change(server.uri('pods.yaml'), 2, files['pods.yaml'])); // prettier-ignore
    const mended = await ask<Played>('whatIf', { ...question, steps: [] });
    expect(mended.whatIf.moments[0]!.requests[0]!.verdict).toMatch(/^DELIVERED/);
  });

  it('say which other scopes an edit of a base changes, as changes that mend a request do', async () => {
    const overlay = 'resources: [../../base]\n';
    const base = {
      'base/kustomization.yaml': 'resources: [web.yaml, pods.yaml]\n',
      'base/web.yaml': service('web', 'web'),
      'base/pods.yaml': deployment('web', 'wbe'),
    };
    const own = {
      'overlays/own/kustomization.yaml': `${overlay}patches: [{path: scale.yaml}]\n`,
      'overlays/own/scale.yaml':
        'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec: {replicas: 2}\n',
    };
    const server = await start({ ...base, ...own, 'overlays/dev/kustomization.yaml': overlay, 'overlays/test/kustomization.yaml': overlay }); // prettier-ignore
    const ask = <T>(method: string, params: object) => server.connection.sendRequest<T>(`serviceTopology/${method}`, params); // prettier-ignore
    const steps = ['deployment shop/web gets label tier=front'];
    const kept = await ask<{ alsoChanges: string[]; takesPatches: boolean; edits: { uri: string }[] }>('whatIfPatch', { scope: 'overlays/dev', steps }); // prettier-ignore
    expect(kept.edits.map(({ uri }) => uri)).toEqual([server.uri('base/pods.yaml')]);
    expect(kept).toMatchObject({ alsoChanges: ['overlays/own', 'overlays/test'], takesPatches: true });
    const { remedies } = await ask<{ remedies: { alsoChanges: string[] }[] }>('remedies', { scope: 'overlays/test', request }); // prettier-ignore
    expect(remedies[0]).toMatchObject({ alsoChanges: ['overlays/dev', 'overlays/own'] });
    const { scope } = await started();
    expect(await ask('whatIfPatch', { scope, steps })).not.toMatchObject({ alsoChanges: [expect.anything()] });
  });

  it('say at which step they end, and why', async () => {
    const { ask, scope } = await started();
    const { whatIf } = await ask<Played>('whatIf', { scope, steps: ['node nobody fails', 'zone a fails'], requests: [] });
    expect(whatIf.steps[0]!.error).toContain('there is no node nobody');
    expect(whatIf.steps[1]!.error).toBeUndefined();
    expect(await ask('whatIf', { scope: 'gone', steps: [], requests: [] })).toEqual({
      error: 'There is no scope gone any more.',
    });
  }); // prettier-ignore

  it('are kept as patches, as edits and as a file that reads back', async () => {
    const { server, ask, scope } = await started();
    const steps = ['deployment shop/web scales to 5', 'node node-a fails'];
    const kept = await ask<{ kustomize: string; kubectl: string; edits: { uri: string; newText: string }[] }>('whatIfPatch', { scope, steps }); // prettier-ignore
    expect(kept.kustomize).toContain('/spec/replicas');
    expect(kept.kubectl).toContain('kubectl');
    expect(kept.edits.map(({ uri }) => uri)).toEqual([server.uri('pods.yaml')]);
    const { text } = await ask<{ text: string }>('whatIfPrint', { scope, steps, requests: [request] });
    expect(await ask('whatIfRead', { text })).toEqual({ scope, steps, requests: [request], problems: [] });
    expect(await ask('whatIfPlace', { scope, object: 'service shop/web' })).toMatchObject({
      place: { uri: server.uri('web.yaml') },
    });
  });
});

/** What stops a render: an endless loop, too much memory, too many files, a person; and that the next one works. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HelmRequest, RenderFiles } from '#manifest/render-types';
import { RenderEngine } from '#render/engine';
import type { EngineProgram, WorkerEvents, WorkerHandle, WorkerHost, WorkerMessage } from '#render/messages';
import { nodeEngine } from '#render/node';
import { built, haveEngines } from './support';

const chart = (template: string, values = ''): RenderFiles =>
  new Map([
    ['c/Chart.yaml', 'apiVersion: v2\nname: c\nversion: 0.1.0\n'],
    ['c/values.yaml', values],
    ['c/templates/x.yaml', template],
  ]);
const request: HelmRequest = {
  kind: 'helm',
  folder: 'c',
  release: 'r',
  namespace: 'default',
  valueFiles: [],
  inlineValues: [],
  set: [],
  includeCrds: false,
};
const harmless = chart('kind: ConfigMap\n');

describe.skipIf(!haveEngines())('limits of a render', () => {
  const engine = nodeEngine(built, { time: 8_000, input: 2 ** 20 });
  beforeAll(() => engine.warm());
  afterAll(() => engine.dispose());

  const next = async () => (await engine.render({ request, files: harmless })).kind;

  it('stops a template that does not end', async () => {
    const endless = '{{ range until 100000 }}{{ range until 100000 }}{{ $x := add 1 2 }}{{ end }}{{ end }}';
    const result = await engine.render({ request, files: chart(endless) });
    expect(result).toMatchObject({ kind: 'stopped', reason: 'time' });
    expect(result).toHaveProperty('message', expect.stringContaining('Stopped after 8 s'));
    expect(await next()).toBe('rendered');
  });

  it('stops a template that eats the memory', async () => {
    const hungry = 'a: {{ repeat 2000000000 "x" }}';
    expect(await engine.render({ request, files: chart(hungry) })).toMatchObject({ kind: 'stopped', reason: 'memory' });
    expect(await next()).toBe('rendered');
  });

  it('stops a value of 500 MB', async () => {
    const huge = 'a: {{ repeat 524288000 "x" | quote }}';
    const result = await engine.render({ request, files: chart(huge) });
    // Whichever limit it meets first.
    expect(result).toMatchObject({ kind: 'stopped', reason: expect.stringMatching(/^(memory|time)$/) as string });
    expect(result).toHaveProperty('message', expect.stringContaining('tried again when one of its files changes'));
    expect(await next()).toBe('rendered');
  });

  it('tells a template that calls itself without an end by its place', async () => {
    const files = chart('{{ define "again" }}{{ include "again" . }}{{ end }}{{ include "again" . }}');
    const result = await engine.render({ request, files });
    expect(result).toMatchObject({ kind: 'failed', place: { file: 'c/templates/x.yaml' } });
    expect(await next()).toBe('rendered');
  });

  it('does not read more than it may', async () => {
    const files = chart('a: b\n', `value: ${'x'.repeat(2 ** 20)}`);
    expect(await engine.render({ request, files })).toMatchObject({
      kind: 'stopped',
      reason: 'size',
      message:
        'Its files have 1 MiB, more than the 1 MiB that a render may read. The largest is c/values.yaml: move it out of there.',
    });
    expect(await next()).toBe('rendered');
  });

  it('can be cancelled while it waits and while it works', async () => {
    const slow = chart('{{ range until 100000 }}{{ range until 100000 }}{{ $x := add 1 2 }}{{ end }}{{ end }}');
    const working = new AbortController();
    const waiting = new AbortController();
    const results = [
      engine.render({ request, files: slow }, { signal: working.signal }),
      engine.render({ request, files: harmless }, { signal: waiting.signal }),
      engine.render({ request, files: harmless }),
    ];
    waiting.abort();
    expect(await results[1]).toMatchObject({ kind: 'stopped', reason: 'cancelled' });
    working.abort();
    expect(await results[0]).toMatchObject({ kind: 'stopped', reason: 'cancelled' });
    expect(await results[2]).toMatchObject({ kind: 'rendered' });
    const late = new AbortController();
    late.abort();
    expect(await engine.render({ request, files: harmless }, { signal: late.signal })).toMatchObject({
      reason: 'cancelled',
    });
  });

  it('reaches no network, process or file system', async () => {
    const schema = '{"$ref": "http://127.0.0.1:9/schema.json"}';
    const files = new Map([...chart('a: {{ getHostByName "localhost" | quote }}\n'), ['c/values.schema.json', schema]]);
    const result = await engine.render({ request, files });
    expect(result.kind).toBe('failed');
    expect(await next()).toBe('rendered');
    const outside = new Map([['k/kustomization.yaml', 'resources: [/etc/hosts, ../../../etc/passwd]\n']]);
    const read = await engine.render({ request: { kind: 'kustomize', folder: 'k' }, files: outside });
    expect(read).toMatchObject({ kind: 'failed', place: { file: 'k/kustomization.yaml' } });
  });

  it('says that the engines are missing where they were not built', async () => {
    const missing = nodeEngine('/nonexistent');
    expect(await missing.warm()).toBe(false);
    expect(await missing.render({ request, files: harmless })).toMatchObject({ kind: 'stopped', reason: 'missing' });
    missing.dispose();
  });
});

/** A worker that answers at once, and says what a worker says by itself: the real one rests after minutes. */
class Answering implements WorkerHost {
  started = 0;
  says: 'answer' | 'announced' = 'answer';
  say: (message: WorkerMessage) => void = () => undefined;

  load(): Promise<EngineProgram> {
    const empty = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
    return Promise.resolve({ module: new WebAssembly.Module(empty), glue: '' });
  }

  start(_: EngineProgram, events: WorkerEvents): WorkerHandle {
    this.started++;
    this.say = (message) => {
      events.message(message);
    };
    queueMicrotask(() => {
      this.say({ kind: 'ready' });
    });
    const head = JSON.stringify({ kind: 'rendered', objects: [], read: [], unavailable: [] });
    return {
      post: ({ id }) => {
        queueMicrotask(() => {
          this.say({ kind: this.says, id, head, text: '' });
        });
      },
      terminate: () => undefined,
    };
  }
}

describe('a search for origins that takes too long', () => {
  it('leaves what was rendered, and the worker', async () => {
    const host = new Answering();
    const engine = new RenderEngine(host, { time: 20 });
    host.says = 'announced';
    expect((await engine.render({ request, files: harmless })).kind).toBe('rendered');
    host.says = 'answer';
    expect([(await engine.render({ request, files: harmless })).kind, host.started]).toEqual(['rendered', 2]);
    engine.dispose();
  });
});

describe('a worker that nobody asks', () => {
  const gone: readonly WorkerMessage[] = [{ kind: 'rests' }, { kind: 'ended', words: 'gone' }];
  it.each(gone)('is started again when it is wanted after it $kind', async (message) => {
    const host = new Answering();
    const engine = new RenderEngine(host, {});
    const render = async () => (await engine.render({ request, files: harmless })).kind;
    expect([await render(), await render(), host.started]).toEqual(['rendered', 'rendered', 1]);
    host.say(message);
    expect([await render(), host.started]).toEqual(['rendered', 2]);
    engine.dispose();
  });
});

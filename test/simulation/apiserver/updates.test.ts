/**
 * Several documents for one object: recorded from an API server of release 1.37, which got them one after the other. What
 * it prints of its own structs behind its last complaint about a Pod is not in the records.
 */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#base/json';
import { defaultSettings, type ClusterSettings } from '#model/settings';
import { clusterOf, objectOf } from '../cluster';
import { service } from '../descriptions';

function read<T>(file: string): readonly T[] {
  const text = readFileSync(new URL(`recorded/${file}`, import.meta.url), 'utf8');
  return text.trimEnd().split('\n').map((line) => JSON.parse(line) as T); // prettier-ignore
}

interface Series {
  readonly documents: readonly JsonObject[];
  readonly outcomes: readonly { readonly code: number; readonly message?: string }[];
}

describe('recorded series of documents', () => {
  const all = read<Series>('updates.jsonl');
  const kinds = [...new Set(all.map(({ documents }) => String(documents[0]!.kind)))];

  it.each(kinds)('%s: each is taken or refused in the same words', (kind) => {
    const recorded = all.filter(({ documents }) => documents[0]!.kind === kind);
    expect(recorded.map(({ documents }) => ({ documents, outcomes: outcomesOf(documents) }))).toEqual(recorded);
  });

  it.each([
    ['one family', 1],
    ['IPv6 before IPv4', 2],
  ])('Service: also in a cluster with %s', (_, count) => {
    const recorded = read<Series & { readonly ranges: readonly string[] }>('families.jsonl').filter(({ ranges }) => ranges.length === count); // prettier-ignore
    expect(recorded.length).toBeGreaterThan(50);
    const ours = recorded.map(({ ranges, documents }) => {
      const outcomes = outcomesOf(documents, { ...defaultSettings, serviceCIDRs: ranges });
      return { ranges, documents, outcomes };
    });
    expect(ours).toEqual(recorded);
  });
});

function outcomesOf(documents: readonly JsonObject[], settings = defaultSettings): Series['outcomes'] {
  const objects = documents.map((body, i) => objectOf(body, 'a.yaml', i));
  const cluster = clusterOf(objects, settings);
  return objects.map((object) => {
    const refusal = cluster.refusalOf(object);
    return refusal ? { code: refusal.code, message: refusal.message } : { code: 201 };
  });
}

describe('a cluster that is full', () => {
  it('refuses the same Services as the recorded one, in the order of application', () => {
    const settings: ClusterSettings = {
      ...defaultSettings,
      serviceCIDRs: ['10.0.0.0/28', 'fd00:1::/124'],
      nodePortRange: { from: 30000, to: 30001 },
    };
    const recorded = read<{ readonly object: JsonObject; readonly message?: string }>('full.jsonl');
    const first = service('kubernetes', { clusterIP: '10.0.0.1', ports: [{ port: 443 }] }, 'default');
    const objects = recorded.map(({ object }, i) => objectOf(object, 'a.yaml', i + 1));
    const cluster = clusterOf([objectOf(first, 'a.yaml', 0), ...objects], settings);
    const ours = objects.map((object) => {
      const refusal = cluster.refusalOf(object);
      return { object: object.body, ...(refusal && { message: refusal.message }) };
    });
    expect(ours).toEqual(recorded);
  });
});

describe('what stays of the document before', () => {
  const ports = [{ name: 'http', port: 80 }];
  const make = (...specs: readonly JsonObject[]) => {
    const objects = specs.map((spec, i) => objectOf(service('web', spec, 'shop'), 'a.yaml', i));
    const cluster = clusterOf(objects);
    return { cluster, objects, spec: cluster.service('shop/web')?.spec };
  };

  it('is what the server chose', () => {
    const before = make({ type: 'NodePort', ports }).spec!;
    const after = make({ type: 'NodePort', ports }, { type: 'NodePort', selector: { app: 'web' }, ports: [{ name: 'http', port: 8080 }] }).spec!; // prettier-ignore
    expect(after.clusterIP).toBe(before.clusterIP);
    expect(after.ports![0]!.nodePort).toBe(before.ports![0]!.nodePort);
    expect(after.ports![0]!.port).toBe(8080);
  });

  it('is nothing of what the later one does not say', () => {
    const { spec, cluster, objects } = make({ ports, externalIPs: ['198.51.100.7'], sessionAffinity: 'ClientIP' }, { ports }); // prettier-ignore
    expect(spec).toMatchObject({ sessionAffinity: 'None' });
    expect(spec).not.toHaveProperty('externalIPs');
    expect(spec).not.toHaveProperty('externalTrafficPolicy');
    expect([...cluster.replaced()]).toEqual([{ object: objects[0], by: objects[1] }]);
  });

  it('is all of it where the later one is refused', () => {
    const { cluster, objects, spec } = make({ ports, clusterIP: '10.96.0.7' }, { ports, clusterIP: '10.96.0.8' });
    expect(spec?.clusterIP).toBe('10.96.0.7');
    expect(cluster.object(objects[0]!.key)).toBe(objects[0]);
    expect(cluster.refusal(objects[0]!.key)).toBe(undefined);
    expect(cluster.refusalOf(objects[1]!)).toMatchObject({
      updates: objects[0],
      causes: [{ field: 'spec.clusterIPs[0]', path: ['spec', 'clusterIP'] }],
    });
    expect([...cluster.replaced()]).toEqual([]);
  });

  it('is nothing where the server makes up the names, and one of what a cluster holds already', () => {
    const job = (image: string, metadata: JsonObject) => ({ apiVersion: 'batch/v1', kind: 'Job', metadata, spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image }] } } } }); // prettier-ignore
    const twice = (metadata: JsonObject) => ['a', 'b'].map((image, i) => objectOf(job(image, metadata), 'a.yaml', i));
    expect([...clusterOf(twice({ name: 'pi' })).refusals()].map(({ message }) => message)).toEqual([
      expect.stringMatching(/^Job\.batch "pi" is invalid: spec\.template: Invalid value: .*: field is immutable$/),
    ]);
    expect([...clusterOf(twice({ generateName: 'pi-' })).refusals()]).toEqual([]);
    const objects = ['10.96.0.7', '10.96.0.8'].map((clusterIP) => objectOf(service('web', { ports, clusterIP }, 'shop'))); // prettier-ignore
    const observed = {
      ...objects[1]!,
      origin: { kind: 'cluster', context: 'prod', resourceVersion: '5', file: 'prod/web.yaml', document: 0, path: [] },
    } as const;
    const cluster = clusterOf([objects[0]!, observed]);
    expect([...cluster.refusals()]).toMatchObject([{ object: objects[0], updates: observed }]);
    expect(cluster.service('shop/web')?.spec.clusterIP).toBe('10.96.0.8');
  });

  it('frees what others want, from the document on that gives it up', () => {
    const at = (name: string, nodePort: number, document: number) =>
      objectOf(service(name, { type: 'NodePort', ports: [{ port: 80, nodePort }] }, 'shop'), 'a.yaml', document);
    const objects = [at('a', 30001, 0), at('b', 30001, 1), at('a', 30002, 2), at('c', 30001, 3)];
    const cluster = clusterOf(objects);
    expect([...cluster.refusals()].map(({ object }) => object)).toEqual([objects[1]]);
    const nodePorts = [...cluster.services()].map(({ spec }) => spec.ports![0]!.nodePort);
    expect(nodePorts).toEqual([30002, 30001]);
  });
});

describe('what a cluster holds and a manifest updates', () => {
  const held = (body: JsonObject) => ({
    ...objectOf(body),
    origin: { kind: 'cluster', context: 'prod', resourceVersion: '5', file: 'prod/web.yaml', document: 0, path: [] },
  }) as const; // prettier-ignore
  const messages = (before: JsonObject, after: JsonObject) =>
    [...clusterOf([held(before), objectOf(after)]).refusals()].map(({ message }) => message);
  const pod = (container: JsonObject, spec: JsonObject = {}): JsonObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { containers: [{ name: 'main', image: 'app:1', ...container }], ...spec },
  });
  const filledIn = {
    nodeName: 'node-a',
    serviceAccountName: 'web',
    tolerations: [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }],
    volumes: [{ name: 'token', projected: { sources: [] } }],
  }; // prettier-ignore
  const running = pod({ volumeMounts: [{ name: 'token', mountPath: '/var/run/token' }] }, filledIn);

  it('keeps what the cluster has filled in', () => {
    expect(messages(running, pod({}))).toEqual([]);
    expect(messages(running, pod({ image: 'app:2' }))).toEqual([]);
  });

  it('must not be another thing', () => {
    const refused = [expect.stringContaining('pod updates may not change fields other than')];
    expect(messages(running, pod({ command: ['sleep'] }))).toEqual(refused);
    expect(messages(running, pod({}, { hostNetwork: true }))).toEqual(refused);
  });

  it('is a Job whose template has more to it than was written', () => {
    const job = (spec: JsonObject, metadata: JsonObject = {}): JsonObject => ({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'pi', namespace: 'shop' },
      spec: { template: { metadata, spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'pi:1' }], ...spec } } },
    }); // prettier-ignore
    const before = job({ dnsPolicy: 'ClusterFirst' }, { labels: { 'job-name': 'pi' } });
    expect(messages(before, job({}))).toEqual([]);
    expect(messages(before, job({ hostNetwork: true }))).toEqual([expect.stringContaining('field is immutable')]);
  });
});

/** Live mode against a real API server: the first list, later changes, and each fault that a connection can meet. */

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { valueAt, type JsonObject, type JsonValue } from '#base/json';
import {
  clusterRoleFor, features, gapsOf, namespacedRolesFor, printState, readCluster, watchCluster, type LiveCluster, type LiveOptions,
} from '#live/index'; // prettier-ignore
import { ControlPlane, findPrograms, until, type KubernetesBody } from './control-plane';
import { FaultyServer } from './faulty-server';
import { expectReadingOnly } from './reading-only';
import { createShop, pod } from './shop';
import { TunnelProxy } from './tunnel-proxy';

const found = findPrograms();
if ('missing' in found) console.log(`live mode is not tested: ${found.missing}`);

const times = { heartbeat: 500, heartbeatTimeout: 1500, firstWait: 100, longestWait: 1000, retryRefused: 500 };

describe.skipIf('missing' in found)('a live cluster', () => {
  let plane: ControlPlane;
  let admin: string;
  const open: LiveCluster[] = [];

  beforeAll(async () => {
    plane = await ControlPlane.start(
      [
        { name: 'local', token: 'local-token-of-the-test' },
        { name: 'nodeless', token: 'nodeless-token-of-the-test' },
        { name: 'revoked', token: 'revoked-token-of-the-test' },
      ],
      { audit: true },
    );
    admin = await plane.kubeconfig('admin', { token: plane.token('admin') });
    await createShop(plane);
    await until('the slices of web', async () => {
      const { body } = await plane.call('GET', '/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices');
      const items = body.items as { endpoints: unknown[] | null }[];
      return items.some(({ endpoints }) => endpoints?.length === 2);
    });
  }, 120_000);

  afterAll(async () => {
    for (const cluster of open) cluster.stop();
    await plane?.stop();
  });

  async function watching(options: LiveOptions = {}): Promise<LiveCluster> {
    const cluster = await watchCluster({ path: admin, times, ...options });
    open.push(cluster);
    await cluster.ready();
    return cluster;
  }

  /** All objects with their versions: what a fresh list of the same user gives. */
  async function isFresh(cluster: LiveCluster, options: LiveOptions = {}): Promise<boolean> {
    const fresh = await readCluster({ path: admin, ...options });
    fresh.stop();
    return JSON.stringify(versions(cluster)) === JSON.stringify(versions(fresh));
  }

  it('reads all and takes later changes', async () => {
    const cluster = await watching();
    expect(cluster.status().state).toBe('live');
    expect(cluster.version).toBe('v1.37.2');
    expect(names(cluster, 'Pod')).toEqual(['shop/api-1', 'shop/front', 'shop/web-1', 'shop/web-2']);
    expect(names(cluster, 'ConfigMap')).toEqual([]);
    const changes: string[] = [];
    cluster.onChange(({ added, removed }) => {
      changes.push(...removed.map(({ key }) => `-${key}`), ...added.map(({ key }) => `+${key}`));
    });
    await plane.create(
      pod({ namespace: 'shop', name: 'web-3', labels: { app: 'web' }, node: 1, address: '10.244.1.9' }),
    );
    await until('the pod', () => changes.includes('+/Pod/shop/web-3'), 10);
    await until(
      'its slice',
      () => changes.some((line) => line.startsWith('+discovery.k8s.io/EndpointSlice/shop/web-')),
      10,
    );
    await plane.call('DELETE', '/api/v1/namespaces/shop/pods/web-3?gracePeriodSeconds=0');
    await until('the end of the pod', () => changes.includes('-/Pod/shop/web-3') && !names(cluster, 'Pod').includes('shop/web-3'), 10); // prettier-ignore
    await until('the same as a fresh list', () => isFresh(cluster), 20);
    cluster.stop();
    expect(cluster.status().state).toBe('stopped');
  });

  it('tells of a server that is gone, and has lost nothing when it is back', async () => {
    const cluster = await watching();
    const states: string[] = [];
    cluster.onChange((_, status) => states.push(status.state));
    await plane.stopApiServer();
    await until('the loss', () => cluster.status().state === 'reconnecting', 10);
    const { since, kinds } = cluster.status();
    expect(Date.now() - since!).toBeLessThan(15_000);
    expect(kinds.filter(({ state }) => state.kind === 'synced')).toEqual([]);
    // What was known last is still there to see.
    expect(names(cluster, 'Pod')).toContain('shop/web-1');
    await plane.startApiServer();
    await plane.create(
      pod({ namespace: 'shop', name: 'web-4', labels: { app: 'web' }, node: 1, address: '10.244.1.4' }),
    );
    await isLive(cluster);
    await until('the new pod', () => names(cluster, 'Pod').includes('shop/web-4'), 10);
    await until('the same as a fresh list', () => isFresh(cluster), 20);
    expect(states).not.toContain('stopped');
    cluster.stop();
  }, 120_000);

  it('tells of a server that hangs while its connections stay open', async () => {
    const cluster = await watching();
    plane.pause('kube-apiserver');
    try {
      await until('the doubt', () => cluster.status().state === 'reconnecting', 10);
    } finally {
      plane.resume('kube-apiserver');
    }
    await isLive(cluster);
    await until('the same as a fresh list', () => isFresh(cluster), 20);
    cluster.stop();
  }, 60_000);

  it('goes on after the versions that it knows were compacted away while it was cut off', async () => {
    const cluster = await watching({ pageSize: 2 });
    await plane.stopApiServer();
    await until('the loss', () => cluster.status().state === 'reconnecting', 10);
    // The client meets a server that has forgotten the past: one that never saw these versions in its cache.
    const proxy = await FaultyServer.start(plane);
    await plane.startApiServer();
    const path = await plane.kubeconfig('cut-off', { token: plane.token('admin') });
    await writeFile(path, (await readFile(path, 'utf8')).replace(plane.server, proxy.server));
    const cutOff = await watching({ path, pageSize: 2 });
    await proxy.block();
    await plane.call('DELETE', '/api/v1/namespaces/shop/pods/web-4?gracePeriodSeconds=0');
    for (let i = 0; i < 20; i++) {
      await plane.call('PATCH', '/api/v1/namespaces/shop/pods/front', { metadata: { labels: { round: String(i) } } });
    }
    await plane.compact();
    await plane.stopApiServer();
    await plane.startApiServer();
    proxy.unblock();
    await isLive(cutOff);
    await isLive(cluster);
    expect(proxy.expired).toBeGreaterThan(0);
    await until('the same as a fresh list', () => isFresh(cutOff), 20);
    await until('the same as a fresh list', () => isFresh(cluster), 20);
    cutOff.stop();
    cluster.stop();
    await proxy.stop();
  }, 120_000);

  it('takes 410 for an old version as a reason to list again', async () => {
    const changes: string[] = [];
    const cluster = await watching();
    cluster.onChange(({ removed, added }) => {
      changes.push(...removed.map(({ key }) => `-${key}`), ...added.map(({ key }) => `+${key}`));
    });
    const proxy = await FaultyServer.start(plane);
    const path = await plane.kubeconfig('faulty', { token: plane.token('admin') });
    await writeFile(path, (await readFile(path, 'utf8')).replace(plane.server, proxy.server));
    const behind = await watching({ path });
    proxy.answerWatchesWith410 = 3;
    proxy.breakConnections();
    await plane.create(
      pod({ namespace: 'shop', name: 'during', labels: { app: 'web' }, node: 1, address: '10.244.1.6' }),
    );
    await plane.call('DELETE', '/api/v1/namespaces/shop/pods/web-2?gracePeriodSeconds=0');
    await until('410 was answered', () => proxy.answerWatchesWith410 === 0, 20);
    await isLive(behind);
    await until('the same as a fresh list', () => isFresh(behind), 20);
    expect(names(behind, 'Pod')).toContain('shop/during');
    expect(names(behind, 'Pod')).not.toContain('shop/web-2');
    // One at a time, in the middle of an event.
    for (let i = 0; i < 5; i++) {
      proxy.cutAfter = 700 + 400 * i;
      proxy.breakConnections();
      await plane.call('PATCH', '/api/v1/namespaces/shop/pods/during', { metadata: { labels: { round: String(i) } } });
      await until('the change', () => labelOf(behind, '/Pod/shop/during', 'round') === String(i), 20);
    }
    proxy.cutAfter = undefined;
    await until('the same as a fresh list', () => isFresh(behind), 20);
    behind.stop();
    cluster.stop();
    await proxy.stop();
  }, 120_000);

  it('loses nothing in whatever order faults and changes come', async () => {
    const proxy = await FaultyServer.start(plane);
    const path = await plane.kubeconfig('chaos', { token: plane.token('admin') });
    await writeFile(path, (await readFile(path, 'utf8')).replace(plane.server, proxy.server));
    const cluster = await watching({ path, pageSize: 3, times: { ...times, silence: 700 } });
    // What the changes add up to has to be what is known.
    const told = new Map([...cluster.objects()].map((object) => [object.key, object]));
    cluster.onChange(({ removed, added }) => {
      for (const object of removed) if (told.get(object.key) === object) told.delete(object.key);
      for (const object of added) told.set(object.key, object);
    });
    let seed = 42;
    const random = (below: number) => (seed = (seed * 1103515245 + 12345) % 2 ** 31) % below;
    for (let i = 0; i < 120; i++) {
      const name = `chaos-${random(8)}`;
      const at = `/api/v1/namespaces/other/pods/${name}`;
      const choice = random(12);
      if (choice < 5) await plane.create(pod({ namespace: 'other', name, labels: { app: 'elsewhere' }, node: 1, address: `10.244.1.${100 + i}` })).catch(() => undefined);
      else if (choice < 8) await plane.call('PATCH', at, { metadata: { labels: { round: String(i) } } });
      else if (choice < 10) await plane.call('DELETE', `${at}?gracePeriodSeconds=0`);
      else if (choice === 10) proxy.breakConnections();
      else proxy.answerWatchesWith410 = 2;
      if (i === 60) await plane.compact();
    }
    await until('the same as a fresh list', () => isFresh(cluster), 30);
    await isLive(cluster);
    expect([...told.values()].sort((a, b) => (a.key < b.key ? -1 : 1))).toEqual([...cluster.objects()].sort((a, b) => (a.key < b.key ? -1 : 1)));
    cluster.stop();
    await proxy.stop();
  }, 120_000); // prettier-ignore

  it('takes silence for what it is, where nothing happens', async () => {
    const cluster = await watching({ times: { ...times, silence: 300 } });
    const states = new Set<string>();
    cluster.onChange((_, status) => states.add(printState(status)));
    await new Promise((resolve) => setTimeout(resolve, 2500));
    await plane.call('PATCH', '/api/v1/namespaces/shop/pods/front', { metadata: { labels: { late: 'yes' } } });
    await until('the change', () => labelOf(cluster, '/Pod/shop/front', 'late') === 'yes', 10);
    expect([...states].filter((state) => state !== 'live')).toEqual([]);
    cluster.stop();
  });

  it('asks for new credentials when a token has expired, and says so where there are none', async () => {
    await plane.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'reader', namespace: 'shop' } });
    await plane.create({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'reader' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name: 'reader', namespace: 'shop' }],
    });
    const tokens: string[] = [];
    const file = join(plane.folder, 'credential.json');
    const give = async (seconds: number) => {
      const token = await plane.shortToken('shop', 'reader', seconds);
      tokens.push(token);
      await writeFile(file, JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: { token } })); // prettier-ignore
    };
    await give(6);
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: '/bin/cat', args: [file], interactiveMode: 'Never' }; // prettier-ignore
    const path = await plane.kubeconfig('expiring', { exec });
    const cluster = await watching({ path, execWait: 500 });
    const said: string[] = [];
    cluster.onChange((_, status) => said.push(JSON.stringify(status)));
    await until('the end of the token', () => cluster.status().state === 'stale', 20);
    expect(cluster.status().message).toMatch(/^the API server does not accept the credentials: (the token that \/bin\/cat gave expired at [-0-9]+ [0-9:]+ UTC|those that \/bin\/cat gave): log in with \/bin\/cat again, or with what it asks$/); // prettier-ignore
    await give(3600);
    await isLive(cluster);
    await until('the same as a fresh list', () => isFresh(cluster), 20);
    cluster.stop();
    for (const token of tokens) expect(said.join('\n')).not.toContain(token);
  }, 120_000);

  it('goes through the proxy that the kubeconfig names', async () => {
    const proxy = await TunnelProxy.start();
    const path = await plane.kubeconfig('proxied', { token: plane.token('admin') });
    const text = await readFile(path, 'utf8');
    await writeFile(
      path,
      text.replace('"certificate-authority"', `"proxy-url":"${proxy.url}","certificate-authority"`),
    );
    const cluster = await watching({ path });
    expect(cluster.status().state).toBe('live');
    expect(proxy.tunnels).toBeGreaterThan(0);
    await plane.create(pod({ namespace: 'shop', name: 'proxied', labels: {}, node: 1, address: '10.244.1.8' }));
    await until('a later change', () => names(cluster, 'Pod').includes('shop/proxied'), 10);
    cluster.stop();
    await proxy.stop();
  });

  it('acts for others, takes tokens from files, and talks plain HTTP to a local proxy', async () => {
    const masters = await plane.kubeconfig('masters', { token: plane.token('admin'), as: 'someone', 'as-groups': ['system:authenticated', 'system:masters'] }); // prettier-ignore
    expect(names(await readCluster({ path: masters }), 'Pod')).toContain('shop/front');
    const nobody = await plane.kubeconfig('nobody', { token: plane.token('admin'), as: 'nobody' });
    const { kinds } = (await readCluster({ path: nobody })).status();
    expect(kinds.filter(({ kind, state }) => kind === 'Service' && state.kind === 'forbidden').length).toBeGreaterThan(
      0,
    );
    await writeFile(join(plane.folder, 'token'), `${plane.token('admin')}\n`);
    const filed = await plane.kubeconfig('filed', { tokenFile: 'token' });
    expect(names(await readCluster({ path: filed }), 'Pod')).toContain('shop/front');
    const proxy = await FaultyServer.start(plane, { plain: plane.token('admin') });
    const path = join(plane.folder, 'plain.kubeconfig');
    await writeFile(path, JSON.stringify({ clusters: [{ name: 'c', cluster: { server: proxy.server } }], contexts: [{ name: 'c', context: { cluster: 'c' } }], 'current-context': 'c' })); // prettier-ignore
    expect(names(await readCluster({ path }), 'Pod')).toContain('shop/front');
    await proxy.stop();
    await expect(readCluster({ path })).rejects.toThrow(/^cannot reach 127\.0\.0\.1:\d+: connect ECONNREFUSED/);
  });

  it('reads one namespace where no more is permitted, and says what is not known', async () => {
    await grant(plane, 'local', namespacedRolesFor(features, 'shop').filter(({ kind, metadata }) => kind === 'Role' && valueAt(metadata, ['namespace']) === 'shop')); // prettier-ignore
    const path = await plane.kubeconfig('local', { token: plane.token('local') }, 'shop');
    const cluster = await watching({ path });
    const status = cluster.status();
    expect(status.state).toBe('live');
    expect(status.namespaces).toEqual(['shop']);
    expect(names(cluster, 'Pod')).toContain('shop/web-1');
    expect([...cluster.objects()].filter(({ namespace }) => namespace !== 'shop')).toEqual([]);
    expect(gapsOf(status)).toMatchSnapshot();
    await plane.create(pod({ namespace: 'shop', name: 'late', labels: {}, node: 1, address: '10.244.1.7' }));
    await until('a later change', () => names(cluster, 'Pod').includes('shop/late'), 10);
    await grant(plane, 'local-wide', clusterRoleFor(features), 'local');
    await until(
      'all namespaces',
      () => cluster.status().namespaces === undefined && cluster.status().state === 'live',
      20,
    );
    await until('the same as a fresh list', () => isFresh(cluster, { path }), 20);
    expect(names(cluster, 'Service')).toContain('other/elsewhere');
    cluster.stop();
  });

  it('works without the right to Nodes, and takes them up once it is given', async () => {
    const roles = clusterRoleFor(features);
    const rules = (roles[0]!.rules as JsonObject[]).map((rule) => ({
      ...rule,
      resources: (rule.resources as string[]).filter((resource) => resource !== 'nodes'),
    }));
    await grant(plane, 'nodeless', [{ ...roles[0]!, metadata: { name: 'nodeless' }, rules }, ...roles.slice(1)]);
    const path = await plane.kubeconfig('nodeless', { token: plane.token('nodeless') });
    const cluster = await watching({ path });
    expect(cluster.status().state).toBe('live');
    expect(names(cluster, 'Node')).toEqual([]);
    expect(gapsOf(cluster.status())).toEqual({
      incomplete: [],
      notes: ['nodes may not be read: nodes are known by their pods alone: zones, labels and pod ranges are unknown'],
    });
    await plane.call('PATCH', '/apis/rbac.authorization.k8s.io/v1/clusterroles/nodeless', { rules: roles[0]!.rules });
    await until('the nodes', () => names(cluster, 'Node').length === 2, 20);
    expect(gapsOf(cluster.status())).toEqual({ incomplete: [], notes: [] });
    cluster.stop();
  });

  it('takes Endpoints where EndpointSlices may not be read', async () => {
    const rule = { apiGroups: [''], resources: ['services', 'pods', 'endpoints', 'nodes', 'namespaces'], verbs: ['list', 'watch'] }; // prettier-ignore
    await grant(plane, 'sliceless', [{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'sliceless' }, rules: [rule] }]); // prettier-ignore
    const path = await plane.kubeconfig('sliceless', { token: plane.token('admin'), as: 'sliceless' });
    const cluster = await watching({ path });
    const endpoints = () =>
      [...cluster.objects()]
        .filter(
          ({ kind, body }) =>
            kind === 'EndpointSlice' && valueAt(body, ['metadata', 'labels', 'kubernetes.io/service-name']) === 'web',
        ) // prettier-ignore
        .flatMap(({ body }) => (body.endpoints as JsonObject[]).flatMap(({ addresses }) => addresses as string[]))
        .sort();
    expect(endpoints()).toContain('10.244.1.2');
    expect(names(cluster, 'Endpoints')).toEqual([]);
    expect(gapsOf(cluster.status()).notes).toContain('endpointslices.discovery.k8s.io may not be read: Endpoints stand in for them, without zones, hints and pods that end'); // prettier-ignore
    await plane.call('PATCH', '/api/v1/namespaces/shop/pods/web-1', { metadata: { labels: { app: 'none' } } });
    await until('the endpoint to go', () => !endpoints().includes('10.244.1.2'), 10);
    await plane.call('PATCH', '/api/v1/namespaces/shop/pods/web-1', { metadata: { labels: { app: 'web' } } });
    await until('the endpoint to come', () => endpoints().includes('10.244.1.2'), 10);
    cluster.stop();
  });

  it('takes what it may no longer read out of what it shows', async () => {
    await grant(plane, 'revoked', [{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'revoked' }, rules: [{ apiGroups: [''], resources: ['services', 'pods'], verbs: ['list', 'watch'] }] }]); // prettier-ignore
    const proxy = await FaultyServer.start(plane);
    const path = await plane.kubeconfig('revoked', { token: plane.token('revoked') });
    await writeFile(path, (await readFile(path, 'utf8')).replace(plane.server, proxy.server));
    const cluster = await watching({ path });
    expect(names(cluster, 'Pod').length).toBeGreaterThan(0);
    await plane.call('DELETE', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/revoked');
    await new Promise((resolve) => setTimeout(resolve, 500));
    proxy.breakConnections();
    await until('the refusal', () => cluster.status().kinds.some(({ kind, state }) => kind === 'Pod' && state.kind === 'forbidden'), 20); // prettier-ignore
    expect(names(cluster, 'Pod')).toEqual([]);
    cluster.stop();
    await proxy.stop();
  }, 60_000);

  it('asks for no Secret, writes nothing, and lets no credential out', async () => {
    const log = await plane.log('kube-apiserver');
    const all = [...(await watching()).objects()];
    expect(all.filter(({ kind }) => kind === 'Secret')).toEqual([]);
    expect(JSON.stringify(all)).not.toContain('the-secret-of-the-test');
    expect(log).not.toContain('the-secret-of-the-test');
    const wrong = await plane.kubeconfig('wrong', { token: 'a-wrong-token-of-the-test' });
    await expect(readCluster({ path: wrong })).rejects.toThrow('the API server does not accept the credentials: the token of user wrong was revoked, or is that of another cluster: put a new one into the kubeconfig, and try again'); // prettier-ignore
    const broken = join(plane.folder, 'broken.kubeconfig');
    await writeFile(broken, 'users: [{name: x, user: {token: a-broken-token-of-the-test');
    await expect(readCluster({ path: broken })).rejects.toThrow(
      `the kubeconfig names no current context; contexts: none; ${broken} is no kubeconfig`,
    );
    const failing = await plane.kubeconfig('failing', { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: '/bin/sh', args: ['-c', 'echo "token: leaked-token-of-the-test" >&2; exit 3'] } }); // prettier-ignore
    await expect(readCluster({ path: failing })).rejects.toThrow('/bin/sh failed with exit code 3: token: [hidden]');
  });

  it('has asked the API server for nothing but what may be read, and for no Secret', async () => {
    await expectReadingOnly(plane);
  });
});

function versions(cluster: LiveCluster): readonly string[] {
  return [...cluster.objects()]
    .map(({ key, origin }) => `${key} ${origin.kind === 'cluster' ? origin.resourceVersion : ''}`)
    .sort();
}

function names(cluster: LiveCluster, kind: string): readonly string[] {
  return [...cluster.objects()]
    .filter((object) => object.kind === kind)
    .map(({ namespace, name }) => `${namespace}/${name}`)
    .sort();
}

/** Tells what is not live, where something stays so. */
async function isLive(cluster: LiveCluster): Promise<void> {
  await until('live again', () => cluster.status().state === 'live', 30).catch(() => {
    const others = cluster.status().kinds.filter(({ state }) => state.kind !== 'synced' && state.kind !== 'absent');
    throw new Error(`not live: ${JSON.stringify(others)}`);
  });
}

function labelOf(cluster: LiveCluster, key: string, label: string): JsonValue | undefined {
  const object = [...cluster.objects()].find((candidate) => candidate.key === key);
  return valueAt(object?.body, ['metadata', 'labels', label]);
}

async function grant(plane: ControlPlane, name: string, roles: readonly JsonObject[], user = name): Promise<void> {
  for (const role of roles as unknown as readonly KubernetesBody[]) {
    await plane.create({ ...role, metadata: { ...role.metadata, name } });
    await plane.create({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: `${role.kind}Binding`,
      metadata: { ...role.metadata, name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: role.kind, name },
      subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: user }],
    });
  }
}

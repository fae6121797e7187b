/** The ways into a real API server that a kubeconfig, an environment and a pod's account can name. */

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '#base/json';
import { readCluster, watchCluster, type LiveCluster, type LiveOptions } from '#live/index';
import { ControlPlane, findPrograms, until } from './control-plane';
import { createShop, service } from './shop';
import { TunnelProxy } from './tunnel-proxy';

describe.skipIf('missing' in findPrograms())('the ways into a cluster', () => {
  let plane: ControlPlane;

  beforeAll(async () => {
    plane = await ControlPlane.start();
    await createShop(plane);
    await plane.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'reader', namespace: 'shop' } });
    await plane.create({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'reader' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name: 'reader', namespace: 'shop' }],
    });
  }, 120_000);

  afterAll(() => plane?.stop());

  async function pods(options: LiveOptions): Promise<readonly string[]> {
    return podsOf(await readCluster(options));
  }

  function podsOf(cluster: LiveCluster): readonly string[] {
    return [...cluster.objects()].filter(({ kind }) => kind === 'Pod').map(({ name }) => name).sort(); // prettier-ignore
  }

  const all = ['api-1', 'front', 'web-1', 'web-2'];

  it('a client certificate, in files beside the kubeconfig or in it', async () => {
    const { certificate, key } = plane.clientCertificate('ann', ['system:masters']);
    await mkdir(join(plane.folder, 'keys'), { recursive: true });
    await writeFile(join(plane.folder, 'keys/ann.crt'), certificate);
    await writeFile(join(plane.folder, 'keys/ann.key'), key);
    const inFiles = await plane.kubeconfig('files', { 'client-certificate': 'keys/ann.crt', 'client-key': 'keys/ann.key' }); // prettier-ignore
    expect(await pods({ path: inFiles })).toEqual(all);
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    const within = await plane.kubeconfig('data', { 'client-certificate-data': base64(certificate), 'client-key-data': base64(key) }); // prettier-ignore
    expect(await pods({ path: within })).toEqual(all);
  });

  it('a client certificate of a user without rights is refused as that user', async () => {
    const { certificate, key } = plane.clientCertificate('nobody-special');
    const credential = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: { clientCertificateData: certificate, clientKeyData: key } }; // prettier-ignore
    await writeFile(join(plane.folder, 'certificate.json'), JSON.stringify(credential));
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'cat', args: [join(plane.folder, 'certificate.json')], interactiveMode: 'Never' }; // prettier-ignore
    const path = await plane.kubeconfig('exec-certificate', { exec });
    const cluster = await readCluster({ path });
    const services = cluster.status().kinds.find(({ resource }) => resource === 'services');
    expect(services?.state).toMatchObject({ kind: 'forbidden' });
  });

  it('a program that gives a certificate', async () => {
    const { certificate, key } = plane.clientCertificate('bob', ['system:masters']);
    const credential = { apiVersion: 'client.authentication.k8s.io/v1beta1', kind: 'ExecCredential', status: { clientCertificateData: certificate, clientKeyData: key } }; // prettier-ignore
    const exec = { apiVersion: 'client.authentication.k8s.io/v1beta1', command: '/bin/sh', args: ['-c', 'printf %s "$CREDENTIAL"'], env: [{ name: 'CREDENTIAL', value: JSON.stringify(credential) }] }; // prettier-ignore
    expect(await pods({ path: await plane.kubeconfig('exec', { exec }) })).toEqual(all);
  });

  it('KUBECONFIG with several files, each with a part', async () => {
    const whole = JSON.parse(await readFile(await plane.kubeconfig('whole', { token: plane.token('admin') }), 'utf8')) as JsonObject; // prettier-ignore
    const write = async (name: string, value: object) => {
      const path = join(plane.folder, name);
      await writeFile(path, JSON.stringify(value));
      return path;
    };
    const files = [
      await write('contexts.yaml', { contexts: whole.contexts }),
      join(plane.folder, 'no-such-file'),
      await write('clusters.yaml', { 'current-context': 'test', clusters: whole.clusters }),
      // Later files do not change what is said already.
      await write('users.yaml', { 'current-context': 'other', users: whole.users, clusters: [{ name: 'test', cluster: { server: 'https://192.0.2.1:6443' } }] }),
    ]; // prettier-ignore
    expect(await pods({ environment: { KUBECONFIG: files.join(':'), HOME: plane.folder } })).toEqual(all);
  });

  it('the account of the pod that it runs in', async () => {
    const folder = join(plane.folder, 'account');
    await mkdir(folder);
    const token = await plane.shortToken('shop', 'reader', 3600);
    await writeFile(join(folder, 'token'), token);
    await writeFile(join(folder, 'namespace'), 'shop');
    await writeFile(join(folder, 'ca.crt'), await readFile(join(plane.folder, 'certs/apiserver.crt')));
    const { hostname, port } = new URL(plane.server);
    const environment = { HOME: folder, KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
    const cluster = await readCluster({ environment, accountFolder: folder });
    expect(cluster).toMatchObject({ context: 'in-cluster', defaultNamespace: 'shop' });
    expect(podsOf(cluster)).toEqual(all);
    await expect(readCluster({ environment: { HOME: folder }, accountFolder: folder })).rejects.toThrow('there is no kubeconfig'); // prettier-ignore
  });

  it('HTTPS_PROXY, which alone can reach the server and knows its name', async () => {
    const proxy = await TunnelProxy.start({ 'kubernetes.default.svc': '127.0.0.1' });
    try {
      const path = await plane.kubeconfig('by-name', { token: plane.token('admin') });
      await writeFile(path, (await readFile(path, 'utf8')).replace('127.0.0.1', 'kubernetes.default.svc'));
      const environment = { HTTPS_PROXY: proxy.url, NO_PROXY: 'other.example' };
      const cluster = await watchCluster({ path, environment });
      await cluster.ready();
      expect(podsOf(cluster)).toEqual(all);
      expect(cluster.status()).toMatchObject({ state: 'live' });
      expect(proxy.tunnels).toBeGreaterThan(0);
      await proxy.stop();
      await until('the loss', () => cluster.status().state !== 'live', 20);
      cluster.stop();
      const excepted = { ...environment, NO_PROXY: '.svc' };
      await expect(readCluster({ path, environment: excepted })).rejects.toThrow(
        /^cannot reach kubernetes\.default\.svc/,
      );
    } finally {
      await proxy.stop();
    }
  });

  it('long answers come packed from far away', async () => {
    const proxy = await TunnelProxy.start({ 'kubernetes.default.svc': '127.0.0.1' });
    const long = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'long', namespace: 'other', annotations: { long: 'x'.repeat(200_000) } }, spec: { replicas: 0, selector: { matchLabels: { app: 'long' } }, template: { metadata: { labels: { app: 'long' } }, spec: { containers: [{ name: 'main', image: 'x' }] } } } }; // prettier-ignore
    await plane.create(long);
    try {
      const path = await plane.kubeconfig('far', { token: plane.token('admin') });
      await writeFile(path, (await readFile(path, 'utf8')).replace('127.0.0.1', 'kubernetes.default.svc'));
      const cluster = await readCluster({ path, environment: { HTTPS_PROXY: proxy.url } });
      const read = [...cluster.objects()].find(({ kind, name }) => kind === 'Deployment' && name === 'long');
      expect(JSON.stringify(read?.body).length).toBeGreaterThan(200_000);
      expect(proxy.bytes).toBeGreaterThan(10_000);
      expect(proxy.bytes).toBeLessThan(200_000);
    } finally {
      await proxy.stop();
    }
  });

  it('many namespaces at once, with more watches than a browser would open', async () => {
    const names = Array.from({ length: 6 }, (_, i) => `many-${i}`);
    for (const name of names) await plane.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    const path = await plane.kubeconfig('many', { token: plane.token('admin') });
    const cluster = await watchCluster({ path, namespaces: names, times: { heartbeat: 500, heartbeatTimeout: 1500 } });
    await cluster.ready();
    await until('all of it', () => cluster.status().state === 'live', 20);
    expect(cluster.status().kinds.filter(({ state }) => state.kind === 'synced').length).toBeGreaterThan(64);
    await plane.create(service('many-5', 'late', { app: 'late' }));
    await until('a later change', () => [...cluster.objects()].some(({ name }) => name === 'late'), 10);
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(cluster.status().state).toBe('live');
    cluster.stop();
  }, 60_000);

  it('an OpenID token while it lasts, and never a new one', async () => {
    const oidc = (token: string | undefined) =>
      plane.kubeconfig('oidc', { 'auth-provider': { name: 'oidc', config: { 'id-token': token, 'refresh-token': 'refresh-token-of-the-test', 'idp-issuer-url': 'https://192.0.2.1' } } }); // prettier-ignore
    expect(await pods({ path: await oidc(await plane.shortToken('shop', 'reader', 3600)) })).toEqual(all);
    const old = await plane.shortToken('shop', 'reader', 30);
    await expect(pods({ path: await oidc(old) })).rejects.toThrow(
      'the OpenID token of user oidc (auth-provider oidc) has expired: a kubectl command with this context renews it, and it is then read again',
    );
    await expect(pods({ path: await oidc(undefined) })).rejects.toThrow('user oidc has no OpenID token yet');
  });

  it.each([
    ['gcp', 'Kubernetes 1.26 removed: the exec plugin gke-gcloud-auth-plugin takes its place'],
    ['azure', 'Kubernetes 1.26 removed: the exec plugin kubelogin takes its place'],
    ['openstack', 'which is not known: oidc is the only one that kubectl has'],
  ])('the auth-provider %s is refused in words, and runs nothing', async (name, message) => {
    const mark = join(plane.folder, `ran-${name}`);
    const config = { 'cmd-path': '/usr/bin/touch', 'cmd-args': mark, 'access-token': 'x' };
    const path = await plane.kubeconfig(`provider-${name}`, { 'auth-provider': { name, config } });
    await expect(pods({ path })).rejects.toThrow(message);
    await expect(readFile(mark)).rejects.toThrow('ENOENT');
  });
});

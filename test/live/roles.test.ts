/** The roles that `rbac` prints, at an API server that holds to them: each feature works with its own, and asks for no more. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { features, type Feature } from '#live/index';
import { CommandLine } from './command-line';
import { ControlPlane, findPrograms, until, type KubernetesBody } from './control-plane';
import { createShop } from './shop';

type Role = KubernetesBody & {
  readonly rules: readonly { readonly apiGroups: readonly string[]; readonly resources: readonly string[] }[];
};

/** What shows that a feature works; `{file}` is the manifest of a change. */
const uses: Readonly<Record<Feature, readonly (readonly string[])[]>> = {
  tree: [['get', 'endpointslices', '--live', '-o', 'json'], ['get', 'endpoints', '--live']],
  graph: [['graph', '--live', '-o', 'json']],
  trace: [['trace', '--live', '--from', 'pod/shop/front', '--to', 'http://web', '-o', 'json'], ['rules', '--live', '--node', 'node-1']],
  dns: [['dns', '--live', 'web.shop.svc.cluster.local', 'A', '-o', 'json'], ['dns', '--live', '--from', 'pod/shop/front', 'web', '-o', 'json']],
  policies: [['policy', '--live', '--from', 'pod/shop/front', '--to', 'pod/shop/web-1', '--port', '8080', '-o', 'json']],
  http: [['http', '--live', 'http://shop.example/', '-o', 'json']],
  findings: [['check', '--live', '--format', 'json']],
  diff: [['diff', '{file}', '--live', '-o', 'json']],
  watch: [],
}; // prettier-ignore

describe.skipIf('missing' in findPrograms())('the roles of the features', () => {
  let plane: ControlPlane;
  let program: CommandLine;
  let admin: string;
  let file: string;

  beforeAll(async () => {
    const users = features.flatMap((feature) => [feature, `${feature}-in-shop`]);
    plane = await ControlPlane.start(users.map((name) => ({ name, token: `${name}-token-of-the-test` })), { audit: true }); // prettier-ignore
    program = await CommandLine.build();
    admin = await plane.kubeconfig('admin', { token: plane.token('admin') });
    file = join(program.folder, 'web.json');
    await writeFile(file, JSON.stringify({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'shop' }, spec: { selector: { app: 'api' }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] } })); // prettier-ignore
    await createShop(plane);
    for (const object of more) await plane.create(object);
    await until('the slices of web', async () => {
      const { body } = await plane.call('GET', '/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices');
      return (body.items as { endpoints: unknown[] | null }[]).some(({ endpoints }) => endpoints?.length === 2);
    });
  }, 120_000);

  afterAll(async () => {
    await plane?.stop();
    await program?.remove();
  });

  /** Prints the roles, and binds them to the user. */
  async function grant(user: string, args: readonly string[]): Promise<readonly Role[]> {
    const printed = await program.run(admin, ['rbac', '-o', 'json', ...args]);
    const roles = (JSON.parse(printed.stdout) as { items: readonly Role[] }).items;
    for (const role of roles) {
      await plane.create({ ...role, metadata: { ...role.metadata, name: user } });
      await plane.create({
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: `${role.kind}Binding`,
        metadata: { ...role.metadata, name: user },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: role.kind, name: user },
        subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: user }],
      });
    }
    return roles;
  }

  async function askedBy(user: string) {
    return (await plane.requests('service-topology')).filter((request) => request.user.username === user);
  }

  it.each(features)('%s answers as it does for an administrator, is refused nothing, and leaves no right unused', async (feature) => {
    const roles = await grant(feature, ['--feature', feature]);
    const kubeconfig = await plane.kubeconfig(feature, { token: plane.token(feature) });
    for (const use of uses[feature]) {
      const args = use.map((word) => word.replace('{file}', file));
      const [own, whole] = [await program.run(kubeconfig, args), await program.run(admin, args)];
      expect(own.status).toBe(whole.status);
      expect(answerOf(own.stdout)).toEqual(answerOf(whole.stdout));
      expect(own.stdout).not.toBe('');
    }
    if (feature === 'watch') await seesChanges(kubeconfig);
    const asked = await askedBy(feature);
    expect(asked.filter(({ responseStatus }) => responseStatus?.code === 403)).toEqual([]);
    const read = new Set(asked.flatMap(({ verb, objectRef }) => (verb === 'list' ? (objectRef?.resource ?? []) : [])));
    // Kinds that this server does not serve are asked for, too.
    const rights = new Set(roles.flatMap(({ rules }) => rules.flatMap(({ resources }) => resources)));
    expect([...read].sort()).toEqual([...rights].sort());
  }, 60_000); // prettier-ignore

  it.each(features.filter((feature) => feature !== 'watch'))('%s works in one namespace', async (feature) => {
    const user = `${feature}-in-shop`;
    await grant(user, ['--feature', feature, '--namespaced', '-n', 'shop']);
    const kubeconfig = await plane.kubeconfig(user, { token: plane.token(user) }, 'shop');
    for (const use of uses[feature]) {
      const args = use.map((word) => word.replace('{file}', file));
      const [own, whole] = [await program.run(kubeconfig, args), await program.run(admin, [...args, '-n', 'shop'])];
      expect(own.status).toBe(whole.status);
      expect(answerOf(own.stdout)).toEqual(answerOf(whole.stdout));
    }
    expect((await askedBy(user)).filter(({ responseStatus }) => responseStatus?.code === 403)).toEqual([]);
  }, 60_000); // prettier-ignore

  async function seesChanges(kubeconfig: string): Promise<void> {
    const label = (app: string) => plane.call('PATCH', '/api/v1/namespaces/shop/pods/web-2', { metadata: { labels: { app } } }); // prettier-ignore
    await program.run(kubeconfig, ['watch', '--live', 'web', '-o', 'jsonl'], async (output) => {
      await until('the state', () => output().includes('"live"'), 20);
      await label('other');
      await until('the endpoint to go', () => output().includes('"removed"'), 10);
      await label('web');
      await until('the endpoint to come', () => output().includes('"added"'), 10);
    });
  }
});

/** What is answered, without what had to be assumed for want of rights that the answer does not need. */
function answerOf(stdout: string): unknown {
  if (!/^\s*[{[]/.test(stdout)) return stdout;
  return JSON.parse(stdout, (key, value: unknown) => (/^(assumptions|notes|milliseconds|warnings)$/.test(key) ? undefined : value)); // prettier-ignore
}

const more: readonly KubernetesBody[] = [
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'only-front', namespace: 'shop' },
    spec: { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Ingress'], ingress: [{ from: [{ podSelector: { matchLabels: { app: 'front' } } }] }] },
  },
  { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: 'nginx' }, spec: { controller: 'k8s.io/ingress-nginx' } },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'shop', namespace: 'shop' },
    spec: { ingressClassName: 'nginx', rules: [{ host: 'shop.example', http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { name: 'http' } } } }] } }] },
  },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'coredns', namespace: 'kube-system' }, data: { Corefile: '.:53 {\n  kubernetes cluster.local in-addr.arpa ip6.arpa\n}\n' } },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kube-proxy', namespace: 'kube-system' }, data: { 'config.conf': 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: nftables\n' } },
]; // prettier-ignore

/** The command line with `--live` against a real API server: the same answers from what is really there. */

import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../support/program';
import { CommandLine, type Ended } from './command-line';
import { ControlPlane, findPrograms, until } from './control-plane';
import { expectReadingOnly } from './reading-only';
import { createShop, pod } from './shop';

const found = findPrograms();

interface Item {
  readonly metadata: Record<string, unknown> & { readonly name: string; readonly namespace?: string };
}

describe.skipIf('missing' in found)('the command line with --live', () => {
  let plane: ControlPlane;
  let folder: string;
  let kubeconfig: string;
  let program: CommandLine;

  beforeAll(async () => {
    program = await CommandLine.build();
    folder = program.folder;
    plane = await ControlPlane.start([], { audit: true });
    kubeconfig = await plane.kubeconfig('admin', { token: plane.token('admin') });
    await createShop(plane);
    await until('the slices of web', async () => {
      const { body } = await plane.call('GET', '/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices');
      return (body.items as { endpoints: unknown[] | null }[]).some(({ endpoints }) => endpoints?.length === 2);
    });
  }, 120_000);

  afterAll(async () => {
    await plane?.stop();
    await program?.remove();
  });

  function start(args: readonly string[], during?: (output: () => string) => Promise<void>): Promise<Ended> {
    return program.run(kubeconfig, args, during);
  }

  it.each([
    ['services', '/api/v1/services'],
    ['pods', '/api/v1/pods'],
    ['nodes', '/api/v1/nodes'],
    ['endpointslices', '/apis/discovery.k8s.io/v1/endpointslices'],
  ])('prints %s as they are', async (kind, path) => {
    const { stdout, status } = await start(['get', kind, '--live', '-o', 'json']);
    expect(status).toBe(0);
    const { body } = await plane.call('GET', path);
    // The server writes some fields that are not there as null.
    const withoutNulls = (text: string) => JSON.parse(text, (_, value: unknown) => value ?? undefined) as unknown;
    const items = withoutNulls(JSON.stringify(body.items)) as Item[];
    const real = items.map(withoutManagers).sort(byName);
    const ours = (withoutNulls(stdout) as { items: (Item & { apiVersion: string; kind: string })[] }).items;
    expect(ours.map(({ apiVersion: _, kind: __, ...item }) => item).sort(byName)).toEqual(real);
  });

  it('is refused nothing by the simulation, and finds what is wrong', async () => {
    expect((await start(['get', 'refused', '--live', '-o', 'json'])).stdout).toBe('{\n  "items": []\n}\n');
    const { status, stdout } = await start(['check', '--live', '--format', 'json']);
    expect(status).toBe(1);
    const report = JSON.parse(stdout) as { findings: { code: string; file: string; message: string }[] };
    const findings = report.findings.map(({ code, file }) => `${file} ${code}`);
    expect(findings).toContain('test/shop/service-api.yaml selector-matches-nothing');
    expect(findings.filter((text) => text.includes('service-web'))).toEqual([]);
  });

  it('traces on rules made from the real slices', async () => {
    const { stdout } = await start(['trace', '--live', '--from', 'pod/shop/front', '--to', 'http://web', '-o', 'json']);
    const { outcomes } = JSON.parse(stdout) as { outcomes: { kind: string; pod: string; probability: number }[] };
    expect(outcomes.map(({ kind, pod, probability }) => `${kind} ${pod} ${probability}`).sort()).toEqual([
      'delivered shop/web-1 0.5',
      'delivered shop/web-2 0.5',
    ]);
  });

  it('supposes what may happen to it', async () => {
    const { stdout } = await start(['what-if', '--live', '--do', 'node node-2 fails', '--request', 'pod shop/front -> http://web']); // prettier-ignore
    expect(stdout).toMatch(/node-2/);
    expect(stdout).toMatch(/DELIVERED/);
  });

  it('prints who targets whom, and one page of all, without a credential', async () => {
    const graph = await start(['graph', '--live']);
    expect(graph.status).toBe(0);
    expect(graph.stdout).toContain('shop/web');
    const page = join(folder, 'report.html');
    // The panels that are in it are built beside the program.
    const env = { ...process.env, KUBECONFIG: kubeconfig };
    const { stderr } = spawnSync(process.execPath, [join(root, 'dist/cli.js'), 'report', '--live', '-o', page], { env, encoding: 'utf8' }); // prettier-ignore
    expect(stderr).not.toContain('cannot');
    const text = await readFile(page, 'utf8');
    expect(text).toContain('10.244.1.2');
    for (const hidden of [plane.token('admin'), 'the-secret-of-the-test', kubeconfig])
      expect(text).not.toContain(hidden);
  });

  it.each([
    [
      ['policy', '--live', '--from', 'pod/shop/front', '--to', 'pod/shop/web-1', '--port', '8080'],
      /no policy selects it/,
    ],
    [['env', '--live', 'shop/front'], /WEB_SERVICE_HOST/],
    [['dns', '--live', 'web.shop.svc.cluster.local'], /10\./],
    [['balance', '--live', 'shop/web'], /web-1/],
    [['http', '--live', 'http://nobody.example/'], /no Ingress and no Gateway takes requests for nobody.example/],
    [['rules', '--live', '--node', 'node-1'], /KUBE-SERVICES/],
  ])('answers %s', async (args, words) => {
    const { stdout, stderr } = await start(args);
    expect(`${stdout}${stderr}`).toMatch(words);
    expect(stderr).not.toMatch(/\bat .*:\d+:\d+\)?$/m);
  });

  it('takes the arguments that follow PATH elsewhere', async () => {
    const { stdout } = await start(['dns', '--live', 'web.shop.svc.cluster.local', 'A', '-o', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({ rcode: 'NOERROR' });
    const named = await start(['get', 'services', '--live', '-n', 'other', '-o', 'json']);
    expect((JSON.parse(named.stdout) as { items: Item[] }).items.map(({ metadata }) => metadata.name)).toEqual([
      'elsewhere',
    ]);
  });

  it('tells what apply would change, and what becomes of a request', async () => {
    const file = join(folder, 'shop.yaml');
    const service = (name: string, app: string) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: 'shop' },
      spec: { selector: { app }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
    });
    await writeFile(file, [service('web', 'wbe'), service('api', 'api'), service('new', 'front')].map((item) => JSON.stringify(item)).join('\n---\n')); // prettier-ignore
    const { status, stdout } = await start(['diff', file, '--live', '--from', 'pod/shop/front', '--to', 'http://web']);
    expect(status).toBe(1);
    expect(stdout.replaceAll(folder, '')).toMatchSnapshot();
    await writeFile(file, JSON.stringify(service('web', 'web')));
    const same = JSON.parse((await start(['diff', file, '--live', '-o', 'json'])).stdout) as Record<string, unknown>;
    expect(same).toMatchObject({ services: [], refused: [], onlyInFiles: [] });
    await writeFile(file, JSON.stringify({ ...service('web', 'web'), spec: { clusterIP: '10.96.77.77', ports: [{ port: 80 }] } })); // prettier-ignore
    const refused = JSON.parse((await start(['diff', file, '--live', '-o', 'json'])).stdout) as { refused: { message: string }[] }; // prettier-ignore
    const real = await plane.call('PATCH', '/api/v1/namespaces/shop/services/web?dryRun=All', { spec: { clusterIP: '10.96.77.77', clusterIPs: ['10.96.77.77'] } }); // prettier-ignore
    expect(refused.refused.map(({ message }) => message)).toEqual([real.body.message]);
  });

  it('tells which endpoints a changed template replaces', async () => {
    const deployment = (port: number) => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'back', namespace: 'other' },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: 'back' } },
        template: {
          metadata: { labels: { app: 'back' } },
          spec: { containers: [{ name: 'main', image: 'registry.example/back:1', ports: [{ name: 'http', containerPort: port }] }] },
        },
      },
    }); // prettier-ignore
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'back', namespace: 'other' }, spec: { selector: { app: 'back' }, ports: [{ port: 80, targetPort: 'http' }] } }; // prettier-ignore
    await plane.create(service);
    await plane.create(deployment(8080));
    const pods = async () => {
      const { body } = await plane.call('GET', '/api/v1/namespaces/other/pods?labelSelector=app%3Dback');
      return (body.items as Item[]).map(({ metadata }) => metadata.name);
    };
    await until('the pods', async () => (await pods()).length === 2);
    for (const [i, name] of (await pods()).entries()) {
      const { status } = pod({ namespace: 'other', name, labels: {}, node: 1, address: `10.244.1.${20 + i}` });
      await plane.call('POST', `/api/v1/namespaces/other/pods/${name}/binding`, { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target: { apiVersion: 'v1', kind: 'Node', name: 'node-1' } }); // prettier-ignore
      await plane.call('PATCH', `/api/v1/namespaces/other/pods/${name}/status`, { status });
    }
    await until('the endpoints', async () => {
      const { body } = await plane.call('GET', '/apis/discovery.k8s.io/v1/namespaces/other/endpointslices?labelSelector=kubernetes.io/service-name%3Dback'); // prettier-ignore
      return (body.items as { endpoints: unknown[] | null }[])[0]?.endpoints?.length === 2;
    });
    const file = join(folder, 'back.yaml');
    const drift = async (port: number) => {
      await writeFile(file, [service, deployment(port)].map((item) => JSON.stringify(item)).join('\n---\n'));
      const { stdout } = await start(['diff', file, '--live', '-o', 'json']);
      return (JSON.parse(stdout) as { services: { service: string; endpointsAdded: string[]; endpointsRemoved: string[] }[] }).services; // prettier-ignore
    };
    expect(await drift(8080)).toEqual([]);
    const [back, ...rest] = await drift(9090);
    expect(rest).toEqual([]);
    expect(back).toMatchObject({
      service: 'other/back',
      endpointsRemoved: ['10.244.1.20:8080/TCP', '10.244.1.21:8080/TCP'],
    });
    expect(back!.endpointsAdded.map((text) => text.replace(/^.*:/, ''))).toEqual(['9090/TCP', '9090/TCP']);
  }, 60_000);

  it('prints changes of endpoints as they happen', async () => {
    const label = (app: string) => plane.call('PATCH', '/api/v1/namespaces/shop/pods/web-2', { metadata: { labels: { app } } }); // prettier-ignore
    const { stdout } = await start(['watch', '--live', 'web', '-o', 'jsonl'], async (output) => {
      await until('the state', () => output().includes('"live"'), 20);
      await label('other');
      await until('the endpoint to go', () => output().includes('"removed"'), 10);
      await label('web');
      await until('the endpoint to come', () => output().includes('"added"'), 10);
    });
    const events = stdout.trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>); // prettier-ignore
    expect(events.map(({ type, service, address }) => [type, service, address])).toEqual([
      ['state', undefined, undefined],
      ['removed', 'shop/web', '10.244.2.2:8080/TCP'],
      ['added', 'shop/web', '10.244.2.2:8080/TCP'],
    ]);
  }, 60_000);

  it('takes kube-proxy and the DNS server as the cluster’s ConfigMaps have them, and reads no other', async () => {
    const configMap = (name: string, data: Record<string, string>) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'kube-system' }, data }); // prettier-ignore
    await plane.create(configMap('kube-proxy', { 'config.conf': 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: nftables\n' })); // prettier-ignore
    await plane.create(configMap('coredns', { Corefile: '.:53 {\n  kubernetes corp.example in-addr.arpa ip6.arpa\n  forward . /etc/resolv.conf\n}\n' })); // prettier-ignore
    await plane.create(configMap('other', { key: 'nobody-asked-for-it-secret-of-the-test' }));
    const rules = await start(['rules', '--live', '--node', 'node-1']);
    expect(rules.stdout).toContain('table ip kube-proxy');
    const answer = await start(['dns', '--live', 'web.shop.svc.corp.example', '-o', 'json']);
    expect(JSON.parse(answer.stdout)).toMatchObject({ rcode: 'NOERROR', answers: [expect.stringMatching(/^web\.shop\.svc\.corp\.example\. A 10\./)] }); // prettier-ignore
    const compared = await start(['diff', join(folder, 'back.yaml'), '--live', '-o', 'json']);
    expect(compared.stdout).not.toContain('ConfigMap');
  });

  it('finds slices that do not follow their pods', async () => {
    plane.pause('kube-controller-manager');
    try {
      await plane.call('PATCH', '/api/v1/namespaces/shop/pods/web-1', { metadata: { labels: { app: 'gone' } } });
      const { stdout } = await start(['check', '--live', '--format', 'json']);
      const { findings } = JSON.parse(stdout) as { findings: { code: string; message: string }[] };
      const found = findings.filter(({ code }) => code === 'endpoints-differ');
      expect(found.map(({ message }) => message)).toEqual([expect.stringContaining('10.244.1.2:8080/TCP (pod shop/web-1 on node-1) is in a slice, and no pod gives it')]); // prettier-ignore
      // The trace goes by the slices, as kube-proxy does.
      const traced = await start(['trace', '--live', '--from', 'pod/shop/front', '--to', 'http://web', '-o', 'json']);
      const { outcomes } = JSON.parse(traced.stdout) as { outcomes: { pod?: string }[] };
      expect(outcomes.map(({ pod }) => pod)).toContain('shop/web-1');
    } finally {
      plane.resume('kube-controller-manager');
    }
    await until('the slices to follow', async () => {
      const { stdout } = await start(['check', '--live', '--format', 'json']);
      return !stdout.includes('endpoints-differ');
    });
  }, 60_000);

  it('claims no rules where another program than kube-proxy sends requests to endpoints', async () => {
    const agent = {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'cilium', namespace: 'kube-system' },
      spec: {
        selector: { matchLabels: { 'k8s-app': 'cilium' } },
        template: { metadata: { labels: { 'k8s-app': 'cilium' } }, spec: { nodeSelector: { none: 'here' }, containers: [{ name: 'cilium-agent', image: 'registry.example/cilium:1' }] } },
      },
    };
    await plane.create(agent);
    const { stdout } = await start(['trace', '--live', '--from', 'pod/shop/front', '--to', 'http://web']);
    expect(stdout).toContain('DELIVERED, as far as is known');
    expect(stdout).toContain('Cilium on node-1');
    expect(stdout).not.toMatch(/KUBE-[A-Z]|iptables \(/);
    await plane.call('DELETE', '/apis/apps/v1/namespaces/kube-system/daemonsets/cilium');
    const after = await start(['trace', '--live', '--from', 'pod/shop/front', '--to', 'http://web']);
    expect(after.stdout).not.toContain('as far as is known');
  }); // prettier-ignore

  it('says in a sentence what keeps it from the cluster', async () => {
    const nowhere = await start(['get', 'services', '--live', '--context', 'nowhere']);
    expect(nowhere).toMatchObject({ status: 2, stdout: '', stderr: 'service-topology: no context nowhere in the kubeconfig; contexts: test\n' }); // prettier-ignore
    const missing = await start(['get', 'services', '--live', '--kubeconfig', '/no/such/file']);
    expect(missing.stderr).toBe('service-topology: cannot read the kubeconfig /no/such/file: ENOENT\n');
    const both = await start(['check', '--live', '.']);
    expect(both).toMatchObject({ status: 2, stdout: '' });
  });

  it('prints no token and no Secret', () => {
    expect(program.outputs.length).toBeGreaterThan(10);
    for (const output of program.outputs)
      expect(output).not.toMatch(/token-of-the-test|secret-of-the-test|kind: Secret/);
  });

  it('has asked the API server for nothing but what may be read, and for no Secret', async () => {
    await expectReadingOnly(plane);
  });
});

function withoutManagers({ metadata: { managedFields: _, ...metadata }, ...item }: Item): Item {
  return { ...item, metadata };
}

function byName(a: Item, b: Item): number {
  const text = ({ metadata }: Item) => `${metadata.namespace ?? ''}/${metadata.name}`;
  return text(a) < text(b) ? -1 : 1;
}

/** Topologies to look at and to test with: a shop with faults, and one with thousands of Services. */

import type { WireTopology, WireTopologyEdge, WireTopologyNode } from '#protocol/values';

type Problem = WireTopologyNode['problems'][number];

class Builder {
  readonly nodes: WireTopologyNode[] = [];
  readonly edges: WireTopologyEdge[] = [];

  constructor(readonly clusterNodes: readonly string[]) {
    for (const [index, name] of clusterNodes.entries()) {
      const zone = `zone-${'ab'[index % 2]}`;
      this.add('node', `node/${name}`, name, `192.168.0.${11 + index}, ${zone}`, '', { zone });
    }
  }

  add(
    kind: WireTopologyNode['kind'],
    id: string,
    label: string,
    detail: string,
    parent: string,
    more: Partial<WireTopologyNode> = {},
  ): void {
    const object = kind === 'node' || kind === 'outside' ? undefined : `object of ${id}`;
    this.nodes.push({ id, kind, label, detail, parent, ports: [], object, pods: [], problems: [], ...more });
  }

  namespace(name: string, detail: string): void {
    this.add('namespace', `namespace/${name}`, name, detail, '');
  }

  /** `ports` are labels, each beginning with the port's name. */
  service(namespace: string, name: string, detail: string, ports: readonly string[], problems: Problem[] = []): void {
    this.add('service', `service/${namespace}/${name}`, name, detail, `namespace/${namespace}`, {
      ports: ports.map((label) => ({ id: `${label.split(' ')[0]}/TCP`, label })),
      problems,
    });
  }

  /** A workload with its pods, `ready` of them ready, spread over the nodes. */
  workload(namespace: string, kind: string, name: string, pods: number, ready = pods, problems: Problem[] = []): void {
    const id = `${kind.toLowerCase()}/${namespace}/${name}`;
    const detail = `${kind}, ${pods} replica${pods === 1 ? '' : 's'}`;
    const all = Array.from({ length: pods }, (_, index) => ({
      name: `${name}-${index + 1}`,
      ready: index < ready,
      node: this.clusterNodes[(index + name.length) % this.clusterNodes.length] ?? '',
      address: `10.244.${(index + name.length) % 3}.${index + 5}`,
    }));
    this.add('workload', id, name, detail, `namespace/${namespace}`, { problems, pods: all });
  }

  edge(kind: WireTopologyEdge['kind'], from: string, to: string, more: Partial<WireTopologyEdge> = {}): void {
    this.edges.push({ id: `${from} ${more.fromPort ?? ''} → ${to}`, from, to, kind, label: '', ...more });
  }

  topology(scope: string): WireTopology {
    return { scope, nodes: this.nodes, edges: this.edges };
  }
}

function makeShop(): WireTopology {
  const b = new Builder(['node-a', 'node-b', 'node-c']);
  b.namespace('shop', '6 Services, 6 workloads');
  b.namespace('payments', '1 Service, 2 workloads');
  b.namespace('data', '2 Services, 2 workloads');
  b.add('outside', 'outside', 'outside', 'clients outside of the cluster', '');
  b.add('ingress', 'ingress/shop/shop', 'shop', 'Ingress', 'namespace/shop', {
    problems: [
      {
        severity: 'error',
        message: 'Ingress shop/shop sends /pay to Service payments-api, which is not in shop',
        details: [],
      },
    ],
  });

  b.service('shop', 'front', 'NodePort 30080', ['http 80 → http (8080)', 'metrics 9090 → 9090']);
  b.service('shop', 'cart', 'ClusterIP 10.96.31.120', ['http 80 → http (7070)']);
  b.service(
    'shop',
    'web',
    'ClusterIP 10.96.114.7 (assigned)',
    ['http 80 → http'],
    [
      {
        severity: 'error',
        details: [],
        message:
          'Service shop/web selects no pod: app: web matches none of 6 pod templates in shop. Nearest: Deployment shop/web has app: wbe.',
      },
    ],
  );
  b.service(
    'shop',
    'catalog',
    'ClusterIP 10.96.8.41',
    ['http 80 → http (no such port)', 'grpc 9000 → grpc (9000)'],
    [
      {
        severity: 'error',
        details: [],
        message:
          'Service shop/catalog port http: no container of Deployment shop/catalog has a port named http (it has web, grpc)',
      },
    ],
  );
  b.service('shop', 'search', 'ClusterIP 10.96.77.3', ['http 80 → 8080']);
  b.service(
    'shop',
    'payments',
    'ClusterIP 10.96.200.18',
    ['http 80 → http'],
    [
      {
        severity: 'error',
        details: [],
        message: 'Service shop/payments selects no pod: app: payments-api runs only in namespace payments',
      },
      { severity: 'warning', message: 'Service shop/payments has a session affinity that no client sees', details: [] },
    ],
  );
  b.workload('shop', 'Deployment', 'front', 3);
  b.workload('shop', 'Deployment', 'cart', 2);
  b.workload('shop', 'Deployment', 'web', 2);
  b.workload('shop', 'Deployment', 'catalog', 2);
  b.workload('shop', 'Deployment', 'search', 4, 2);
  b.workload('shop', 'CronJob', 'nightly-reindex-of-the-whole-catalogue', 1);

  b.service('payments', 'api', 'ClusterIP 10.96.55.2', ['https 443 → https (8443)']);
  b.workload('payments', 'Deployment', 'payments-api', 3);
  b.workload('payments', 'Deployment', 'ledger', 1, 0, [
    {
      severity: 'warning',
      details: [],
      message: 'Deployment payments/ledger: no Service selects its pods, and its port 9000 is declared',
    },
  ]);

  b.service('data', 'postgres', 'headless', ['sql 5432 → 5432']);
  b.service('data', 'redis', 'ClusterIP 10.96.140.9', ['redis 6379 → 6379']);
  b.workload('data', 'StatefulSet', 'postgres', 3);
  b.workload('data', 'StatefulSet', 'redis', 1);

  const targets = (service: string, port: string, workload: string, more: Partial<WireTopologyEdge> = {}): void => {
    b.edge('targets', `service/${service}`, workload, { fromPort: `${port}/TCP`, ...more });
  };
  b.edge('routes', 'outside', 'service/shop/front', { label: 'node port 30080' });
  b.edge('routes', 'ingress/shop/shop', 'service/shop/front', { label: 'shop.example.com/' });
  b.edge('routes', 'ingress/shop/shop', '', {
    label: 'shop.example.com/pay',
    problem: { severity: 'error', message: 'no Service shop/payments-api' },
  });
  targets('shop/front', 'http', 'deployment/shop/front', { label: '8080' });
  targets('shop/front', 'metrics', 'deployment/shop/front', { label: '9090' });
  targets('shop/cart', 'http', 'deployment/shop/cart', { label: '7070' });
  b.edge('targets', 'service/shop/web', 'deployment/shop/web', {
    problem: { severity: 'error', message: 'Service shop/web selects no pod' },
  });
  targets('shop/catalog', 'http', 'deployment/shop/catalog', {
    problem: { severity: 'error', message: 'no container of it has a port named http' },
  });
  targets('shop/catalog', 'grpc', 'deployment/shop/catalog', { label: '9000' });
  targets('shop/search', 'http', 'deployment/shop/search', { label: '8080' });
  b.edge('targets', 'service/shop/payments', '', {
    problem: { severity: 'error', message: 'Service shop/payments selects no pod' },
  });
  targets('payments/api', 'https', 'deployment/payments/payments-api', { label: '8443' });
  targets('data/postgres', 'sql', 'statefulset/data/postgres', { label: '5432' });
  targets('data/redis', 'redis', 'statefulset/data/redis', { label: '6379' });
  return b.topology('examples/shop');
}

export const shop: WireTopology = makeShop();

/** Services with a workload of `pods` pods each, 25 to a namespace; every 40th misses. */
export function large(services: number, pods = 10): WireTopology {
  const b = new Builder(Array.from({ length: 12 }, (_, index) => `node-${index + 1}`));
  for (let index = 0; index < services; index++) {
    const namespace = `team-${String(Math.floor(index / 25)).padStart(3, '0')}`;
    const name = `service-${String(index).padStart(4, '0')}`;
    if (index % 25 === 0) b.namespace(namespace, '25 Services, 25 workloads');
    const isBroken = index % 40 === 7;
    const problem: Problem = { severity: 'error', message: `Service ${namespace}/${name} selects no pod`, details: [] };
    b.service(
      namespace,
      name,
      `ClusterIP 10.96.${index >> 8}.${index & 255}`,
      ['http 80 → 8080'],
      isBroken ? [problem] : [],
    );
    b.workload(namespace, 'Deployment', name, pods);
    b.edge('targets', `service/${namespace}/${name}`, isBroken ? '' : `deployment/${namespace}/${name}`, {
      fromPort: 'http/TCP',
      problem: isBroken ? problem : undefined,
    });
  }
  return b.topology('large');
}

/** The same request in other modes, from other places, under other releases: what differs, and what the rules cost. */

import { describe, expect, it } from 'vitest';
import { compareRequest, type Comparison } from '#analysis/trace/compare';
import { createWorkspace } from '#analysis/workspace';
import { defaultSettings } from '#model/settings';

const pod = (name: string, node: string, labels: string) => `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: shop, labels: {${labels}}}
spec:
  nodeName: ${node}
  containers: [{name: main, image: registry.example/main:1, ports: [{containerPort: 8080}]}]
`;

const service = (name: string, spec: string) => `
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: shop}
spec: {${spec}}
`;

function compare(
  documents: readonly string[],
  request: Parameters<typeof compareRequest>[0],
  settings = defaultSettings,
): Comparison {
  const workspace = createWorkspace({ settings, roots: [] });
  workspace.setFile('shop.yaml', documents.join('---\n'));
  workspace.update();
  const result = compareRequest(request, workspace, workspace.scopes[0]!);
  if ('error' in result) throw new Error(result.error);
  return result;
}

const shop = [
  service('web', 'selector: {app: web}, ports: [{port: 80, targetPort: 8080}]'),
  service('near', 'selector: {app: web}, internalTrafficPolicy: Local, ports: [{port: 80, targetPort: 8080}]'),
  service(
    'open',
    'selector: {app: web}, type: NodePort, externalTrafficPolicy: Local, ports: [{port: 80, targetPort: 8080, nodePort: 30080}]',
  ),
  pod('web-0', 'node-b', 'app: web'),
  pod('client', 'node-a', 'app: client'),
];

describe('comparing a request', () => {
  it('asks every mode and the like place on each node, and says that nothing differs', () => {
    const { modes, sources, cells, differences } = compare(shop, { request: { from: 'pod shop/client', to: 'web' } });
    expect(modes).toEqual(['iptables', 'nftables', 'ipvs']);
    expect(sources).toEqual(['pod shop/client', 'node node-a', 'node node-b', 'node node-c']);
    expect(cells).toHaveLength(12);
    for (const cell of cells) expect([cell.verdict, cell.failed]).toEqual(['DELIVERED', false]);
    expect(differences).toEqual(['The same in every mode: DELIVERED', 'The same in each of these sources: DELIVERED']);
  });

  it('tells on which nodes a Local policy drops, and that IPVS refuses there', () => {
    const { cells, differences } = compare(shop, { request: { from: 'pod shop/client', to: 'near' } });
    const verdicts = new Map(cells.map(({ source, mode, verdict }) => [`${source} ${mode}`, verdict]));
    expect(verdicts.get('node node-b iptables')).toBe('DELIVERED');
    expect(verdicts.get('node node-c iptables')).toBe('TIMES OUT, always');
    expect(verdicts.get('node node-c nftables')).toBe('TIMES OUT, always');
    expect(verdicts.get('node node-c ipvs')).toBe('REFUSED, always');
    expect(differences[1]).toMatch(/^It depends on the source: .*node node-b: DELIVERED/);
  });

  it('comes in from outside through each node', () => {
    const { cells } = compare(shop, {
      request: { from: 'outside via node-a', to: 'service shop/open' },
      modes: ['iptables'],
    });
    expect(cells.map(({ source, failed }) => [source, failed])).toEqual([
      ['outside via node-a', true],
      ['outside via node-b', false],
      ['outside via node-c', true],
    ]);
  });

  it('simulates other releases from the same objects', () => {
    const documents = [...shop, service('1web', 'selector: {app: web}, ports: [{port: 80, targetPort: 8080}]')];
    const { cells, differences } = compare(documents, {
      request: { from: 'pod shop/client', to: 'http://1web/' },
      modes: ['iptables'],
      sources: ['pod shop/client'],
      versions: ['1.35', '1.37'],
    });
    expect(cells.map(({ version, verdict }) => [version, verdict])).toEqual([
      ['1.35', 'NAME NOT RESOLVED, always'],
      ['1.37', 'DELIVERED'],
    ]);
    expect(differences).toEqual(['It depends on the release: 1.35: NAME NOT RESOLVED, always; 1.37: DELIVERED']);
  });

  it('calls the address that another release has for a name which the cluster’s own does not know', () => {
    const documents = [...shop, service('1web', 'selector: {app: web}, ports: [{port: 80, targetPort: 8080}]')];
    const request = {
      request: { from: 'pod shop/client', to: 'http://1web/' },
      modes: ['iptables' as const],
      sources: ['node node-a'],
      versions: ['1.35', '1.37'],
    };
    const { cells } = compare(documents, request, { ...defaultSettings, kubernetesVersion: '1.35' });
    for (const cell of cells) expect(cell.request).toMatchObject({ to: expect.stringMatching(/^10\./), port: 80 });
    expect(cells[1]!.verdict).toBe('DELIVERED');
  });

  it('marks rules of releases that nobody wrote down', () => {
    const { cells } = compare(shop, {
      request: { from: 'pod shop/client', to: 'web' },
      sources: ['pod shop/client'],
      versions: ['1.34'],
    });
    expect(cells.map(({ mode, asOf }) => [mode, asOf])).toEqual([
      ['iptables', undefined],
      ['nftables', undefined],
      ['ipvs', '1.37'],
    ]);
  });

  it('counts rules: with more Services there are more to go past in iptables mode alone', () => {
    const costs = (others: number) => {
      const more = Array.from({ length: others }, (_, i) =>
        service(`a-${i}`, 'selector: {app: web}, ports: [{port: 80, targetPort: 8080}]'),
      );
      const request = { from: 'pod shop/client', to: 'web' };
      return new Map(compare([...shop, ...more], { request }).costs.map((cost) => [cost.mode, cost]));
    };
    const [few, many] = [costs(10), costs(40)];
    const grown = (mode: 'iptables' | 'nftables' | 'ipvs') => many.get(mode)!.together - few.get(mode)!.together;
    expect(grown('iptables')).toBeGreaterThanOrEqual(30);
    expect([grown('nftables'), grown('ipvs')]).toEqual([0, 0]);
    expect(many.get('iptables')).toMatchObject({ services: 43, alone: few.get('iptables')!.alone });
  });

  it('says what keeps it from comparing', () => {
    expect(() => compare(shop, { request: { from: 'pod shop/clint', to: 'web' } })).toThrow('no pod shop/clint');
  });
});

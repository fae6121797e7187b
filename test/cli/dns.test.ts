/** `dns` and `env`, run as a user runs them. */

import { describe, expect, it } from 'vitest';
import { folderOf, run } from '../support/program';

const manifests = `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.96.0.50, ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: client, namespace: shop}
spec: {containers: [{name: main, image: i, env: [{name: URL, value: 'http://$(WEB_SERVICE_HOST)'}]}]}
status: {podIP: 10.244.1.7}
`;

function output(...args: string[]): string {
  const folder = folderOf({ 'shop.yaml': manifests });
  const [command = '', ...rest] = args;
  const { status, stdout, stderr } = run([command, 'shop.yaml', ...rest], { cwd: folder });
  expect([status, stderr]).toEqual([0, '']);
  return stdout;
}

describe('dns', () => {
  it('prints as dig does', () => {
    expect(output('dns', 'web.shop.svc.cluster.local')).toBe(
      [
        ';; ->>HEADER<<- opcode: QUERY, status: NOERROR',
        ';; flags: qr aa rd; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 0',
        '',
        ';; QUESTION SECTION:',
        ';web.shop.svc.cluster.local.\tIN\tA',
        '',
        ';; ANSWER SECTION:',
        'web.shop.svc.cluster.local. 30\tIN\tA\t10.96.0.50',
        '',
        ';; SERVER: 10.96.0.10#53',
        '',
        ';; Service web in namespace shop',
        '',
      ].join('\n'),
    );
    const denied = output('dns', 'db.shop.svc.cluster.local', 'AAAA');
    expect(denied).toContain(
      'status: NXDOMAIN\n;; flags: qr aa rd; QUERY: 1, ANSWER: 0, AUTHORITY: 1, ADDITIONAL: 0\n',
    );
    expect(denied).toContain('\ncluster.local.\t\t30\tIN\tSOA\tns.dns.cluster.local. hostmaster.cluster.local. 1 7200 1800 86400 30\n'); // prettier-ignore
    expect(denied).toContain('\n;; no Service db in namespace shop\n');
  });

  it('shows the search of a pod, try by try', () => {
    const text = output('dns', 'web.shop', '--from', 'pod/shop/client');
    const lines = text.split('\n').filter((line) => line.startsWith(';; try') || line.startsWith('web.'));
    expect(lines).toEqual([
      ';; try 1 of 2: web.shop.shop.svc.cluster.local.',
      ';; try 2 of 2: web.shop.svc.cluster.local.',
      'web.shop.svc.cluster.local. 30\tIN\tA\t10.96.0.50',
    ]);
    expect(text).toContain(';;   search shop.svc.cluster.local svc.cluster.local cluster.local\n');
    expect(output('dns', '--from', 'pod/shop/client')).toContain('\n10.244.1.7\tclient\n');
  });

  it('gives programs all of it', () => {
    const answer = JSON.parse(output('dns', 'web.shop.svc.cluster.local', 'SRV', '-o', 'json')) as unknown;
    expect(answer).toMatchObject({
      rcode: 'NOERROR',
      answers: ['web.shop.svc.cluster.local. SRV 0 100 80 web.shop.svc.cluster.local.'],
      ttl: 30,
      additional: [{ type: 'A', value: '10.96.0.50' }],
      service: 'shop/web',
    });
  });
});

describe('env', () => {
  it("prints a container's variables with where they come from", () => {
    const text = output('env', 'pod/shop/client');
    expect(text).toContain('# container main of pod shop/client\n');
    expect(text).toContain('# env\nURL=http://10.96.0.50\n');
    expect(text).toContain('# Service shop/web\nWEB_PORT=tcp://10.96.0.50:80\n');
    const value = JSON.parse(output('env', 'pod/shop/client', '-c', 'main', '-o', 'json')) as unknown;
    expect(value).toMatchObject({ pod: 'shop/client', containers: [{ container: 'main', problems: [] }] });
  });

  it('names the containers that there are', () => {
    const folder = folderOf({ 'shop.yaml': manifests });
    const { status, stderr } = run(['env', 'shop.yaml', 'pod/shop/client', '-c', 'side'], { cwd: folder });
    expect([status, stderr]).toEqual([2, 'service-topology: pod shop/client has no container side: it has main\n']);
  });
});

/** Each form in which a user may write the two ends of a request and its port, traced: what it stands for, or what is wrong with it. */

import { expect, describe, it } from 'vitest';
import { traceRequest } from '#analysis/trace/trace';
import type { TraceRequest } from '#analysis/types';
import { workspaceOf } from './case-file';

const manifests = `apiVersion: v1
kind: Node
metadata: {name: worker-1}
status: {addresses: [{type: InternalIP, address: 172.18.0.3}, {type: InternalIP, address: 'fd01::3'}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  type: NodePort
  ipFamilyPolicy: RequireDualStack
  ipFamilies: [IPv4, IPv6]
  clusterIP: 10.96.7.7
  clusterIPs: [10.96.7.7, 'fd00:10:96::77']
  selector: {app: web}
  ports:
    - {name: http, port: 80, targetPort: 8080, nodePort: 30080}
    - {name: metrics, port: 9100, targetPort: 9100, nodePort: 30100}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web, ports: [{containerPort: 8080}, {containerPort: 9100}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: client, namespace: shop, labels: {app: client}}
spec: {nodeName: worker-1, containers: [{name: client, image: client}]}
status: {podIP: 10.244.9.9, podIPs: [{ip: 10.244.9.9}, {ip: 'fd00:10:244::99'}], phase: Running}
---
apiVersion: v1
kind: Pod
metadata: {name: alone, namespace: shop, labels: {app: alone}}
spec: {nodeName: worker-1, containers: [{name: alone, image: alone}]}
`;

const workspace = workspaceOf(new Map([['shop.yaml', manifests]]));

/** `FROM | TO (ADDRESS:PORT/PROTOCOL) | VERDICT`, or `at FIELD: what is wrong [what could stand there]`. */
function told(request: TraceRequest): string {
  const result = traceRequest(request, workspace, workspace.scopes[0]!);
  if (!('error' in result)) return `${result.from} | ${result.to} | ${result.verdict}`;
  const instead = result.suggestions?.length ? ` [${result.suggestions.join(', ')}]` : '';
  return `at ${result.at}: ${result.error}${instead}`;
}

describe('destinations', () => {
  it.each<[Partial<TraceRequest> & { to: string }, string]>([
    [{ to: 'web' }, 'at port: say the port: Service shop/web has 80/TCP (http), 9100/TCP (metrics) [80, 9100]'],
    [{ to: 'web', port: 80 }, 'web (10.96.7.7:80/TCP) | DELIVERED'],
    [{ to: 'web.shop', port: 80 }, 'web.shop (10.96.7.7:80/TCP) | DELIVERED'],
    [{ to: 'web.shop.svc.cluster.local:80' }, 'web.shop.svc.cluster.local:80 (10.96.7.7:80/TCP) | DELIVERED'],
    [{ to: 'web.shop.svc.cluster.local.:80' }, 'web.shop.svc.cluster.local.:80 (10.96.7.7:80/TCP) | DELIVERED'],
    [{ to: '10.96.7.7:80' }, '10.96.7.7:80/TCP | DELIVERED'],
    [{ to: '10.96.7.7', port: 80 }, '10.96.7.7:80/TCP | DELIVERED'],
    [{ to: '[fd00:10:96::77]:80' }, '[fd00:10:96::77]:80/TCP | DELIVERED'],
    [{ to: 'fd00:10:96::77', port: 80 }, '[fd00:10:96::77]:80/TCP | DELIVERED'],
    [{ to: '[fd00:10:96::77]', port: 80 }, '[fd00:10:96::77] ([fd00:10:96::77]:80/TCP) | DELIVERED'],
    [{ to: '172.18.0.3:30080' }, '172.18.0.3:30080/TCP | DELIVERED'],
    [{ to: '[fd01::3]:30080' }, '[fd01::3]:30080/TCP | DELIVERED'],
    [{ to: 'node worker-1:30080' }, 'node worker-1:30080 (172.18.0.3:30080/TCP) | DELIVERED'],
    [{ to: 'worker-1:30080' }, 'worker-1:30080 | NAME NOT RESOLVED, always'],
    [{ to: 'http://web/path?q=1#x' }, 'http://web/path?q=1#x (10.96.7.7:80/TCP) | DELIVERED'],
    [{ to: 'HTTP://Web.Shop/path' }, 'HTTP://Web.Shop/path (10.96.7.7:80/TCP) | DELIVERED'],
    [{ to: 'http://web:9100/metrics' }, 'http://web:9100/metrics (10.96.7.7:9100/TCP) | DELIVERED'],
    [{ to: 'http://172.18.0.3:30080/path' }, 'http://172.18.0.3:30080/path (172.18.0.3:30080/TCP) | DELIVERED'],
    [{ to: 'http://[fd00:10:96::77]/path' }, 'http://[fd00:10:96::77]/path ([fd00:10:96::77]:80/TCP) | DELIVERED'],
    [{ to: 'web:http' }, 'web:http (10.96.7.7:80/TCP) | DELIVERED'],
    [{ to: 'web:metrics' }, 'web:metrics (10.96.7.7:9100/TCP) | DELIVERED'],
    [{ to: 'http://web:metrics/path' }, 'http://web:metrics/path (10.96.7.7:9100/TCP) | DELIVERED'],
    [{ to: '10.96.7.7:metrics' }, '10.96.7.7:metrics (10.96.7.7:9100/TCP) | DELIVERED'],
    [{ to: 'service web:http' }, 'service web:http (10.96.7.7:80/TCP) | DELIVERED'],
    [{ to: 'svc/shop/web:80' }, 'svc/shop/web:80 (10.96.7.7:80/TCP) | DELIVERED'],
    [{ to: 'shop/web:http' }, 'shop/web:http (10.96.7.7:80/TCP) | DELIVERED'],
    [{ to: 'deployment/shop/web:8080' }, 'deployment/shop/web:8080 (10.244.71.200:8080/TCP) | DELIVERED'],
    [{ to: 'pod shop/client:1234' }, 'pod shop/client:1234 (10.244.9.9:1234/TCP) | DELIVERED'],
    [{ to: 'web:80/TCP' }, 'web:80/TCP (10.96.7.7:80/TCP) | DELIVERED'],
    [{ to: 'web:80', protocol: 'UDP' }, 'web:80 (10.96.7.7:80/UDP) | TIMES OUT, always'],
    [{ to: ' web:80 ' }, 'web:80 (10.96.7.7:80/TCP) | DELIVERED'],
    [{ to: 'web/path' }, 'at to: no Service web/path: there is none in namespace web'],
    [{ to: 'web:80/path' }, 'at to: a path belongs to a URL: http://web:80/path [http://web:80/path]'],
    [{ to: 'web.shop:80/path' }, 'at to: a path belongs to a URL: http://web.shop:80/path [http://web.shop:80/path]'],
    [
      { to: '//web/path' },
      'at to: cannot read the destination "//web/path": write a name, name:port, a URL, an address, service NS/NAME, pod NS/NAME or node NAME',
    ],
    [{ to: 'http:/web' }, 'at to: a URL has two slashes behind its scheme [http://web]'],
    [{ to: 'http://' }, 'at to: "http://" names no host'],
    [
      { to: 'web:htpt' },
      'at to: Service shop/web has no port htpt; it has 80/TCP (http), 9100/TCP (metrics) [web:80, web:9100]',
    ],
    [{ to: 'web:' }, 'at to: cannot read the port of "web:"'],
    [{ to: 'web:0' }, 'at to: 0 is no port: ports go from 1 to 65535'],
    [{ to: 'web:99999' }, 'at to: 99999 is no port: ports go from 1 to 65535'],
    [{ to: 'http://web:99999/' }, 'at to: 99999 is no port: ports go from 1 to 65535'],
    [{ to: 'web', port: 70000 }, 'at port: 70000 is no port: ports go from 1 to 65535'],
    [
      { to: '10.96.7.777:80' },
      'at to: 10.96.7.777 is no IPv4 address: that is four numbers from 0 to 255, such as 10.96.0.1',
    ],
    [{ to: '10.96.7:80' }, 'at to: 10.96.7 is no IPv4 address: that is four numbers from 0 to 255, such as 10.96.0.1'],
    [{ to: '[fd00::zz]:80' }, 'at to: fd00::zz is no IPv6 address'],
    [{ to: '[fd00::1:80' }, 'at to: an IPv6 address with a port is written as [fd00::1]:80'],
    [{ to: 'fd00:10:96::77:80' }, 'at port: say the port: nothing tells it for fd00:10:96::77:80'],
    [{ to: 'wbe:80' }, 'wbe:80 | NAME NOT RESOLVED, always'],
    [{ to: 'service wbe' }, 'at to: no Service wbe; nearest: shop/web [service shop/web]'],
    [{ to: 'node worker-9:30080' }, 'at to: no node worker-9; there are worker-1 [node worker-1:30080]'],
    [
      { to: '???' },
      'at to: cannot read the destination "???": write a name, name:port, a URL, an address, service NS/NAME, pod NS/NAME or node NAME',
    ],
    [
      { to: 'web web web' },
      'at to: cannot read the destination "web web web": write a name, name:port, a URL, an address, service NS/NAME, pod NS/NAME or node NAME',
    ],
    [{ to: '' }, 'at to: it is not said where the request goes'],
    [{ to: 'outside' }, 'at to: outside cannot be the destination: write the address or name that is called'],
    [{ to: 'pod shop/alone' }, 'at port: say the port: pod shop/alone declares none'],
    [{ to: '8.8.8.8' }, 'at port: say the port: nothing tells it for 8.8.8.8'],
    [{ to: '10.244.9.9:1234' }, '10.244.9.9:1234/TCP | DELIVERED'],
  ])('%j', (request, expected) => {
    expect(told({ from: 'pod shop/client', ...request }).replace(/^pod shop\/client on worker-1 \| /, '')).toBe(
      expected,
    );
  });
});

describe('sources', () => {
  it.each<[string, string]>([
    ['pod shop/client', 'pod shop/client on worker-1'],
    ['pod/shop/client', 'pod shop/client on worker-1'],
    ['pod/client', 'pod shop/client on worker-1'],
    ['shop/client', 'pod shop/client on worker-1'],
    ['client', 'pod shop/client on worker-1'],
    ['deployment/shop/web', 'pod shop/web-f58c768cd-2jjcx on worker-1'],
    ['deploy/web', 'pod shop/web-f58c768cd-2jjcx on worker-1'],
    ['web', 'pod shop/web-f58c768cd-2jjcx on worker-1'],
    ['node worker-1', 'node worker-1'],
    ['worker-1', 'node worker-1'],
    ['no/worker-1', 'node worker-1'],
    ['outside', 'outside via worker-1'],
    ['Outside', 'outside via worker-1'],
    ['outside via worker-1', 'outside via worker-1'],
    ['outside/worker-1', 'outside via worker-1'],
    ['10.244.9.9', 'pod shop/client on worker-1'],
    ['[fd00:10:244::99]', 'pod shop/client on worker-1'],
    ['172.18.0.3', 'node worker-1'],
    ['203.0.113.5', 'outside via worker-1'],
    ['10.244.9.9:4711', "at from: a client's own port is not chosen here: write 10.244.9.9 [10.244.9.9]"],
    ['', 'at from: it is not said where the request starts'],
    ['   ', 'at from: it is not said where the request starts'],
    [
      '???',
      'at from: cannot read the source "???": write pod NS/NAME, deployment NS/NAME, node NAME, outside via NODE or an address',
    ],
    [
      'pod shop/clinet',
      'at from: no pod shop/clinet; nearest: shop/client, shop/alone [pod shop/client, pod shop/alone]',
    ],
    ['deployment/shop/wbe', 'at from: no deployment shop/wbe; nearest: shop/web [deployment shop/web]'],
    ['node worker-9', 'at from: no node worker-9; there are worker-1 [node worker-1]'],
    ['outside via worker-9', 'at from: no node worker-9; there are worker-1 [node worker-1]'],
    ['service shop/web', 'at from: a Service sends no requests: name the pod or workload that calls'],
    [
      'http://web/',
      'at from: cannot read the source "http://web/": write pod NS/NAME, deployment NS/NAME, node NAME, outside via NODE or an address',
    ],
    ['statefulset/web', 'at from: no statefulset web: there is no statefulset with pods at all'],
    ['pod other/client', 'at from: no pod other/client; nearest: shop/client [pod shop/client]'],
    [
      '10.96.7.7',
      'at from: 10.96.7.7 is an address of Service shop/web; a Service sends no requests: name the pod or workload that calls',
    ],
    ['10.244.9.999', 'at from: 10.244.9.999 is no IPv4 address: that is four numbers from 0 to 255, such as 10.96.0.1'],
    [
      'a b c',
      'at from: cannot read the source "a b c": write pod NS/NAME, deployment NS/NAME, node NAME, outside via NODE or an address',
    ],
    ['web:80', "at from: a client's own port is not chosen here: write web [web]"],
    [
      '*',
      'at from: cannot read the source "*": write pod NS/NAME, deployment NS/NAME, node NAME, outside via NODE or an address',
    ],
  ])('%j', (from, expected) => {
    expect(told({ from, to: '10.96.7.7:80' }).replace(' | 10.96.7.7:80/TCP | DELIVERED', '')).toBe(expected);
  });
});

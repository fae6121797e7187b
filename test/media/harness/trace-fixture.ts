/** Traces to look at and to test with: refused, spread over three pods, not resolved, half of it refused. */

import type { WireHop, WireTrace } from '#protocol/values';

const range = { start: { line: 6, character: 4 }, end: { line: 6, character: 12 } };
const place = { uri: 'file:///shop/web.yaml', range };

function hop(kind: WireHop['kind'], title: string, result: string, more: Partial<WireHop> = {}): WireHop {
  return { kind, title, result, lines: [], causes: [], state: 'passed', ...more };
}

const nameHop = hop('name', 'web → tried web.shop.svc.cluster.local', '10.96.114.7', {
  causes: [],
});

export const refused: WireTrace = {
  request: { from: 'deployment/shop/front', to: 'http://web/' },
  scope: 'examples/shop',
  from: 'pod shop/front-1 on node-b',
  to: 'http://web/ (10.96.114.7:80/TCP)',
  verdict: 'REFUSED, always',
  symptom: 'connection refused, at once',
  outcomes: [{ kind: 'refused', text: 'shop/web has no endpoints', probability: 1 }],
  paths: [
    {
      probability: 1,
      outcome: { kind: 'refused', text: 'shop/web has no endpoints', probability: 1 },
      packets: [],
      hops: [
        nameHop,
        hop('service', 'shop/web, port http', '0 endpoints'),
        hop('policy', 'none selects shop/front-1', 'let through'),
        hop('rules', 'node-b iptables (nat PREROUTING)', 'no translation', {
          lines: ['14 rules of KUBE-SERVICES did not match'],
        }),
        hop('route', '10.96.114.7 is no address of a node: forwarded', ''),
        hop('rules', 'node-b iptables (filter FORWARD → KUBE-SERVICES)', 'REJECT icmp-port-unreachable', {
          lines: [
            '2 rules of KUBE-FORWARD did not match',
            '-A KUBE-SERVICES -d 10.96.114.7/32 -p tcp -m comment --comment "shop/web:http has no endpoints" -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable',
          ],
          causes: [{ text: 'Service shop/web selects no pod: app: web matches none of 6 pod templates', place }],
          state: 'failed',
        }),
      ],
    },
  ],
  fixes: [
    { title: 'Change the selector to app: wbe (then: DELIVERED to shop/web-1, shop/web-2, 1/2 each)', place },
    { title: 'Change the label of Deployment shop/web to app: web', place },
  ],
  explanations: {},
  mode: 'iptables',
  assumptions: [
    'address 10.96.114.7 of Service shop/web: assigned by the simulation',
    'names, nodes and addresses of the pods of Deployment shop/front: assigned by the simulation',
  ],
};

function deliveredPath(index: number, probability: number): WireTrace['paths'][number] {
  const pod = `10.244.${index % 3}.5:7070`;
  const text = `shop/cart-${index + 1}:7070 on node-${'abc'[index % 3]}`;
  return {
    probability,
    outcome: { kind: 'delivered', text, probability },
    packets: [],
    hops: [
      hop('name', 'cart → tried cart.shop.svc.cluster.local', '10.96.31.120'),
      hop('service', 'shop/cart, port http', '3 endpoints', {
        causes: [{ text: 'Service shop/cart port http → http (7070)', place }],
      }),
      hop('rules', 'node-b iptables (nat PREROUTING)', `DNAT to ${pod}`, {
        lines: [
          '9 rules of KUBE-SERVICES did not match',
          '-A KUBE-SERVICES -d 10.96.31.120/32 -p tcp -m comment --comment "shop/cart:http cluster IP" -m tcp --dport 80 -j KUBE-SVC-4CRUJHTV5RT5YMFY',
          '-A KUBE-SVC-4CRUJHTV5RT5YMFY -m comment --comment "shop/cart:http -> 10.244.0.5:7070" -m statistic --mode random --probability 0.33333333349 -j KUBE-SEP-O6XLPUZQX5SDCCLR (a chance of 33.3 % here)',
          `-A KUBE-SEP-O6XLPUZQX5SDCCLR -p tcp -m comment --comment "shop/cart:http" -m tcp -j DNAT --to-destination ${pod}`,
        ],
        before: '10.244.1.7:41312 → 10.96.31.120:80',
        after: `10.244.1.7:41312 → ${pod}`,
        state: 'changed',
      }),
      hop('route', `to node-${'abc'[index % 3]}`, ''),
      hop('policy', 'none selects shop/front-1 or the endpoint', 'let through'),
      hop('pod', text, 'listens on 7070 (http)', {
        state: 'ended',
        causes: [{ text: 'container server, port http', place }],
      }),
      hop('reply', 'the way back: node-b undoes the translation', 'from 10.96.31.120:80', {
        before: `${pod} → 10.244.1.7:41312`,
        after: '10.96.31.120:80 → 10.244.1.7:41312',
        state: 'changed',
      }),
    ],
  };
}

const threePaths = [0, 1, 2].map((index) => deliveredPath(index, 1 / 3));

export const delivered: WireTrace = {
  request: { from: 'deployment/shop/front', to: 'http://cart/', mode: 'iptables' },
  scope: 'examples/shop',
  from: 'pod shop/front-1 on node-b',
  to: 'http://cart/ (10.96.31.120:80/TCP)',
  verdict: 'DELIVERED',
  symptom: 'an answer of the pod',
  outcomes: threePaths.map((path) => path.outcome),
  paths: threePaths,
  fixes: [],
  explanations: {},
  mode: 'iptables',
  assumptions: ['taken as running and ready, since no status says otherwise: Deployment shop/cart'],
};

const failing: WireTrace['paths'][number] = {
  probability: 1 / 3,
  outcome: { kind: 'timeout', text: 'node-a has no endpoint of its own', probability: 1 / 3 },
  packets: [],
  hops: [
    hop('rules', 'node-a iptables (filter INPUT → KUBE-EXTERNAL-SERVICES)', 'DROP', {
      lines: ['-A KUBE-EXTERNAL-SERVICES -p tcp --dport 30080 -j DROP'],
      causes: [{ text: 'Service shop/front has externalTrafficPolicy: Local', place }],
      state: 'failed',
    }),
  ],
};

export const mixed: WireTrace = {
  ...delivered,
  request: { from: 'outside', to: 'node-port 30080', port: 30080, protocol: 'TCP' },
  from: 'outside via any node',
  to: 'node port 30080/TCP',
  verdict: 'DELIVERED 2/3, TIMEOUT 1/3',
  symptom: 'two of three connections succeed, the third hangs until the client gives up',
  outcomes: [...threePaths.slice(1).map((path) => path.outcome), failing.outcome],
  paths: [...threePaths.slice(1), failing],
  fixes: [{ title: 'Set externalTrafficPolicy: Cluster', place }],
};

export const unresolved: WireTrace = {
  request: { from: 'deployment/shop/front', to: 'http://payments-api/' },
  scope: 'examples/shop',
  from: 'pod shop/front-1 on node-b',
  to: 'http://payments-api/',
  verdict: 'NXDOMAIN, always',
  symptom: 'could not resolve host: payments-api, at once',
  outcomes: [{ kind: 'host unreachable', text: 'payments-api does not resolve', probability: 1 }],
  paths: [
    {
      probability: 1,
      outcome: { kind: 'host unreachable', text: 'payments-api does not resolve', probability: 1 },
      packets: [],
      hops: [
        hop('name', 'payments-api', 'NXDOMAIN', {
          lines: [
            'payments-api.shop.svc.cluster.local.  NXDOMAIN  no Service payments-api in namespace shop',
            'payments-api.svc.cluster.local.       NXDOMAIN  no namespace payments-api… of that form',
            'payments-api.cluster.local.           NXDOMAIN',
            'payments-api.                         NXDOMAIN',
          ],
          causes: [
            { text: 'Service payments/api is in another namespace: api.payments', place },
            { text: 'ndots: 5', place: undefined },
          ],
          state: 'failed',
        }),
      ],
    },
  ],
  fixes: [{ title: 'Call http://api.payments/', place }],
  explanations: {},
  mode: 'iptables',
  assumptions: [],
};

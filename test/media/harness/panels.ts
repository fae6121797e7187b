/** The panels with what they can be shown: a new panel is a line here, and its pictures a file in `pictures/`. */

import type { ToTopologyPanel, ToTracePanel } from '#protocol/webview';
import { ciliumTraces } from './cilium-traces';
import { simulatedTopologies } from './simulated-topologies';
import { around, simulated, simulatedTraces } from './simulated-traces';
import { whatIfMap, whatIfs } from './simulated-what-ifs';
import { large, shop } from './topology-fixture';

/** What the extension would send to the panel when that says that it is ready. */
export type Fixtures = Readonly<Record<string, () => object>>;

const scopes = [
  { value: 'examples/shop', label: 'examples/shop (folder)' },
  { value: 'large', label: 'large' },
];

const topologies: Readonly<Record<string, () => ToTopologyPanel>> = {
  shop: () => ({ kind: 'topology', version: 1, topology: shop, scopes }),
  large: () => ({ kind: 'topology', version: 1, topology: large(2000), scopes }),
  middle: () => ({ kind: 'topology', version: 1, topology: large(100), scopes }),
  message: () => ({
    kind: 'message',
    version: 1,
    title: 'No manifests here yet',
    text: 'The map shows the Services of YAML manifests, Kustomizations and charts in this workspace.\nOpen a folder with manifests to begin.',
    scopes: [],
  }),
  nothing: () => ({ kind: 'topology', version: 1, topology: { scope: 'examples/shop', nodes: [], edges: [] }, scopes }),
  ...simulatedTopologies(scopes),
  updating: () => whatIfMap(['deployment shop/web restarts', 'node node-a fails'], 4),
  'node lost': () => whatIfMap(['deployment shop/web restarts', 'node node-a fails'], 13),
};

const traces: Readonly<Record<string, () => ToTracePanel>> = {
  ...simulatedTraces,
  ...ciliumTraces,
  compared: () => simulated({ from: 'deployment/shop/front', to: '172.30.0.12', port: 30081 }, 1, 'compared'),
  message: () => ({
    kind: 'message',
    version: 1,
    ...around,
    request: { from: 'pod shop/fornt-1', to: 'http://web/' },
    at: 'from',
    instead: ['pod shop/front-1'],
    title: 'Nothing is called shop/fornt-1',
    text: 'No pod or workload of examples/shop has this name. Nearest: shop/front-1.',
  }),
};

/** By the name of the bundle. */
export const panels = {
  topology: { entry: 'media/topology/main.tsx', fixtures: topologies },
  trace: { entry: 'media/trace/main.tsx', fixtures: traces },
  'what-if': { entry: 'media/what-if/main.tsx', fixtures: whatIfs },
} as const satisfies Readonly<Record<string, { readonly entry: string; readonly fixtures: Fixtures }>>;

export type PanelName = keyof typeof panels;

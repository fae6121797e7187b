/** What-ifs as the simulation plays them out: an update, a node that fails, a step that cannot be taken. */

import { createWorkspace } from '#analysis/workspace';
import { KeptTimelines } from '#analysis/what-if/kept';
import { defaultSettings } from '#model/settings';
import type { WireTraceRequest } from '#protocol/values';
import type { ToWhatIfPanel } from '#protocol/what-if';
import type { ToTopologyPanel } from '#protocol/webview';
import { wireWhatIf, wireWhatIfMap } from '#server/what-if-requests';
import { wireTopology } from '#server/wire';

const web = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 3
  strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: registry.example/web:1, ports: [{containerPort: 8080}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Pod
metadata: {name: client, namespace: shop, labels: {app: client}}
spec: {nodeName: node-b, containers: [{name: client, image: registry.example/client:1}]}
`;

const workspace = createWorkspace({ settings: defaultSettings, roots: [], single: 'shop' });
workspace.setFile('web.yaml', web);
workspace.update();
const timelines = new KeptTimelines();
const toWeb: WireTraceRequest = { from: 'pod shop/client', to: 'http://web', port: undefined };

/** As the extension sends it. */
export function whatIfMessage(steps: readonly string[], requests = [toWeb], version = 1, pinned = 0): ToWhatIfPanel {
  const whatIf = wireWhatIf(workspace.scopes[0]!, { steps, requests }, workspace, timelines);
  return { kind: 'whatIf', version, pinned, whatIf };
}

/** The map at a moment, as the extension sends it. */
export function whatIfMap(steps: readonly string[], moment: number, scopes: Extract<ToTopologyPanel, { kind: 'topology' }>['scopes'] = []): ToTopologyPanel {
  const [state] = workspace.scopes;
  const question = { scope: 'shop', steps: [...steps], requests: [toWeb], moment };
  const map = wireWhatIfMap(state!, question, workspace, timelines);
  if (!map) throw new Error('the what-if has no such moment');
  const { supposed, topology } = map;
  return { kind: 'topology', version: moment + 1, topology: wireTopology(topology.all()), scopes, supposed };
} // prettier-ignore

export const whatIfs: Readonly<Record<string, () => ToWhatIfPanel>> = {
  update: () => whatIfMessage(['deployment shop/web restarts']),
  recreate: () =>
    whatIfMessage(['deployment shop/web sets spec.strategy={"type":"Recreate"}', 'deployment shop/web restarts']),
  node: () => whatIfMessage(['node node-a fails']),
  empty: () => whatIfMessage([]),
  large: () => whatIfMessage(['deployment shop/web scales to 80', 'deployment shop/web restarts']),
  wrong: () => whatIfMessage(['node node-a fails', 'node nobody fails', 'pod x explodes']),
  message: () => ({
    kind: 'message',
    version: 1,
    title: 'Nothing is supposed yet',
    text: 'Use the command “Service Topology: What If…” to see what a failure or an update does.',
  }),
};

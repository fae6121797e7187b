/** The graph that follows edits: the same as one made anew, told by changes that are as small as the edits. */

import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { KeptParts } from '#analysis/topology/kept-parts';
import { topologyIn, topologyOf } from '#analysis/topology/topology';
import type { Topology } from '#analysis/types';
import { createWorkspace, type Workspace } from '#analysis/workspace';
import { defaultSettings } from '#model/settings';

const create = () => createWorkspace({ settings: defaultSettings, roots: [], single: 'test' });

const pieces = (name: string, target: string) => [
  `apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: shop}
spec: {selector: {app: ${target}}, ports: [{name: http, port: 80, targetPort: http}]}`,
  `apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: shop}
spec: {type: ExternalName, externalName: ${target}.shop.svc.cluster.local}`,
  `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec: {containers: [{name: c, image: registry.example/c:1, env: [{name: URL, value: "http://${target}/"}], ports: [{name: http, containerPort: 8080}]}]}`,
  `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: ${name}, namespace: shop}
spec: {rules: [{host: ${name}.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: ${target}, port: {number: 80}}}}]}}]}`,
  `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: ${name}, namespace: shop}
spec: {podSelector: {matchLabels: {app: ${target}}}, policyTypes: [Ingress]}`,
  `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: ${name}, namespace: shop}
spec: {gatewayClassName: any, listeners: [{name: http, port: 80, protocol: HTTP}]}`,
  `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: ${name}, namespace: shop}
spec: {parentRefs: [{name: ${target}}], rules: [{backendRefs: [{name: ${target}, port: 80}]}]}`,
];

const name = fc.constantFrom('a', 'b', 'c');
const text = fc.tuple(name, name, fc.nat(6)).map(([own, target, i]) => pieces(own, target)[i]!);
const edit = fc.record({ file: fc.nat(4), texts: fc.array(text, { maxLength: 3 }) });

function set(workspace: Workspace, { file, texts }: { file: number; texts: readonly string[] }): void {
  const path = `${file}.yaml`;
  if (texts.length === 0) workspace.removeFile(path);
  else workspace.setFile(path, texts.join('\n---\n'));
}

function sorted({ nodes, edges }: Pick<Topology, 'nodes' | 'edges'>) {
  const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : Number(a.id > b.id));
  return { nodes: [...nodes].sort(byId), edges: [...edges].sort(byId) };
}

describe('the kept topology', () => {
  it('is the one that is made anew, and its changes lead there', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(edit, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 8 }),
        (rounds) => {
          const workspace = create();
          workspace.update();
          const known = new Map<string, { id: string }>();
          let version = 0;
          const files = new Map<number, readonly string[]>();
          for (const edits of rounds) {
            for (const one of edits) {
              set(workspace, one);
              files.set(one.file, one.texts);
            }
            workspace.update();
            const kept = topologyIn(workspace, workspace.scopes[0]!);
            const change = kept.since(version)!;
            for (const id of change.removed) known.delete(id);
            for (const item of [...change.nodes, ...change.edges]) known.set(item.id, item);
            version = kept.version;
          }
          const fresh = create();
          for (const [file, texts] of files) set(fresh, { file, texts });
          fresh.update();
          const now = sorted(topologyOf(workspace, workspace.scopes[0]!));
          expect(now).toEqual(sorted(topologyOf(fresh, fresh.scopes[0]!)));
          const followed = [...known.values()];
          expect(followed.sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual(
            [...now.nodes, ...now.edges].sort((a, b) => (a.id < b.id ? -1 : 1)),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it('tells of an edit only what it touches', () => {
    const workspace = create();
    for (let i = 0; i < 30; i++) {
      const [service, , deployment] = pieces(`app-${i}`, `app-${i}`);
      workspace.setFile(`${i}.yaml`, `${service}\n---\n${deployment}`);
    }
    workspace.update();
    const kept = topologyIn(workspace, workspace.scopes[0]!);
    const before = new Set(kept.all().nodes);
    const { version } = kept;
    workspace.setFile('7.yaml', `${pieces('app-7', 'other')[0]!}\n---\n${pieces('app-7', 'app-7')[2]!}`);
    workspace.update();
    const change = topologyIn(workspace, workspace.scopes[0]!).since(version)!;
    expect(change.nodes.map(({ id }) => id)).toEqual(['service/shop/app-7']);
    expect(change.removed).toEqual(['service/shop/app-7 http/TCP → deployment/shop/app-7']);
    const stays = kept.all().nodes.filter((node) => before.has(node));
    expect(stays.length).toBe(before.size - 1);
    workspace.update();
    expect(topologyIn(workspace, workspace.scopes[0]!).since(kept.version)).toEqual({
      nodes: [],
      edges: [],
      removed: [],
    });
  });

  it('knows nothing of versions that are not its own', () => {
    const parts = new KeptParts();
    expect(parts.since(3)).toBeUndefined();
    expect(parts.since(0)).toEqual({ nodes: [], edges: [], removed: [] });
    expect(parts.since(Number.NaN)).toBeUndefined();
  });
});

describe('the sketch of a large graph', () => {
  const large = (services: number, replicas: number) => {
    const workspace = create();
    for (let index = 0; index < services; index++)
      workspace.setFile(
        `${index}.yaml`,
        `apiVersion: v1
kind: Service
metadata: {name: s${index}, namespace: shop}
spec: {selector: {app: s${index}}, ports: [{port: 80, targetPort: ${index % 2 === 0 ? 'http' : 'none'}}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: s${index}, namespace: shop}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: s${index}}}
  template:
    metadata: {labels: {app: s${index}}}
    spec: {containers: [{name: c, image: registry.example/c:1, ports: [{name: http, containerPort: 8080}]}]}`,
      );
    workspace.update();
    return workspace;
  };
  const stateOf = (workspace: Workspace) => {
    const [state] = workspace.scopes;
    if (!state) throw new Error('no scope');
    return state;
  };

  it('tells how many pods there will be, and is made whole by a change', () => {
    const workspace = large(4, 1000);
    const state = stateOf(workspace);
    const kept = topologyIn(workspace, state, 'sketch');
    expect(kept.isSketch).toBe(true);
    const sketch = kept.all();
    const sketched = sketch.nodes.find(({ id }) => id === 'deployment/shop/s0');
    expect(sketched).toMatchObject({ pods: [], expected: 1000, detail: 'Deployment, 1000 replicas' });
    const { version } = kept;
    expect(topologyIn(workspace, state).isSketch).toBe(false);
    const change = kept.since(version);
    expect(change?.nodes.find(({ id }) => id === 'deployment/shop/s0')?.pods).toHaveLength(1000);
    // The same things at the same edges: nothing comes, goes or moves when the pods are there.
    const whole = kept.all();
    expect(whole.nodes.map(({ id }) => id)).toEqual(sketch.nodes.map(({ id }) => id));
    expect(whole.edges.map(({ id }) => id)).toEqual(sketch.edges.map(({ id }) => id));
    const fresh = large(4, 1000);
    expect(whole).toEqual(topologyOf(fresh, stateOf(fresh)));
    // Whoever asks for a sketch later gets the whole, which is there.
    expect(topologyIn(workspace, state, 'sketch').isSketch).toBe(false);
  });

  it('is not made of what is small', () => {
    const workspace = large(4, 2);
    expect(topologyIn(workspace, stateOf(workspace), 'sketch').isSketch).toBe(false);
  });
});

/** A cluster after manifests were applied to it: what is replaced, and that its steps come to what one step would. */

import { describe, expect, it } from 'vitest';
import { afterApply, afterApplySteps, type Applied, type ApplyOptions } from '#analysis/after-apply';
import { createWorkspace, type Workspace } from '#analysis/workspace';
import type { KubernetesObject } from '#model/object';
import { defaultSettings } from '#model/settings';
import { node, pod, service } from '../../live/shop';
import { nothing, seen, workspaceOf } from './observed';

const options: ApplyOptions = { settings: defaultSettings, namespace: 'shop', knowledge: nothing };

function manifestsOf(...texts: readonly string[]): readonly KubernetesObject[] {
  const workspace = createWorkspace({ settings: defaultSettings, roots: [], single: 'files' });
  for (const [i, text] of texts.entries()) workspace.setFile(`${i}.yaml`, text);
  workspace.update();
  return [...workspace.scopes[0]!.simulation.controlPlane.objects()];
}

function slice(name: string, addresses: readonly string[], port = 8080): object {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${name}-x`,
      namespace: 'shop',
      labels: {
        'kubernetes.io/service-name': name,
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
      },
    },
    addressType: 'IPv4',
    ports: [{ name: 'http', port, protocol: 'TCP' }],
    endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
  };
}

/** Address and port of each endpoint. */
function endpointsOf(workspace: Workspace, name: string): readonly string[] {
  return workspace.scopes[0]!.simulation.controlPlane.endpointSlices(`shop/${name}`)
    .flatMap(({ endpoints, ports }) => (endpoints ?? []).map(({ addresses }) => `${addresses[0]}:${ports?.[0]?.port}`))
    .sort();
}

const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image: 'web:1', ports: [{ name: 'http', containerPort: 8080 }, { name: 'admin', containerPort: 9000 }] }] } }; // prettier-ignore
const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'shop' }, spec: { replicas: 1, selector: { matchLabels: { app: 'web' } }, template } }; // prettier-ignore

describe('the cluster after manifests were applied', () => {
  const replicaSet = { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'web-1', namespace: 'shop', ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: '1', controller: true }] }, spec: { ...deployment.spec } }; // prettier-ignore
  const running = pod({ namespace: 'shop', name: 'web-1-a', labels: { app: 'web' }, node: 1, address: '10.244.1.2' });
  const owned = {
    ...running,
    metadata: { ...running.metadata, ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1', uid: '2', controller: true }] },
    spec: { ...(running.spec as object), containers: template.spec.containers },
  }; // prettier-ignore
  const live = workspaceOf(
    [node('node-1', 1), service('shop', 'web', { app: 'web' }), deployment, replicaSet, owned, slice('web', ['10.244.1.2'])].map(seen), // prettier-ignore
  ).scopes[0]!.simulation.controlPlane;
  const workload = JSON.stringify(deployment);
  const moved = `apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec:
  selector: { app: web }
  ports: [{ name: http, port: 80, targetPort: admin }]
`;

  it.each([
    ['before the workload', [moved, workload]],
    ['after it', [workload, moved]],
  ])('writes the slices of a changed Service anew, though its workload stays, named %s', (_, texts) => {
    const { workspace } = afterApply(live, manifestsOf(...texts), options);
    expect(endpointsOf(workspace, 'web')).toEqual(['10.244.1.2:9000']);
  });

  it('keeps the slices of a Service that stays', () => {
    const { workspace } = afterApply(live, manifestsOf(workload), options);
    expect(endpointsOf(workspace, 'web')).toEqual(['10.244.1.2:8080']);
    const { controlPlane } = workspace.scopes[0]!.simulation;
    expect([...controlPlane.objectsOfKind('discovery.k8s.io', 'EndpointSlice')]).toHaveLength(1);
  });

  it('replaces the pods of a changed workload, and what their slices hold', () => {
    const { workspace } = afterApply(live, manifestsOf(workload.replace('web:1', 'web:2')), options);
    const { controlPlane } = workspace.scopes[0]!.simulation;
    expect([...controlPlane.objectsOfKind('', 'Pod')].map(({ name }) => name)).not.toContain('web-1-a');
    expect(endpointsOf(workspace, 'web')).not.toContain('10.244.1.2:8080');
    expect(endpointsOf(workspace, 'web')).toHaveLength(1);
  });
});

describe('its steps', () => {
  const many = Array.from({ length: 300 }, (_, i) => {
    const address = `10.244.1.${i % 250}`;
    const name = `app-${i}`;
    return [
      service('shop', name, { app: name }),
      pod({ namespace: 'shop', name, labels: { app: name }, node: 1, address }),
      slice(name, [address]),
    ];
  }).flat();
  const cluster = workspaceOf([node('node-1', 1), ...many].map(seen));
  const live = cluster.scopes[0]!.simulation.controlPlane;
  const manifests = manifestsOf(
    ...['app-3', 'app-200'].map((name) => JSON.stringify({ ...service('shop', name, { app: 'app-4' }), spec: { selector: { app: 'app-4' }, ports: [{ port: 80 }] } })), // prettier-ignore
  );

  it('are several, and what happens to the cluster between them comes to nothing', () => {
    const steps = afterApplySteps(live, manifests, options);
    let count = 0;
    let applied: Applied | undefined;
    while (applied === undefined) {
      const step = steps.next();
      if (step.done === true) applied = step.value;
      else if (++count === 1) {
        const gone = [...live.objects()].filter(({ name }) => name.startsWith('app-4'));
        cluster.setObserved({ removed: gone, added: [] }, nothing);
        cluster.update();
      }
    }
    expect(count).toBeGreaterThan(3);
    expect(endpointsOf(applied.workspace, 'app-3')).toEqual(['10.244.1.4:80']);
    expect(endpointsOf(applied.workspace, 'app-200')).toEqual(['10.244.1.4:80']);
    const { controlPlane } = applied.workspace.scopes[0]!.simulation;
    expect([...controlPlane.objectsOfKind('', 'Pod')]).toHaveLength(300);
  });
});

/** What the palette offers for a trace, and the quick fixes at a range. */

import { describe, expect, it } from 'vitest';
import { fixesAt } from '#analysis/features/fixes';
import { neighboursFirst, traceChoices, workloadBehind } from '#analysis/features/trace-choices';
import { traceRequest } from '#analysis/trace/trace';
import { createWorkspace } from '#analysis/workspace';
import { defaultSettings } from '#model/settings';

const text = `apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  selector: {app: web}
  ports: [{name: http, port: 80, targetPort: http}, {name: dns, port: 53, protocol: UDP}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: wbe}}
  template:
    metadata: {labels: {app: wbe}}
    spec: {containers: [{name: c, image: web:1, ports: [{name: http, containerPort: 8080}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: client, namespace: shop}
spec: {containers: [{name: c, image: client:1}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: idle, namespace: shop}
spec:
  replicas: 0
  selector: {matchLabels: {app: idle}}
  template:
    metadata: {labels: {app: idle}}
    spec: {containers: [{name: c, image: idle:1}]}
`;

function workspaceOf(content: string) {
  const workspace = createWorkspace({ settings: defaultSettings, roots: [], single: 'test' });
  workspace.setFile('shop.yaml', content);
  workspace.update();
  return workspace;
}

describe('trace choices', () => {
  it('puts those of the Service’s namespace first', () => {
    const sources = ['a/x', 'shop/y', 'shopping/z', 'shop/w'].map((label) => ({
      value: label,
      label,
      description: '',
    }));
    const order = neighboursFirst(sources, 'shop/web').map(({ label }) => label);
    expect(order).toEqual(['shop/y', 'shop/w', 'a/x', 'shopping/z']);
  });

  it('knows the workload behind a Service, where there is one', () => {
    const [state] = workspaceOf(text.replaceAll('app: wbe', 'app: web')).scopes;
    expect(workloadBehind('shop/web', state!)).toBe('deployment shop/web');
    expect(workloadBehind('shop/web', workspaceOf(text).scopes[0]!)).toBeUndefined();
  });

  it('offers what can call and what can be called', () => {
    const choices = traceChoices(workspaceOf(text).scopes[0]!);
    expect(choices.sources.map(({ value }) => value)).toEqual([
      'pod shop/client',
      'deployment shop/web',
      'node node-a',
      'node node-b',
      'node node-c',
      'outside via node-a',
      'outside via node-b',
      'outside via node-c',
    ]);
    expect(choices.destinations.map(({ value, ports }) => [value, ports.map(({ label }) => label)])).toEqual([
      ['service shop/web', ['http 80 → http', 'dns 53/UDP → 53']],
      ['pod shop/client', []],
      ['deployment shop/web', ['http 8080']],
    ]);
  });

  it('offers nothing that a trace cannot read', () => {
    const workspace = workspaceOf(text);
    const state = workspace.scopes[0]!;
    const { sources, destinations } = traceChoices(state);
    for (const { value } of sources)
      expect(traceRequest({ from: value, to: '10.0.0.1', port: 1 }, workspace, state)).not.toHaveProperty('error');
    for (const { value } of destinations)
      expect(traceRequest({ from: 'pod shop/client', to: value, port: 80 }, workspace, state)).not.toHaveProperty(
        'error',
      );
  });
});

describe('fixes at a range', () => {
  const at = (line: number, character: number) => ({ start: { line, character }, end: { line, character } });

  it('gives those of the finding there, and none elsewhere', () => {
    const workspace = workspaceOf(text);
    const [finding] = workspace.findings('shop.yaml').filter(({ code }) => code === 'selector-matches-nothing');
    const offered = fixesAt(workspace, 'shop.yaml', finding!.place.range);
    expect(offered.map(({ fix }) => fix)).toEqual(expect.arrayContaining([...finding!.fixes]));
    expect(fixesAt(workspace, 'shop.yaml', at(1, 0))).toEqual([]);
  });
});

/** Variables of containers: service links as the kubelet made them, and the rest of an environment. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#base/json';
import { createEnvironment } from '#simulation/environment/environment';
import { expand } from '#simulation/environment/expansion';
import { clusterOf, clusterOfText, objectOf } from '../cluster';

const recorded = <T>(file: string) =>
  JSON.parse(readFileSync(new URL(`../../golden/kubelet/${file}`, import.meta.url), 'utf8')) as T;

const podSpec = { containers: [], dnsPolicy: 'ClusterFirst', restartPolicy: 'Always' } as const;

describe('service links', () => {
  const { services, variables } = recorded<{ services: JsonObject[]; variables: string[][] }>('service-links.json');
  const environment = createEnvironment(
    clusterOf(services.map((body, index) => objectOf(body, 'services.yaml', index))),
  );

  it('are those that the kubelet makes', () => {
    const links = environment.serviceLinks({ namespace: 'shop', spec: podSpec });
    expect(links.map(({ name, value }) => [name, value])).toEqual(variables);
    expect(new Set(links.map(({ service }) => service))).toEqual(new Set(['shop/web', 'shop/my-db', 'shop/six', 'shop/1st'])); // prettier-ignore
  });

  it('are of the own namespace', () => {
    expect(environment.serviceLinks({ namespace: 'other', spec: podSpec })).toEqual([]);
  });
});

describe('references', () => {
  const known: Readonly<Record<string, string>> = { A: '1', B: '$(A)', EMPTY: '' };

  it.each(recorded<{ text: string; result: string }[]>('expansion.json'))('$text', ({ text, result }) => {
    expect(expand(text, (name) => known[name])).toBe(result);
  });

  it('to what is not known make the whole unknown', () => {
    expect(expand('a$(SECRET)', () => null)).toBeUndefined();
  });
});

const cluster = clusterOfText(`
apiVersion: v1
kind: Service
metadata: {name: kubernetes, namespace: default}
spec: {clusterIP: 10.96.0.1, ports: [{name: https, port: 443}]}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {clusterIP: 10.96.0.51, ports: [{port: 5432}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data: {url: postgres, B: second}
---
apiVersion: v1
kind: Pod
metadata: {name: client, namespace: shop, labels: {app: client}}
spec:
  nodeName: node-a
  initContainers: [{name: first, image: i}]
  containers:
    - name: main
      image: i
      envFrom: [{prefix: P_, configMapRef: {name: settings}}, {configMapRef: {name: gone, optional: true}}, {secretRef: {name: s}}]
      env:
        - {name: HOST, value: '$(DB_SERVICE_HOST):$(DB_SERVICE_PORT) $(P_url) $(LATER) $$(HOST)'}
        - {name: LATER, value: later}
        - {name: DB_PORT, value: mine}
        - {name: PASSWORD, valueFrom: {secretKeyRef: {name: s, key: k}}}
        - {name: URL, value: 'x$(PASSWORD)'}
        - {name: KEY, valueFrom: {configMapKeyRef: {name: settings, key: url}}}
        - {name: OPTIONAL, valueFrom: {configMapKeyRef: {name: settings, key: none, optional: true}}}
        - {name: MISSING, valueFrom: {configMapKeyRef: {name: settings, key: none}}}
        - {name: NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
        - {name: LABEL, valueFrom: {fieldRef: {fieldPath: "metadata.labels['app']"}}}
        - {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
        - {name: HOST_IP, valueFrom: {fieldRef: {fieldPath: status.hostIP}}}
        - {name: IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
        - {name: UID, valueFrom: {fieldRef: {fieldPath: metadata.uid}}}
        - {name: EMPTY}
status: {podIP: 10.244.1.7}
---
apiVersion: v1
kind: Pod
metadata: {name: alone, namespace: shop}
spec: {enableServiceLinks: false, containers: [{name: main, image: i, envFrom: [{configMapRef: {name: gone}}]}]}
`);
const environment = createEnvironment(cluster);

describe("a container's environment", () => {
  const [first, main] = environment.containers('shop/client');
  const value = (name: string) => main?.variables.find((variable) => variable.name === name)?.value;

  it('has what is set, expanded, before what is told of Services', () => {
    expect(Object.fromEntries(['HOST', 'DB_PORT', 'DB_SERVICE_PORT', 'KEY', 'P_url', 'P_B', 'NAME', 'LABEL', 'NODE', 'HOST_IP', 'IP', 'EMPTY', 'KUBERNETES_SERVICE_HOST'].map((name) => [name, value(name)]))).toEqual({
      HOST: '10.96.0.51:5432 postgres $(LATER) $(HOST)',
      DB_PORT: 'mine',
      DB_SERVICE_PORT: '5432',
      KEY: 'postgres',
      P_url: 'postgres',
      P_B: 'second',
      NAME: 'client',
      LABEL: 'client',
      NODE: 'node-a',
      HOST_IP: '172.30.0.11',
      IP: '10.244.1.7',
      EMPTY: '',
      KUBERNETES_SERVICE_HOST: '10.96.0.1',
    });
  }); // prettier-ignore

  it('says what is not known, and what is missing', () => {
    const unknown = main?.variables.filter((variable) => variable.value === undefined).map(({ name, from }) => [name, from]); // prettier-ignore
    expect(unknown).toEqual([
      ['*', 'all of Secret shop/s, which is not read'],
      ['PASSWORD', 'Secret shop/s, key k, which is not read'],
      ['UID', "the pod's metadata.uid"],
      ['URL', 'env'],
    ]);
    expect(main?.problems).toEqual(["couldn't find key none in ConfigMap shop/settings"]);
    expect(main?.variables.some(({ name }) => name === 'OPTIONAL' || name === 'MISSING')).toBe(false);
  });

  it('is each container\u2019s own', () => {
    expect(first?.container).toBe('first');
    expect(first?.variables.map(({ name }) => name)).toContain('DB_PORT_5432_TCP_ADDR');
    expect(environment.containers('shop/nobody')).toEqual([]);
  });

  it('without service links has the API server alone', () => {
    const [alone] = environment.containers('shop/alone');
    expect(new Set(alone?.variables.map(({ service }) => service))).toEqual(new Set(['default/kubernetes', undefined]));
    expect(alone?.problems).toEqual(['ConfigMap shop/gone is not among the manifests: without it the container does not start']); // prettier-ignore
  });

  it('follows edits', () => {
    const edited = clusterOf([objectOf({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'a', namespace: 'n' }, spec: { clusterIP: '10.96.0.9', ports: [{ port: 1 }] } })]); // prettier-ignore
    const follows = createEnvironment(edited);
    const names = () => follows.serviceLinks({ namespace: 'n', spec: podSpec }).length;
    expect(names()).toBe(7);
    edited.apply({ removed: [...edited.objects()], added: [] });
    expect(names()).toBe(0);
  });
});

/** Ingresses, namespaces and their likes: what is filled in, and what the release decides. */

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#base/json';
import { defaultSettings } from '#model/settings';
import { admissionOf, admitNetworkPolicy, admitOther, admitPod } from '#simulation/apiserver/admission';
import { objectOfBody, refusalOfBody } from './kinds';

const body = (apiVersion: string, kind: string, rest: JsonObject): JsonObject => ({
  apiVersion,
  kind,
  metadata: { name: 'web' },
  ...rest,
});
const stored = (written: JsonObject) => admitOther(objectOfBody(written), defaultSettings).value;
const fieldsOf = (written: JsonObject, kubernetesVersion = '1.37') =>
  refusalOfBody(written, { ...defaultSettings, kubernetesVersion })?.causes.map(({ field }) => field) ?? [];

describe('what the server fills in', () => {
  it('gives namespaces their name as a label', () => {
    const value = stored(body('v1', 'Namespace', {}));
    expect(value?.metadata).toEqual({ name: 'web', labels: { 'kubernetes.io/metadata.name': 'web' } });
  });

  it('takes an IngressClass’s parameters for those of the cluster', () => {
    const spec = { controller: 'acme.io/web', parameters: { kind: 'A', name: 'b' } };
    expect(stored(body('networking.k8s.io/v1', 'IngressClass', { spec }))?.spec).toEqual({
      controller: 'acme.io/web',
      parameters: { kind: 'A', name: 'b', scope: 'Cluster' },
    });
  });

  it('leaves out what is empty, and nothing that means something empty', () => {
    const written = { podSelector: {}, ingress: [{ from: [{ podSelector: {} }], ports: [] }], egress: [] };
    const object = objectOfBody(body('networking.k8s.io/v1', 'NetworkPolicy', { spec: written }));
    expect(admitNetworkPolicy(object, defaultSettings).value?.spec).toEqual({
      podSelector: {},
      ingress: [{ from: [{ podSelector: {} }] }],
      policyTypes: ['Ingress'],
    });
    const pod = body('v1', 'Pod', { spec: { hostname: '', volumes: [], containers: [{ name: 'a', image: 'b:1', env: [{ name: 'A', value: '' }], ports: [{ containerPort: 80, hostPort: 0 }] }] } }); // prettier-ignore
    const { spec } = admitPod(objectOfBody(pod), defaultSettings).value ?? {};
    expect(spec).not.toHaveProperty('hostname');
    expect(spec).not.toHaveProperty('volumes');
    expect(spec?.containers[0]).toMatchObject({
      env: [{ name: 'A' }],
      ports: [{ containerPort: 80, protocol: 'TCP' }],
    });
    expect(spec?.containers[0]?.ports?.[0]).not.toHaveProperty('hostPort');
  });

  it('prints quantities in one way', () => {
    const resources = { limits: { cpu: 0.5, memory: '1024Mi' }, requests: { memory: '1e3' } };
    const pod = body('v1', 'Pod', { spec: { containers: [{ name: 'a', image: 'b', resources }] } });
    expect(admitPod(objectOfBody(pod), defaultSettings).value?.spec.containers[0]).toMatchObject({
      resources: { limits: { cpu: '500m', memory: '1Gi' }, requests: { cpu: '500m', memory: '1e3' } },
    });
  });
});

describe('what depends on the release', () => {
  const backend = { service: { name: '1st', port: { number: 80 } } };
  it.each([
    ['1.35', ['spec.defaultBackend.service.name']],
    ['1.36', []],
  ])('%s: names of Services in Ingresses', (version, expected) => {
    expect(fieldsOf(body('networking.k8s.io/v1', 'Ingress', { spec: { defaultBackend: backend } }), version)).toEqual(expected); // prettier-ignore
  });

  it.each([
    ['1.34', ['spec.containers[0].restartPolicy']],
    ['1.35', []],
  ])('%s: restart policies of single containers', (version, expected) => {
    const spec = { containers: [{ name: 'a', image: 'b', restartPolicy: 'Never' }] };
    expect(fieldsOf(body('v1', 'Pod', { spec }), version)).toEqual(expected);
  });

  it.each([
    ['1.31', ['spec.containers[0].env[0].name']],
    ['1.32', []],
  ])('%s: names of variables', (version, expected) => {
    const spec = { containers: [{ name: 'a', image: 'b', env: [{ name: '1+1' }] }] };
    expect(fieldsOf(body('v1', 'Pod', { spec }), version)).toEqual(expected);
  });
});

it('leaves alone what it does not know', () => {
  const other = objectOfBody(body('networking.k8s.io/v1beta1', 'Ingress', { spec: 5 }));
  expect(admissionOf(other)).toBeUndefined();
  expect(admitOther(other, defaultSettings).value).toBe(other.body);
});

it('knows that a cluster may know more', () => {
  const pod = body('v1', 'Pod', { spec: { containers: [{ name: 'a', image: 'b' }], inventedLater: true } });
  const object = objectOfBody(pod);
  expect(admitPod(object, defaultSettings).refusal?.code).toBe(400);
  const seen = {
    ...object,
    origin: { kind: 'cluster', context: 'prod', resourceVersion: '1', file: 'prod/web.yaml', document: 0, path: [] },
  } as const;
  expect(admitPod(seen, defaultSettings).refusal).toBeUndefined();
});

/** Pods, workloads, endpoints, policies: defaults and refusals, one line each. */

import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#base/json';
import { defaultSettings } from '#model/settings';
import {
  admitEndpoints, admitEndpointSlice, admitNetworkPolicy, admitNode, admitPod, admitWorkload, type Admission,
} from '#simulation/apiserver/admission'; // prettier-ignore
import { objectOf } from '../cluster';

const container = { name: 'main', image: 'app:1' };
const labels = { app: 'web' };
const template = { metadata: { labels }, spec: { containers: [container] } };

function body(apiVersion: string, kind: string, rest: JsonObject) {
  return objectOf({ apiVersion, kind, metadata: { name: 'web', namespace: 'shop' }, ...rest });
}

function errorsOf({ refusal }: Admission<unknown>): readonly string[] {
  return refusal?.causes.map(({ field, reason }) => `${field} ${reason.replace('FieldValue', '')}`) ?? [];
}

const pod = (spec: JsonObject) => admitPod(body('v1', 'Pod', { spec }), defaultSettings);
const workload = (kind: string, spec: JsonObject, apiVersion = 'apps/v1') => admitWorkload(body(apiVersion, kind, { spec }), defaultSettings); // prettier-ignore

describe('pods', () => {
  it('get their defaults and keep the rest', () => {
    const probe = { httpGet: { port: 'http' } };
    const written = { ...container, ports: [{ containerPort: 80 }], readinessProbe: probe };
    const admitted = pod({ nodeName: 'a', volumes: [{ name: 'v' }], hostNetwork: true, containers: [written] });
    expect(admitted.value).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web', namespace: 'shop' },
      spec: {
        nodeName: 'a',
        volumes: [{ name: 'v', emptyDir: {} }],
        hostNetwork: true,
        dnsPolicy: 'ClusterFirst',
        restartPolicy: 'Always',
        terminationGracePeriodSeconds: 30,
        securityContext: {},
        schedulerName: 'default-scheduler',
        enableServiceLinks: true,
        containers: [
          {
            ...container,
            ports: [{ containerPort: 80, hostPort: 80, protocol: 'TCP' }],
            readinessProbe: {
              httpGet: { path: '/', port: 'http', scheme: 'HTTP' },
              timeoutSeconds: 1,
              periodSeconds: 10,
              successThreshold: 1,
              failureThreshold: 3,
            },
            terminationMessagePath: '/dev/termination-log',
            terminationMessagePolicy: 'File',
            imagePullPolicy: 'IfNotPresent',
            resources: {},
          },
        ],
      },
      status: {},
    });
  });

  it.each<[string, JsonObject, readonly string[]]>([
    ['nothing inside', {}, ['spec.containers Required']],
    ['one name twice', { containers: [container, container] }, ['spec.containers[1].name Duplicate']],
    ['a port without a number', { containers: [{ ...container, ports: [{ name: 'http' }] }] }, ['spec.containers[0].ports[0].containerPort Required']],
    ['a protocol', { containers: [{ ...container, ports: [{ containerPort: 80, protocol: 'HTTP' }] }] }, ['spec.containers[0].ports[0].protocol NotSupported']],
    ['hyphens', { containers: [{ ...container, ports: [{ containerPort: 80, name: '-a--b' }] }] }, Array(2).fill('spec.containers[0].ports[0].name Invalid') as string[]],
    ['policies and names', { containers: [container], dnsPolicy: 'x', restartPolicy: 'y', hostname: 'A', subdomain: 'a.b' }, ['spec.restartPolicy NotSupported', 'spec.dnsPolicy NotSupported', 'spec.hostname Invalid', 'spec.subdomain Invalid']],
  ])('%s', (_, spec, expected) => {
    expect(errorsOf(pod(spec))).toEqual(expected);
  }); // prettier-ignore
});

describe('workloads', () => {
  it('say what their pods are like', () => {
    const { value } = workload('StatefulSet', { selector: { matchLabels: labels }, template, serviceName: 'db', ordinals: { start: 3 } }); // prettier-ignore
    expect(value).toMatchObject({ replicas: 1, serviceName: 'db', ordinalsStart: 3, suspended: false, templatePath: ['spec', 'template'] }); // prettier-ignore
    expect(value?.template).toMatchObject({ labels, annotations: {}, spec: { dnsPolicy: 'ClusterFirst' } });
  });

  it.each<[JsonObject, number, number | undefined]>([
    [{}, 1, 1],
    [{ parallelism: 3 }, 3, undefined],
    [{ completions: 4 }, 1, 4],
    [{ parallelism: 2, completions: 4 }, 2, 4],
  ])('a Job with %j', (counts, replicas, completions) => {
    const inner = { ...counts, template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } };
    const job = workload('Job', inner, 'batch/v1').value;
    expect([job?.replicas, job?.completions]).toEqual([replicas, completions]);
    const cron = workload('CronJob', { schedule: '* * * * *', suspend: true, jobTemplate: { spec: inner } }, 'batch/v1').value; // prettier-ignore
    expect([cron?.replicas, cron?.completions, cron?.suspended]).toEqual([replicas, completions, true]);
    expect(cron?.templatePath).toEqual(['spec', 'jobTemplate', 'spec', 'template']);
  });

  it('take a ReplicationController’s selector from its template', () => {
    expect(workload('ReplicationController', { template }, 'v1').value?.selector).toEqual({ matchLabels: labels });
  });

  it.each<[string, string, JsonObject, readonly string[]]>([
    ['no selector', 'Deployment', { template }, ['spec.selector Required', 'spec.template.metadata.labels Invalid']],
    ['an empty selector', 'Deployment', { selector: {}, template }, ['spec.selector Invalid']],
    ['an expression that does not match', 'ReplicaSet', { selector: { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] }, template }, ['spec.template.metadata.labels Invalid']],
    ['an operator', 'Deployment', { selector: { matchExpressions: [{ key: 'app', operator: 'in', values: ['web'] }] }, template }, ['spec.selector.matchExpressions[0].operator Invalid', 'spec.selector Invalid']],
    ['a restart policy', 'DaemonSet', { selector: { matchLabels: labels }, template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } }, ['spec.template.spec.restartPolicy NotSupported']],
    ['a Job that starts again', 'Job', { template }, ['spec.template.spec.restartPolicy Required']],
    ['counts', 'Deployment', { replicas: -1, selector: { matchLabels: labels }, template }, ['spec.replicas Invalid']],
  ])('%s', (_, kind, spec, expected) => {
    expect(errorsOf(workload(kind, spec))).toEqual(expected);
  }); // prettier-ignore

  it('decode the environment', () => {
    const spec = { containers: [{ ...container, env: [{ name: 'PORT', value: 80 }] }] };
    const { refusal } = workload('Deployment', { selector: { matchLabels: labels }, template: { ...template, spec } });
    expect(refusal?.message).toContain('Go struct field EnvVar.spec.template.spec.containers.env.value of type string');
    expect(refusal?.place).toEqual(['spec', 'template', 'spec', 'containers', 0, 'env', 0, 'value']);
  });
});

describe('endpoints, nodes and policies', () => {
  it('get their defaults', () => {
    const slice = body('discovery.k8s.io/v1', 'EndpointSlice', { addressType: 'IPv4', endpoints: [{ addresses: ['10.0.0.1'] }], ports: [{ port: 80 }] }); // prettier-ignore
    expect(admitEndpointSlice(slice, defaultSettings).value).toMatchObject({
      endpoints: [{ addresses: ['10.0.0.1'], conditions: {} }],
      ports: [{ name: '', port: 80, protocol: 'TCP' }],
    });
    const policy = (spec: JsonObject) => admitNetworkPolicy(body('networking.k8s.io/v1', 'NetworkPolicy', { spec }), defaultSettings); // prettier-ignore
    expect(policy({ podSelector: {}, egress: [{ ports: [{ port: 53 }] }] }).value?.spec).toEqual({
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
      egress: [{ ports: [{ port: 53, protocol: 'TCP' }] }],
    });
    expect(policy({ podSelector: {}, egress: [] }).value?.spec.policyTypes).toEqual(['Ingress']);
    expect(errorsOf(policy({ podSelector: {}, ingress: [{ from: [{}], ports: [{ port: 80, endPort: 1 }] }] }))).toEqual(
      ['spec.ingress[0].ports[0].endPort Invalid', 'spec.ingress[0].from[0] Required'],
    );
    const block = { cidr: '10.0.0.0/8', except: ['11.0.0.0/16', '10.0.0.0/8'] };
    expect(errorsOf(policy({ podSelector: {}, ingress: [{ from: [{ ipBlock: block }] }] }))).toHaveLength(2);
    const node = objectOf({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'n' },
      status: { capacity: { cpu: 4 } },
    });
    expect(admitNode(node, defaultSettings).value).toMatchObject({ metadata: { name: 'n' }, status: { capacity: { cpu: '4' } } }); // prettier-ignore
  });

  it('are refused', () => {
    const endpoints = (subset: JsonObject) => errorsOf(admitEndpoints(body('v1', 'Endpoints', { subsets: [subset] }), defaultSettings)); // prettier-ignore
    expect(endpoints({})).toEqual(['subsets[0] Required']);
    expect(endpoints({ addresses: [{ ip: '127.0.0.1' }], ports: [{ port: 80 }, { port: 81, name: 'b' }] })).toEqual([
      'subsets[0].addresses[0].ip Invalid',
      'subsets[0].ports[0].name Required',
    ]);
  });
});

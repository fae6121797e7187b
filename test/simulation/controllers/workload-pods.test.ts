/** Pods of the workload kinds that the recorded clusters do not have. */

import { describe, expect, it } from 'vitest';
import { defaultSettings } from '#model/settings';
import { clusterOfText } from '../cluster';

const template = (labels: string) => `
    metadata: {labels: ${labels}}
    spec:
      restartPolicy: Never
      containers: [{name: main, image: registry.example/app:1}]`;

describe('a Job with completion mode Indexed', () => {
  const controlPlane = clusterOfText(`
apiVersion: batch/v1
kind: Job
metadata: {name: fill, namespace: shop}
spec:
  completionMode: Indexed
  completions: 2
  parallelism: 5
  template:${template('{app: fill}')}
`);
  const pods = controlPlane.podsOf('batch/Job/shop/fill');

  it('has a pod for each index, no more than its completions', () => {
    expect(pods.map((pod) => pod.spec.hostname)).toEqual(['fill-0', 'fill-1']);
    expect(pods.map((pod) => pod.metadata.name.replace(/[a-z0-9]{5}$/, 'x'))).toEqual(['fill-0-x', 'fill-1-x']);
    expect(pods.map((pod) => pod.metadata.annotations?.['batch.kubernetes.io/job-completion-index'])).toEqual([
      '0',
      '1',
    ]);
  });

  it('gives its pods the labels of the Job', () => {
    expect(pods[0]!.metadata.labels).toMatchObject({
      app: 'fill',
      'job-name': 'fill',
      'batch.kubernetes.io/job-name': 'fill',
    });
    const selector = { 'batch.kubernetes.io/job-completion-index': '1' };
    expect(controlPlane.groupsMatching(selector, 'shop')).toHaveLength(1);
    expect(controlPlane.groupsMatching({ 'batch.kubernetes.io/job-completion-index': '2' }, 'shop')).toHaveLength(0);
  });
});

describe('a CronJob', () => {
  const text = (suspend: boolean) => `
apiVersion: batch/v1
kind: CronJob
metadata: {name: tick, namespace: shop}
spec:
  schedule: "* * * * *"
  suspend: ${suspend}
  jobTemplate:
    spec:
      template:${template('{app: tick}').replaceAll('\n', '\n    ')}
`;

  it('has the pods of one Job', () => {
    const controlPlane = clusterOfText(text(false));
    const pods = controlPlane.podsOf('batch/CronJob/shop/tick');
    expect(pods).toHaveLength(1);
    expect(pods[0]!.metadata.ownerReferences?.[0]).toMatchObject({
      apiVersion: 'batch/v1',
      kind: 'Job',
      controller: true,
    });
    expect(pods[0]!.metadata.ownerReferences?.[0]?.name).toMatch(/^tick-\d{8}$/);
    expect(controlPlane.podGroup('batch/CronJob/shop/tick')?.templatePath).toEqual([
      'spec',
      'jobTemplate',
      'spec',
      'template',
    ]);
  });

  it('that is suspended has none', () => {
    expect(clusterOfText(text(true)).podsOf('batch/CronJob/shop/tick')).toEqual([]);
  });
});

describe('a DaemonSet', () => {
  it('has a pod on each node that its node selector matches', () => {
    const controlPlane = clusterOfText(`
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec:
      nodeSelector: {topology.kubernetes.io/zone: zone-1}
      containers: [{name: main, image: registry.example/app:1}]
`);
    const pods = controlPlane.podsOf('apps/DaemonSet/default/agent');
    expect(pods.map((pod) => pod.spec.nodeName)).toEqual(['node-a', 'node-b']);
    expect(controlPlane.podGroup('apps/DaemonSet/default/agent')?.replicas).toBe(2);
  });
});

describe('labels of the zone', () => {
  const text = `
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {nodeName: node-c, containers: [{name: main, image: registry.example/app:1}]}
`;

  it('come from the node since 1.35', () => {
    const labels = (kubernetesVersion: string) =>
      clusterOfText(text, { ...defaultSettings, kubernetesVersion }).pod('default/web')?.metadata.labels;
    expect(labels('1.34')).toEqual({ app: 'web' });
    expect(labels('1.35')).toEqual({
      app: 'web',
      'topology.kubernetes.io/region': 'region-1',
      'topology.kubernetes.io/zone': 'zone-2',
    });
  });
});

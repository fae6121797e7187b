/** Updates of workloads, step by step, as the controllers are known to make them. */

import { describe, expect, it } from 'vitest';
import { client, toWeb, web } from './manifests';
import { linesOf, sceneOf, tell, type Told } from './support';

const readyAt = ({ reports }: Told): readonly number[] => {
  let ready = 3;
  return reports.map(
    ({ services }) => (ready = services.find(({ service }) => service === 'shop/web')?.ready ?? ready),
  );
};
const failing = ({ reports }: Told) => reports.filter(({ requests }) => requests[0]!.failed).map(({ index }) => index);
const events = ({ reports }: Told, by: string) =>
  reports.flatMap((report) => report.events.filter((event) => event.by === by).map(({ text }) => text));

describe('a rolling update', () => {
  it('with maxSurge 1 and maxUnavailable 0 never has fewer endpoints than replicas', () => {
    const scene = sceneOf(web('strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}') + client('node-a'));
    const told = tell(scene, ['deployment shop/web restarts'], toWeb);
    expect(readyAt(told)).toEqual([3, 3, 4, 3, 4, 3, 4, 3, 3]);
    expect(failing(told)).toEqual([]);
    expect(events(told, 'Deployment controller').map((text) => text.replace(/web-\w+/, 'RS'))).toEqual([
      'scales ReplicaSet RS from 0 to 1',
      'scales ReplicaSet RS from 3 to 2',
      'scales ReplicaSet RS from 1 to 2',
      'scales ReplicaSet RS from 2 to 1',
      'scales ReplicaSet RS from 2 to 3',
      'scales ReplicaSet RS from 1 to 0',
    ]);
  });

  it('with maxSurge 0 and maxUnavailable 1 takes one pod away before it makes one', () => {
    const scene = sceneOf(web('strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 1}}') + client('node-a'));
    const told = tell(scene, ['deployment shop/web restarts'], toWeb);
    expect(Math.min(...readyAt(told))).toBe(2);
    expect(Math.max(...readyAt(told))).toBe(3);
    expect(failing(told)).toEqual([]);
  });

  it('by Recreate falls back to terminating endpoints, and then refuses until the new pods are ready', () => {
    const told = tell(
      sceneOf(web('strategy: {type: Recreate}') + client('node-a')),
      ['deployment shop/web restarts'],
      toWeb,
    );
    expect(told.reports.map(({ services }) => services[0]?.fallsBack ?? false)).toEqual([
      false,
      true,
      false,
      false,
      false,
    ]);
    expect(readyAt(told)).toEqual([3, 0, 0, 0, 3]);
    // The endpoints that end are still served by the rules, which do not change for it.
    expect(told.reports[1]?.rules).toEqual([]);
    expect(failing(told)).toEqual([2, 3]);
  });

  it('waits for minReadySeconds before it takes old pods away', () => {
    const scene = sceneOf(web('minReadySeconds: 10\n  strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}'));
    const told = tell(scene, ['deployment shop/web restarts']);
    expect(events(told, 'time')).toHaveLength(3);
    expect(told.reports.slice(1, 5).map(({ when }) => when)).toEqual([
      'at once', 'when the new pods are up', 'after minReadySeconds', 'at once',
    ]);
  }); // prettier-ignore

  it('stops where the new pods cannot become ready, and the old ones go on serving', () => {
    const scene = sceneOf(web() + client('node-a'));
    const probe = '{"httpGet":{"port":"no-such-port"}}';
    const told = tell(
      scene,
      [`deployment shop/web sets spec.template.spec.containers[0].readinessProbe=${probe}`],
      toWeb,
    );
    expect(readyAt(told).at(-1)).toBe(3);
    expect(failing(told)).toEqual([]);
    expect(linesOf(told).filter((line) => line.includes('cannot become ready'))).not.toEqual([]);
  });

  it('stops where no node takes the new pod', () => {
    const apart = `, affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution:
      [{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: web}}}]}}`;
    const scene = sceneOf(web('strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}', 'Deployment', apart));
    const told = tell(scene, ['deployment shop/web restarts']);
    expect(told.reports).toHaveLength(2);
    expect(events(told, 'scheduler')[0]).toMatch(/^finds no node for pod .*anti-affinity rules/);
  });

  it('is a way back to the former ReplicaSet where the template is that again', () => {
    const image = 'deployment shop/web sets spec.template.spec.containers[0].image';
    const told = tell(sceneOf(web()), [`${image}=registry.example/web:2`, `${image}=registry.example/web:1`]);
    const scaled = events(told, 'Deployment controller').map((text) =>
      /(web-\w+) from \d to (\d)/.exec(text)!.slice(1),
    );
    const [first, last] = [
      scaled.find(([, count]) => count === '0')?.[0],
      scaled.filter(([, count]) => count === '3').at(-1)?.[0],
    ];
    expect(new Set(scaled.map(([name]) => name)).size).toBe(2);
    expect(last).toBe(first);
    expect(readyAt(told).at(-1)).toBe(3);
  });
});

describe('scaling', () => {
  it('makes and deletes pods, those that share a node first', () => {
    const told = tell(sceneOf(web()), ['deployment shop/web scales to 4', 'deployment shop/web scales to 3']);
    const created = /creates pod (\S+)/.exec(events(told, 'ReplicaSet controller')[0]!)![1]!;
    expect(readyAt(told)).toEqual([3, 3, 4, 3, 3]);
    // The youngest of the two on one node goes.
    expect(events(told, 'ReplicaSet controller')[1]).toContain(created);
  });

  it('to nothing leaves the Service without endpoints', () => {
    const told = tell(sceneOf(web() + client('node-a')), ['deployment shop/web scales to 0'], toWeb);
    expect(readyAt(told)).toEqual([3, 0, 0]);
    expect(told.reports.at(-1)?.requests[0]?.verdict).toBe('REFUSED, always');
  });
});

describe('a StatefulSet', () => {
  const set = web('serviceName: web', 'StatefulSet').replace('spec: {selector', 'spec: {clusterIP: None, selector');

  it('replaces its pods from the highest ordinal down, each under its name with another address', () => {
    const told = tell(sceneOf(set), ['statefulset shop/web restarts']);
    const deleted = events(told, 'StatefulSet controller').map((text) =>
      /^(\w+)s pod shop\/(web-\d)/.exec(text)!.slice(1, 3).join(' '),
    );
    expect(deleted).toEqual([
      'delete web-2',
      'create web-2',
      'delete web-1',
      'create web-1',
      'delete web-0',
      'create web-0',
    ]);
    const addresses = told.reports
      .flatMap(({ pods }) => pods.filter(({ name }) => name === 'shop/web-1'))
      .flatMap(({ before, after }) => [before?.address, after?.address]);
    expect(new Set(addresses.filter(Boolean)).size).toBe(2);
    expect(Math.min(...readyAt(told))).toBe(2);
  });

  it('leaves ordinals below the partition as they are', () => {
    const told = tell(
      sceneOf(
        set.replace(
          'serviceName: web',
          'serviceName: web\n  updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 2}}',
        ),
      ),
      ['statefulset shop/web restarts'],
    );
    expect(events(told, 'StatefulSet controller')).toHaveLength(2);
  });

  it('gives up the address of a pod that ends at once, as its headless name shows', () => {
    const scene = sceneOf(set + client('node-a'));
    const told = tell(scene, ['pod shop/web-0 is deleted'], [{ from: 'pod shop/client', to: 'web-0.web:8080' }]);
    expect(told.reports.map(({ requests }) => requests[0]!.verdict)).toEqual([
      'DELIVERED', 'NAME NOT RESOLVED, always', 'NAME NOT RESOLVED, always', 'NAME NOT RESOLVED, always', 'DELIVERED',
    ]); // prettier-ignore
  });
});

describe('a DaemonSet', () => {
  it('replaces its pods node by node', () => {
    const told = tell(sceneOf(web('', 'DaemonSet')), ['daemonset shop/web restarts']);
    expect(Math.min(...readyAt(told))).toBe(2);
    expect(events(told, 'DaemonSet controller').filter((text) => text.startsWith('creates'))).toHaveLength(3);
  });

  it('with maxSurge has the new pod beside the old one', () => {
    const surge = 'updateStrategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}';
    const told = tell(sceneOf(web(surge, 'DaemonSet')), ['daemonset shop/web restarts']);
    expect(Math.min(...readyAt(told))).toBe(3);
    expect(readyAt(told).at(-1)).toBe(3);
  });
});

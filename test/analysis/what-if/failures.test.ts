/** Pods that crash, nodes and zones that fail: who notices when, and what requests meet until then. */

import { describe, expect, it } from 'vitest';
import { defaultSettings } from '#model/settings';
import { client, toWeb, web } from './manifests';
import { linesOf, sceneOf, tell } from './support';

describe('a pod', () => {
  it('that crashes refuses connections until its kubelet has reported it', () => {
    const told = tell(sceneOf(web() + client('node-a')), ['a pod of deployment shop/web crashes'], toWeb);
    expect(told.reports.map(({ requests }) => requests[0]!.verdict)).toEqual([
      'DELIVERED', 'DELIVERED 2/3, REFUSED 1/3', 'DELIVERED', 'DELIVERED',
    ]); // prettier-ignore
    expect(told.reports[1]?.services).toEqual([]);
    expect(told.reports[2]?.services[0]?.ready).toBe(2);
    expect(told.reports[3]?.services[0]?.ready).toBe(3);
  });

  it('that is deleted ends gracefully while its replacement comes up', () => {
    const told = tell(sceneOf(web() + client('node-a')), ['a pod of deployment web is deleted'], toWeb);
    const ends = { ready: false, serving: true, terminating: true };
    const starts = { ready: false, serving: false, terminating: false };
    const serves = { ready: true, serving: true, terminating: false };
    const changes = told.reports.map(({ services }) =>
      (services[0]?.endpoints ?? []).map(({ before, after }) => ({ before, after })),
    );
    expect(changes[1]).toHaveLength(2);
    expect(changes[1]).toEqual(
      expect.arrayContaining([
        { before: serves, after: ends },
        { before: undefined, after: starts },
      ]),
    );
    expect(changes[2]).toEqual(
      expect.arrayContaining([
        { before: ends, after: undefined },
        { before: starts, after: serves },
      ]),
    );
    expect(told.reports.some(({ requests }) => requests[0]!.failed)).toBe(false);
    expect(told.reports.at(-1)?.services[0]?.ready).toBe(3);
  });

  it('that is held unready stays so until it is let go', () => {
    const told = tell(sceneOf(web()), ['a pod of deployment web is not ready', 'a pod of deployment web is ready']);
    expect(told.reports.map(({ services }) => services[0]?.ready)).toEqual([undefined, 2, 3]);
  });

  it('that loses its label is released, and another one made', () => {
    const scene = sceneOf(web());
    const [pod] = [...scene.state.simulation.controlPlane.pods()];
    const told = tell(scene, [`pod shop/${pod!.metadata.name} gets label app=other`]);
    expect(told.timeline.error).toBeUndefined();
    expect(told.reports.at(-1)?.services[0]?.ready).toBe(3);
    expect(linesOf(told).join('\n')).toContain('no more counts pod');
  });

  it('moves by being made anew on another node', () => {
    const told = tell(sceneOf(web() + client('node-a')), ['pod shop/client moves to node-c']);
    expect(told.reports[1]?.pods[0]).toMatchObject({ before: { node: 'node-a' }, after: { node: 'node-c' } });
  });
});

describe('a node', () => {
  it('that fails takes its share of the requests for 50 seconds, and its pods are evicted after 300 more', () => {
    const told = tell(sceneOf(web() + client('node-b')), ['node node-a fails'], toWeb);
    expect(told.reports.map(({ when }) => when)).toEqual([
      '', 'at once', 'after 50 s', '300 s later (tolerationSeconds)', 'when the new pods are up',
    ]); // prettier-ignore
    expect(told.reports.map(({ requests }) => requests[0]!.verdict)).toEqual([
      'DELIVERED', 'DELIVERED 2/3, TIMES OUT 1/3', 'DELIVERED', 'DELIVERED', 'DELIVERED',
    ]); // prettier-ignore
    expect(told.reports.map(({ services }) => services[0]?.ready)).toEqual([undefined, undefined, 2, 2, 3]);
  });

  it('is given 40 seconds before 1.32', () => {
    const told = tell(sceneOf(web(), { ...defaultSettings, kubernetesVersion: '1.31' }), ['node node-a fails']);
    expect(told.reports[2]?.when).toBe('after 40 s');
  });

  it('that fails drops what comes in through it, and with externalTrafficPolicy Local others have no pod', () => {
    const local = web('', 'StatefulSet')
      .replace('replicas: 3', 'replicas: 2\n  serviceName: web')
      .replace('spec: {selector', 'spec: {type: NodePort, externalTrafficPolicy: Local, selector')
      .replace('port: 80,', 'port: 80, nodePort: 30080,');
    const requests = ['node-a', 'node-b', 'node-c'].map((node) => ({
      from: `outside via ${node}`,
      to: `node ${node}`,
      port: 30080,
    }));
    const told = tell(sceneOf(local), ['node node-a fails'], requests);
    const verdicts = told.reports.map((report) => report.requests.map(({ verdict }) => verdict.replace(/:.*/, '')));
    expect(verdicts[0]).toEqual(['DELIVERED', 'DELIVERED', 'TIMES OUT, always']);
    expect(verdicts[1]).toEqual(['node node-a is down', 'DELIVERED', 'TIMES OUT, always']);
    // A StatefulSet does not make the pod again while the old one may still run.
    expect(verdicts.at(-1)).toEqual(verdicts[1]);
  });

  it('that comes back ends what was evicted and keeps the new pods', () => {
    const told = tell(sceneOf(web()), ['node node-a fails', 'node node-a recovers']);
    expect(told.reports.at(-1)?.services[0]?.ready).toBe(3);
    expect(told.reports.at(-1)?.pods.every(({ after }) => after === undefined)).toBe(true);
  });

  it('that is drained gives its pods to others, but for those of DaemonSets', () => {
    const told = tell(sceneOf(web() + web('', 'DaemonSet').replaceAll('web', 'agent')), ['node node-a is drained']);
    const deleted = told.reports.flatMap(({ events }) => events.filter(({ by }) => by === 'eviction'));
    expect(deleted).toHaveLength(1);
    expect(
      told.reports
        .flatMap(({ pods }) => pods)
        .filter(({ after }) => after?.node === 'node-a' && after.state === 'ready'),
    ).toEqual([]);
  });

  it('that fails with all the others has nobody evicted', () => {
    const told = tell(sceneOf(web()), ['node node-a fails', 'node node-b fails', 'node node-c fails']);
    expect(linesOf(told).at(-1)).toContain('no pod is evicted');
  });
});

describe('a zone', () => {
  it('that fails takes all its nodes', () => {
    const told = tell(sceneOf(web()), ['zone zone-2 fails']);
    expect(told.timeline.error).toBeUndefined();
    expect(told.reports[1]?.nodes.map(({ name }) => name)).toEqual(['node-c']);
    expect(tell(sceneOf(web()), ['zone nowhere fails']).timeline.error?.error).toBe(
      'there is no node in zone nowhere; there are zones zone-1, zone-2',
    );
  });
});

describe('what cannot be', () => {
  const errorOf = (...steps: string[]) => tell(sceneOf(web()), steps).timeline.error;
  it('is said in words, at its step', () => {
    expect(errorOf('pod shop/nobody dies')?.error).toMatch(/^there is no pod shop\/nobody; there are shop\/web-/);
    expect(errorOf('deployment shop/web scales to 4', 'node nobody fails')).toEqual({
      step: 1,
      error: 'there is no node nobody; there are node-a, node-b, node-c',
    });
    expect(errorOf('service shop/web scales to 2')?.error).toBe('Service shop/web has no replicas');
    expect(errorOf('deployment shop/web sets spec.selector.matchLabels.app=other')?.error).toMatch(
      /^the API server refuses it: .*immutable/,
    );
    expect(errorOf('deployment shop/web sets spec.replicas="many"')?.error).toMatch(/^the API server refuses it: /);
  });
});

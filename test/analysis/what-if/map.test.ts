/** The map at the moments of a what-if: the cluster as it then is, whichever moment was looked at before, and its marks. */

import fc from 'fast-check';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { topologyOf } from '#analysis/topology/topology';
import type { Topology } from '#analysis/types';
import { KeptTimelines } from '#analysis/what-if/kept';
import { web } from './manifests';
import { sceneOf, stepsOf, type Scene } from './support';

const shop = join(import.meta.dirname, '../../../examples/shop');
const shopText = readdirSync(shop)
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => readFileSync(join(shop, file), 'utf8'))
  .join('\n---\n');

function sorted({ nodes, edges }: Topology) {
  const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : Number(a.id > b.id));
  const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
  return {
    nodes: nodes.map((node) => ({ ...node, pods: [...node.pods].sort(byName) })).sort(byId),
    edges: [...edges].sort(byId),
  };
}

const mapAt = (timelines: KeptTimelines, { workspace, state }: Scene, steps: readonly string[], moment: number) =>
  timelines.map(workspace, state, stepsOf(steps), moment);

describe('the map at the start of a what-if', () => {
  it('is the map of the manifests', () => {
    const scene = sceneOf(shopText);
    const map = mapAt(new KeptTimelines(), scene, ['deployment shop/catalog restarts'], 0);
    expect(sorted(map!.topology.all())).toEqual(sorted(topologyOf(scene.workspace, scene.state)));
    expect(map!.marks).toEqual({ pods: [], nodes: [] });
  });
});

describe('the map at a moment', () => {
  const steps = ['deployment shop/web restarts', 'node node-a fails', 'service shop/web sets spec.selector.app=other'];
  const length = (scene: Scene) => new KeptTimelines().timeline(scene.state, stepsOf(steps)).moments.length;

  it('is the same on whichever way one comes to it', () => {
    const scene = sceneOf(web());
    const count = length(scene);
    expect(count).toBeGreaterThan(6);
    const wandering = new KeptTimelines();
    fc.assert(
      fc.property(fc.nat(count - 1), (moment) => {
        const map = mapAt(wandering, scene, steps, moment)!;
        const fresh = mapAt(new KeptTimelines(), scene, steps, moment)!;
        expect(sorted(map.topology.all())).toEqual(sorted(fresh.topology.all()));
        expect(map.marks).toEqual(fresh.marks);
      }),
      { numRuns: 30 },
    );
  });

  it('marks the pods that come, go and are not ready, where they stand, and what becomes of the Service', () => {
    const scene = sceneOf(web());
    const timelines = new KeptTimelines();
    const told = Array.from({ length: length(scene) }, (_, moment) => {
      const { marks } = mapAt(timelines, scene, steps, moment)!;
      const pods = marks.pods.map(({ workload, mark, state }) => `${workload} ${mark} ${state}`);
      return [...new Set(pods), ...marks.nodes.map(({ id, text }) => `${id}: ${text}`)];
    });
    expect(told[1]).toContain('deployment/shop/web new not ready');
    expect(told.flat()).toContain('deployment/shop/web changed terminating');
    expect(told.flat()).toContain('deployment/shop/web gone gone');
    const failed = told.findIndex((lines) => lines.includes('node/node-a: down'));
    expect(told[failed]).toContain('deployment/shop/web changed dead');
    // Two of the pods that came last run there.
    expect(told[failed + 1]).toContain('service/shop/web: 1 ready endpoint (3 before)');
    expect(told.at(-1)).toContain('service/shop/web: no ready endpoints (3 before)');
  });

  it('tells of a Service that selects nothing any more what a finding would', () => {
    const scene = sceneOf(web());
    const timelines = new KeptTimelines();
    const problems = (moment: number) =>
      mapAt(timelines, scene, steps, moment)!.topology.all().nodes.find(({ id }) => id === 'service/shop/web')!.problems;
    expect(problems(0)).toEqual([]);
    expect(problems(length(scene) - 1).map(({ message }) => message).join()).toContain('selects no pod');
    expect(problems(0)).toEqual([]);
  }); // prettier-ignore

  it('is none beyond the end', () => {
    expect(mapAt(new KeptTimelines(), sceneOf(web()), steps, 99)).toBeUndefined();
  });
});

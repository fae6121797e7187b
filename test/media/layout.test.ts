/** The map's layout: nothing overlaps, nothing shuffles, and the work grows with the input. */

import { describe, expect, it } from 'vitest';
import type { WireTopology, WireTopologyEdge, WireTopologyNode } from '#protocol/values';
import { intersects, measures } from '../../media/topology/geometry';
import { graphOf, search, wayThrough } from '../../media/topology/graph';
import { layout as layOut, placeOf, type Layout } from '../../media/topology/layout';
import type { MapKind } from '../../media/topology/model';
import { neighbour } from '../../media/topology/neighbours';
import { keepOrder } from '../../media/topology/order';
import { podAt } from '../../media/topology/placed';
import { routesOf } from '../../media/topology/routes';
import { renamed, renamesBetween } from '../../media/topology/renames';
import { noFilter, sceneOf, type Filter, type Grouping, type Scene } from '../../media/topology/scene';
import type { Memory } from '../../media/topology/state';
import { steadyView } from '../../media/topology/view';
import { large, shop } from './harness/topology-fixture';

function scene(topology: WireTopology, grouping: Grouping = 'namespace', filter: Filter = noFilter): Scene {
  return sceneOf(topology, filter, grouping);
}

function layout(topology: WireTopology, previous?: Memory): Layout {
  return layOut(scene(topology), previous);
}

function overlaps(result: Layout): string[] {
  const found: string[] = [];
  for (const shape of ['tower', 'box'] as const) {
    const same = [...result.placed.values()].filter((item) => item.shape === shape).sort((a, b) => a.box.x - b.box.x);
    for (const [index, one] of same.entries()) {
      for (const other of same.slice(index + 1)) {
        if (other.box.x >= one.box.x + one.box.width) break;
        if (intersects(one.box, other.box)) found.push(`${one.node.id} over ${other.node.id}`);
      }
    }
  }
  return found;
}

function service(id: string, label: string): WireTopologyNode {
  return {
    id,
    kind: 'service',
    label,
    detail: 'ClusterIP',
    parent: 'namespace/shop',
    ports: [],
    pods: [],
    problems: [],
  };
}

function idsOf(result: Layout, kind: MapKind): string[] {
  return result.order.filter((id) => result.placed.get(id)?.node.kind === kind);
}

describe('layout', () => {
  it('places every node once and overlaps none', () => {
    const result = layout(shop);
    expect([...result.placed.keys()].sort()).toEqual(shop.nodes.map((node) => node.id).sort());
    expect([...result.order].sort()).toEqual([...result.placed.keys()].sort());
    expect(overlaps(result)).toEqual([]);
  });

  it('keeps members inside their namespace and pods inside their workload', () => {
    const result = layout(shop);
    const members = [...result.placed.values()].filter(
      ({ node }) => node.kind === 'service' || node.kind === 'workload',
    );
    const things = members.flatMap(({ node, box }) => [
      { box, holder: result.placed.get(node.parent)?.box },
      ...node.pods.map(({ name }) => ({ box: placeOf(result, `${node.id}#${name}`)?.box, holder: box })),
    ]);
    expect(things.length).toBe(41);
    for (const { box, holder } of things) {
      if (box === undefined || holder === undefined) throw new Error('a thing has no place');
      expect(box.x).toBeGreaterThanOrEqual(holder.x);
      expect(box.y).toBeGreaterThanOrEqual(holder.y);
      expect(box.x + box.width).toBeLessThanOrEqual(holder.x + holder.width);
      expect(box.y + box.height).toBeLessThanOrEqual(holder.y + holder.height);
    }
  });

  it('runs from left to right: outside, Services, workloads, nodes', () => {
    const { placed } = layout(shop);
    const x = (id: string): number => placed.get(id)?.box.x ?? NaN;
    expect(x('outside')).toBeLessThan(x('service/shop/front'));
    expect(x('service/shop/front')).toBeLessThan(x('deployment/shop/front'));
    expect(x('deployment/shop/front')).toBeLessThan(x('node/node-a'));
  });

  it('puts a Service that misses beside the workload of its name', () => {
    const { placed } = layout(shop);
    const missing = placed.get('service/shop/web')!.box;
    const workload = placed.get('deployment/shop/web')!.box;
    expect(Math.abs(missing.y + missing.height / 2 - (workload.y + workload.height / 2))).toBeLessThan(1);
  });

  it('does not depend on the order of its input', () => {
    const reversed = { ...shop, nodes: [...shop.nodes].reverse(), edges: [...shop.edges].reverse() };
    const one = layout(shop);
    const other = layout(reversed);
    expect(other.order).toEqual(one.order);
    expect([...other.placed].map(([id, item]) => [id, item.box]).sort()).toEqual(
      [...one.placed].map(([id, item]) => [id, item.box]).sort(),
    );
  });

  it('keeps the order when a node is added, renamed in front, or re-targeted', () => {
    const before = layout(shop);
    const added: WireTopologyNode = service('service/shop/aaa', 'aaa');
    const edge: WireTopologyEdge = {
      id: 'aaa→cart',
      from: added.id,
      to: 'deployment/shop/cart',
      kind: 'targets',
      label: '',
    };
    const after = layout({ ...shop, nodes: [...shop.nodes, added], edges: [...shop.edges, edge] }, before.memory);
    for (const kind of ['namespace', 'service', 'workload', 'node', 'outside'] as const) {
      expect(idsOf(after, kind).filter((id) => id !== added.id)).toEqual(idsOf(before, kind));
    }
    expect(overlaps(after)).toEqual([]);
  });

  it('routes every edge between boxes that exist, or to nothing', () => {
    const result = layout(shop);
    const routes = routesOf(shop.edges, result);
    expect(routes.length).toBe(shop.edges.length);
    for (const route of routes) {
      const target = result.placed.get(route.edge.to);
      if (target === undefined) expect(route.state).toBe('lost');
      else if (route.state !== 'lost') expect(route.end.x).toBe(target.box.x);
      else expect(route.end.x).toBeLessThan(target.box.x);
      expect(route.path).not.toMatch(/NaN|undefined/);
    }
    expect(routes.filter((route) => route.state === 'lost').map((route) => route.edge.from)).toContain(
      'service/shop/web',
    );
  });

  it('folds the pods of a large workload, says how many, and finds the others at their places', () => {
    const pods = Array.from({ length: 300 }, (_, index) => ({ name: `p${index}`, ready: true }));
    const workload: WireTopologyNode = { ...service('w', 'w'), kind: 'workload', pods };
    const result = layout({ scope: '', nodes: [workload], edges: [] });
    const placed = result.placed.get('w')!;
    const dots = 300 - placed.folded;
    expect(dots).toBeGreaterThan(20);
    expect(dots).toBeLessThan(100);
    for (const index of [0, 1, dots - 1]) {
      const { box } = placeOf(result, `w#p${index}`)!;
      expect(podAt(placed, { x: box.x + 8, y: box.y + 8 })).toBe(`w#p${index}`);
    }
    expect(placeOf(result, 'w#p299')?.box).toEqual(placeOf(result, `w#p${dots}`)?.box);
  });

  it('lays out nothing', () => {
    expect(layout({ scope: '', nodes: [], edges: [] }).bounds).toEqual({ x: 0, y: 0, width: 0, height: 0 });
  });

  it('does work in proportion to 2,000 Services, and wraps them to a screen', () => {
    let reads = 0;
    const counted = (services: number): Layout => {
      const topology = large(services);
      reads = 0;
      const watch = <T extends { id: string }>(item: T): T => {
        const { id } = item;
        return Object.defineProperty({ ...item }, 'id', {
          get: () => {
            reads++;
            return id;
          },
        });
      };
      return layout({ ...topology, nodes: topology.nodes.map(watch), edges: topology.edges.map(watch) });
    };
    counted(1000);
    const half = reads;
    const result = counted(2000);
    expect(reads / half).toBeLessThan(2.4);
    expect(overlaps(result)).toEqual([]);
    expect(result.bounds.width / result.bounds.height).toBeGreaterThan(0.4);
    expect(result.bounds.width / result.bounds.height).toBeLessThan(4);
  });
});

/** The layout after an edit, as the panel makes it. */
function edited(before: Layout, from: WireTopology, to: WireTopology): Layout {
  return layout(to, renamed(before.memory, renamesBetween(scene(from).nodes, scene(to).nodes)));
}

/** How far the farthest thing has moved of those that both have; `renames` are the same thing. */
function movement(before: Layout, after: Layout, renames: ReadonlyMap<string, string> = new Map()) {
  let [x, y] = [0, 0];
  for (const [id, { box }] of before.placed) {
    const now = after.placed.get(renames.get(id) ?? id)?.box;
    if (now === undefined) continue;
    x = Math.max(x, Math.abs(now.x - box.x));
    y = Math.max(y, Math.abs(now.y - box.y));
  }
  return { x, y };
}

type Edit = (topology: WireTopology) => WireTopology;

/** Changes one node; undefined takes it away, with its edges. */
function change(id: string, to: (node: WireTopologyNode) => WireTopologyNode | undefined): Edit {
  return ({ scope: own, nodes, edges }) => {
    const now = nodes.flatMap((node) => (node.id === id ? (to(node) ?? []) : node));
    const isLeft = now.some((node) => node.id === id);
    return { scope: own, nodes: now, edges: isLeft ? edges : edges.filter(({ from }) => from !== id) };
  };
}

function rename(id: string, label: string): Edit {
  const to = id.replace(/[^/]*$/, label);
  const name = (other: string): string => (other === id ? to : other);
  return (topology) => ({
    ...topology,
    nodes: topology.nodes.map((node) => ({
      ...node,
      ...(node.id === id && { id: to, label }),
      parent: name(node.parent),
    })),
    edges: topology.edges.map((edge) => ({ ...edge, from: name(edge.from), to: name(edge.to) })),
  });
}

const remove = (id: string): Edit => change(id, () => undefined);

function add(node: WireTopologyNode, ...targets: readonly string[]): Edit {
  const edges = targets.map((to): WireTopologyEdge => ({
    id: `${node.id} ${to}`,
    from: node.id,
    to,
    kind: node.kind === 'service' ? 'targets' : 'routes',
    label: '',
  }));
  return (topology) => ({
    ...topology,
    nodes: [...topology.nodes, node],
    edges: [...topology.edges, ...edges],
  });
}

function replicas(id: string, count: number): Edit {
  const pods = Array.from({ length: count }, (_, index) => ({ name: `p${index}`, ready: true }));
  return change(id, (node) => ({ ...node, detail: `Deployment, ${count} replicas`, pods }));
}

describe('what an edit moves', () => {
  /** Ten teams in several columns. */
  const teams = large(250, 3);
  const first: WireTopologyNode = { ...service('service/team-001/aaa', 'aaa'), parent: 'namespace/team-001' };
  const long = 'a-name-that-is-longer-than-all-others';
  const outside: WireTopologyNode = { ...service('outside', 'outside'), kind: 'outside', parent: '' };
  const ingress: WireTopologyNode = { ...service('ingress/team-001/in', 'in'), kind: 'ingress', parent: '' };
  const namespace: WireTopologyNode = {
    ...service('namespace/team-000a', 'team-000a'),
    kind: 'namespace',
    parent: '',
  };
  const service5 = 'service/team-000/service-0005';
  const workload5 = 'deployment/team-000/service-0005';
  /** What makes room at most: a box with its gap, a step of a column. */
  const none = { x: 0, y: 0 };
  const box = { x: 0, y: 60 };

  it.each<readonly [name: string, edit: Edit, room: { x: number; y: number }]>([
    ['a label that nobody sees', change(service5, (node) => ({ ...node })), none],
    ['a Service that misses from now on', (all) => ({ ...all, edges: all.edges.slice(1) }), none],
    ['a replica more', replicas(workload5, 4), none],
    ['many replicas', replicas(workload5, 40), { x: 0, y: 60 }],
    ['a port more', change(service5, (node) => ({ ...node, ports: [...node.ports, { id: 'b', label: 'b' }] })), box],
    ['a Service that is renamed', rename(service5, 'zzz'), none],
    ['a workload that is renamed', rename(workload5, 'zzz'), none],
    ['a namespace that is renamed', rename('namespace/team-002', 'zzz'), none],
    // Its namespace has three columns of bands, each of which grows.
    ['a name that grows out of its column', rename(service5, long), { x: 3 * 120, y: 0 }],
    ['a Service more', add(first), box],
    ['a Service more for a workload', add(first, 'deployment/team-001/service-0030'), box],
    ['a Service less', remove(service5), { x: 0, y: 80 }],
    ['a workload less', remove(workload5), { x: 0, y: 80 }],
    ['an empty namespace more', add(namespace), { x: 0, y: 110 }],
    ['the first thing from outside', add(outside, service5, 'service/team-009/service-0249'), none],
    ['the first Ingress', add(ingress, 'service/team-003/service-0080'), none],
    ['a node less', remove('node/node-3'), box],
  ])('%s', (_, edit, room) => {
    const before = layout(teams);
    const now = edit(teams);
    const after = edited(before, teams, now);
    const moved = movement(before, after, renamesBetween(teams.nodes, now.nodes));
    expect(moved.x).toBeLessThanOrEqual(room.x);
    expect(moved.y).toBeLessThanOrEqual(room.y);
    expect(overlaps(after)).toEqual([]);
    // Taken back, all stands where it stood; only columns that grew stay wide.
    const back = movement(before, edited(after, now, teams));
    expect(back.y).toBe(0);
    expect(back.x).toBe(moved.x);
  });

  it('holds with what comes from outside, however far away what it calls next', () => {
    const from = add(outside, service5)(teams);
    const to = add({ ...outside, id: 'x', kind: 'ingress' }, service5)(from);
    const calling = {
      ...to,
      edges: [...to.edges, { ...to.edges.at(-1)!, id: 'far', to: 'service/team-009/service-0249' }],
    };
    const [one, two] = [layout(from), layout(to)];
    expect(movement(one, edited(one, from, to))).toEqual({
      x: two.placed.get('x')!.box.width + measures.entryGap,
      y: 0,
    });
    expect(movement(two, edited(two, to, calling))).toEqual(none);
  });

  it('moves by no more than the box that comes or goes, however many did before', () => {
    let topology = teams;
    let before = layout(topology);
    for (let turn = 0; turn < 120; turn++) {
      const team = String(turn % 10).padStart(3, '0');
      const isNew = turn % 3 !== 2;
      const node = {
        ...service(`service/team-${team}/s${turn}`, `s${(turn * 37) % 100}`),
        parent: `namespace/team-${team}`,
      };
      const next = isNew ? add(node)(topology) : remove(topology.nodes[topology.nodes.length - 2]!.id)(topology);
      const after = edited(before, topology, next);
      const { x, y } = movement(before, after);
      expect([turn, x, y <= 60]).toEqual([turn, 0, true]);
      [topology, before] = [next, after];
    }
    expect(overlaps(before)).toEqual([]);
  });

  it('keeps in the window what is selected, else what most things there have in common', () => {
    const before = layout(teams);
    const after = edited(before, teams, add(namespace)(teams));
    const id = 'service/team-001/service-0030';
    const old = before.placed.get(id)!.box;
    const now = after.placed.get(id)!.box;
    expect(now).not.toEqual(old);
    const view = { zoom: 1, x: 100 - old.x, y: 100 - old.y };
    const size = { width: 600, height: 400 };
    for (const selected of [undefined, id]) {
      const steady = steadyView(view, size, before, after, selected);
      expect(steady.x + now.x).toBe(100);
      expect(steady.y + now.y).toBe(100);
    }
    expect(steadyView(view, size, before, before, id)).toBe(view);
    const whole = { zoom: 0.01, x: 300, y: 200 };
    expect(steadyView(whole, size, before, after, undefined)).toBe(whole);
  });
});

describe('order', () => {
  it('keeps what was there and inserts what is new behind its predecessor', () => {
    const ranks: Record<string, number> = { c: 0, a: 1 };
    expect(keepOrder(['a', 'b', 'c', 'd'], (item) => ranks[item])).toEqual(['c', 'd', 'a', 'b']);
    expect(keepOrder(['x', 'a', 'c'], (item) => ranks[item])).toEqual(['x', 'c', 'a']);
    expect(keepOrder(['b', 'a'], () => undefined)).toEqual(['b', 'a']);
  });
});

describe('graph', () => {
  const graph = graphOf(scene(shop));
  const result = layout(shop);

  it('finds by all words of a query', () => {
    expect(search(shop.nodes, '  ')).toBeUndefined();
    expect([...(search(shop.nodes, 'service web') ?? [])]).toEqual(['service/shop/web']);
    expect(search(shop.nodes, 'zzz')?.size).toBe(0);
  });

  it('follows a request from the outside to the nodes', () => {
    const way = wayThrough(graph, 'service/shop/front');
    expect(way).toContain('outside');
    expect(way).toContain('deployment/shop/front');
    expect(way).toContain('node/node-b');
    expect(way).not.toContain('service/shop/cart');
  });

  it('moves along edges and within the column', () => {
    expect(neighbour(graph, result, 'outside', 'right')).toBe('service/shop/front');
    expect(neighbour(graph, result, 'service/shop/front', 'right')).toBe('deployment/shop/front');
    expect(neighbour(graph, result, 'deployment/shop/front', 'left')).toBe('service/shop/front');
    const down = neighbour(graph, result, 'service/shop/cart', 'down');
    expect(result.placed.get(down!)?.node.kind).toBe('service');
    expect(neighbour(graph, result, down!, 'up')).toBe('service/shop/cart');
  });
});

/** The map's layout: nothing overlaps, nothing shuffles, and the work grows with the input. */

import { describe, expect, it } from 'vitest';
import type { WireTopology, WireTopologyEdge, WireTopologyNode } from '#protocol/values';
import { intersects } from '../../media/topology/geometry';
import { graphOf, search, wayThrough } from '../../media/topology/graph';
import { layout as layOut, placeOf, type Layout } from '../../media/topology/layout';
import type { MapKind } from '../../media/topology/model';
import { neighbour } from '../../media/topology/neighbours';
import { keepOrder } from '../../media/topology/order';
import { podAt } from '../../media/topology/placed';
import { routesOf } from '../../media/topology/routes';
import { noFilter, sceneOf, type Filter, type Grouping, type Scene } from '../../media/topology/scene';
import { large, shop } from './harness/topology-fixture';

function scene(topology: WireTopology, grouping: Grouping = 'namespace', filter: Filter = noFilter): Scene {
  return sceneOf(topology, filter, grouping);
}

function layout(topology: WireTopology, previous?: readonly string[]): Layout {
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
    const after = layout({ ...shop, nodes: [...shop.nodes, added], edges: [...shop.edges, edge] }, before.order);
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

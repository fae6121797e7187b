/** The graph that a map shows, as far as its host knows it: whole, and kept up to date by changes. */

import type { WireTopology, WireTopologyChange, WireTopologyEdge, WireTopologyNode } from './values';

type Answer =
  | { readonly version: string; readonly topology: WireTopology }
  | { readonly version: string; readonly change: WireTopologyChange };

export class KnownTopology {
  readonly #nodes = new Map<string, WireTopologyNode>();
  readonly #edges = new Map<string, WireTopologyEdge>();
  #scope: string | undefined;
  #version: string | undefined;
  #shown: number | undefined;

  /** What the server called the graph of this scope; undefined where it is not known. */
  versionOf(scope: string): string | undefined {
    return this.#scope === scope ? this.#version : undefined;
  }

  /** The number of the message that showed it last. */
  get shown(): number | undefined {
    return this.#shown;
  }

  get isEmpty(): boolean {
    return this.#nodes.size === 0;
  }

  /** Takes what the server answered, which is shown by message `shown`. */
  take(scope: string, answer: Answer, shown: number): void {
    const { nodes, edges } = 'change' in answer ? answer.change : answer.topology;
    if ('topology' in answer) this.clear();
    else for (const id of answer.change.removed) if (!this.#nodes.delete(id)) this.#edges.delete(id);
    for (const node of nodes) this.#nodes.set(node.id, node);
    for (const edge of edges) this.#edges.set(edge.id, edge);
    this.#scope = scope;
    this.#version = answer.version;
    this.#shown = shown;
  }

  clear(): void {
    this.#nodes.clear();
    this.#edges.clear();
    this.#version = undefined;
    this.#shown = undefined;
  }

  whole(): WireTopology {
    return { scope: this.#scope ?? '', nodes: [...this.#nodes.values()], edges: [...this.#edges.values()] };
  }

  /** A pod leads to its workload. */
  node(id: string): WireTopologyNode | undefined {
    const workload = /^(.+)#[^#]+$/.exec(id)?.[1];
    return this.#nodes.get(id) ?? (workload === undefined ? undefined : this.#nodes.get(workload));
  }

  ofObject(key: string): WireTopologyNode | undefined {
    for (const node of this.#nodes.values()) if (node.object === key) return node;
    return undefined;
  }

  edgesFrom(id: string): readonly WireTopologyEdge[] {
    return [...this.#edges.values()].filter((edge) => edge.from === id);
  }
}

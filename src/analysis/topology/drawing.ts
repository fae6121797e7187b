/** What the parts of the graph share: what they are made from, and plain nodes. */

import type { KubernetesObject } from '#model/object';
import type { ControlPlane } from '#simulation/types';
import type { Finding, Place, TopologyEdge, TopologyNode } from '../types';

/** What the parts of the graph are made from. */
export interface Drawing {
  readonly controlPlane: ControlPlane;
  /** Whether no pod may be made for it. */
  readonly isSketch: boolean;
  readonly findings: (object: KubernetesObject) => readonly Finding[];
  readonly objectAt: (place: Place) => KubernetesObject | undefined;
}

export interface Part {
  readonly nodes: readonly TopologyNode[];
  readonly edges: readonly TopologyEdge[];
}

export const nothing: Part = { nodes: [], edges: [] };

/** A node without ports, pods and problems. */
export function node(
  id: string,
  kind: TopologyNode['kind'],
  label: string,
  detail: string,
  parent: string,
  object: KubernetesObject | undefined,
): TopologyNode {
  return { id, kind, label, detail, parent, ports: [], object: object?.key, pods: [], zone: undefined, problems: [] };
}

/** An edge that starts at no port and has no problem. */
export function edge(from: string, to: string, kind: TopologyEdge['kind'], label = ''): TopologyEdge {
  return { id: `${from} → ${to}`, from, fromPort: undefined, to, kind, label, problem: undefined };
}

/** What a node shows of its findings: all but the hints. */
export function problemsOf(findings: readonly Finding[]): TopologyNode['problems'] {
  return findings
    .filter(({ severity }) => severity !== 'hint')
    .map(({ severity, message, details, fixes }) => ({
      severity,
      message,
      details: [
        ...details.map(({ label, text }) => (label === 'cause' || label === 'note' ? text : `${label}: ${text}`)),
        ...fixes.map(({ title }) => `fix: ${title}`),
      ],
    }));
}

export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

/** `rules`: kube-proxy's rules of a node, as the node's own tools would print them. */

import type { ScopeState } from '#analysis/context';
import { modeOnNode } from '#analysis/data-plane/data-plane';
import { Failure } from './failure';
import { print } from './output';
import { modeOf } from './requests';

export function rules(
  { simulation }: ScopeState,
  flags: { readonly node: string; readonly mode?: string; readonly family?: 'IPv4' | 'IPv6' },
): void {
  const mode = modeOf(flags.mode) ?? modeOnNode(flags.node, simulation.controlPlane);
  // One listing of IPVS holds both families, as one ipvsadm lists them.
  const families = flags.family ? [flags.family] : mode === 'ipvs' ? (['IPv4', 'IPv6'] as const) : (['IPv4'] as const);
  for (const family of families) {
    const ruleset = simulation.dataPlane.rules(flags.node, mode, family);
    if (!ruleset) {
      const known = simulation.controlPlane.nodes().map((node) => node.metadata.name);
      throw new Failure(`no node ${flags.node}; nodes: ${known.join(', ')}`);
    }
    print(simulation.dataPlane.print(ruleset));
  }
}

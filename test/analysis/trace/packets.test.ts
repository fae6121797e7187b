/** What a path shows beside its hops: the packet at each point, what is explained, and where its rules stand. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { topicIds, topics } from '#analysis/learn/topics';
import { rulesDocument } from '#analysis/rules-view/document';
import { lineOfRule } from '#analysis/rules-view/rule-line';
import { traceRequest } from '#analysis/trace/trace';
import type { Trace, TraceRequest } from '#analysis/types';
import type { Workspace } from '#analysis/workspace';
import { workspaceOf } from './case-file';

const shop = new Map(
  ['namespaces', 'front', 'catalog', 'web'].map((name) => [
    `${name}.yaml`,
    readFileSync(join(import.meta.dirname, `../../../examples/shop/${name}.yaml`), 'utf8'),
  ]),
);

function traced(request: TraceRequest, workspace: Workspace = workspaceOf(shop)): Trace {
  const result = traceRequest(request, workspace, workspace.scopes[0]!);
  if ('error' in result) throw new Error(result.error);
  return result;
}

const outside = { from: 'outside via node-b', to: 'service shop/front' };
const modes = ['iptables', 'nftables', 'ipvs'] as const;

describe('a path', () => {
  it.each(modes)('shows the packet before and after each translation, and the answer (%s)', (mode) => {
    const [path] = traced({ ...outside, mode }).paths;
    const { packets, outcome } = path!;
    expect(packets.map(({ what }) => what)).toEqual(['TCP', 'mark', 'DNAT', 'MASQUERADE', expect.stringMatching(/^at /), expect.stringMatching(/^by /), 'translated back']); // prettier-ignore
    const [sent, marked, translated, hidden, arrived, answered, received] = packets;
    expect(sent).toMatchObject({ where: 'as sent', source: '203.0.113.10:41312', mark: undefined });
    expect(marked).toMatchObject({ mark: '0x4000', destination: sent!.destination });
    expect(translated!.destination).toMatch(/^10\.244\..*:8080$/);
    expect(hidden).toMatchObject({ source: sent!.destination.replace(/:.*/, ':41312'), mark: undefined });
    expect([arrived!.source, arrived!.destination]).toEqual([hidden!.source, translated!.destination]);
    expect([answered!.source, answered!.destination]).toEqual([arrived!.destination, arrived!.source]);
    expect([received!.source, received!.destination]).toEqual([sent!.destination, sent!.source]);
    expect(outcome.kind).toBe('delivered');
  });

  it('ends with the last change where the packet does not arrive, and is empty where none is sent', () => {
    const refused = traced({ from: 'deployment shop/front', to: 'http://web/' });
    expect(refused.paths[0]!.packets.map(({ where }) => where)).toEqual(['as sent']);
    expect(traced({ from: 'deployment shop/front', to: 'http://nobody/' }).paths[0]!.packets).toEqual([]);
  });

  it.each(modes)('knows where its rules stand in the document of their node (%s)', (mode) => {
    const workspace = workspaceOf(shop);
    const { dataPlane } = workspace.scopes[0]!.simulation;
    const rules = traced({ ...outside, mode }, workspace).paths[0]!.hops.flatMap((hop) => hop.rules ?? []);
    expect(rules.length).toBeGreaterThan(3);
    for (const rule of rules) {
      const document = rulesDocument(dataPlane.rules(rule.at.node, mode, rule.at.family)!);
      const line = lineOfRule(document, rule);
      const text = document.lines[line ?? -1]?.text.trim();
      // A rule with a map is told with the element that matched.
      if (mode === 'nftables') expect(text, rule.text).toBeDefined();
      else expect(text).toBe(rule.text);
    }
  });

  it('names what a newcomer meets at each hop', () => {
    const { hops } = traced({ from: 'deployment shop/front', to: 'http://catalog/', mode: 'iptables' }).paths[0]!;
    expect(hops.map(({ kind, topics: met }) => [kind, met])).toEqual([
      ['name', ['dns-name', 'search-path']],
      ['service', ['cluster-ip', 'endpoint-slice', 'selector']],
      ['rules', ['kube-services', 'kube-svc', 'kube-sep', 'conntrack']],
      ['policy', ['network-policy']],
      ...(hops.some(({ kind }) => kind === 'route') ? [['route', undefined]] : []),
      ['policy', ['network-policy']],
      ['pod', ['selector']],
      ['reply', ['conntrack']],
    ]);
  });
});

describe('explanations', () => {
  it.each(topicIds)('of %s are two sentences', (id) => {
    const { title, text } = topics[id];
    expect(title).not.toBe('');
    expect(text.split(/\.(?:\s+(?=[A-ZÀ-Ž“])|$)/).filter(Boolean)).toHaveLength(2);
    expect(text.length).toBeLessThan(330);
  });
});

/** What a debug session asks of whoever runs it: the server's answers, and how places are called in the editor. */

import type { RecordParams, RuleLines, WireFrame, WireRecording } from '#protocol/debug';

/** Whose rules a document shows. */
export interface RulesSource {
  readonly scope: string;
  readonly node: string;
  readonly mode: 'iptables' | 'ipvs' | 'nftables';
  readonly family: 'IPv4' | 'IPv6';
}

export interface SourceName {
  readonly name: string;
  /** A file's path, or a URI. */
  readonly path: string;
}

export interface DebugHost {
  record(params: RecordParams): Promise<{ readonly recording: WireRecording } | { readonly error: string }>;
  /** The rules that a source shows; undefined for any other source. */
  rulesOf(path: string): RulesSource | undefined;
  ruleLines(rules: RulesSource): Promise<RuleLines>;
  rulesSource(rules: RulesSource): SourceName;
  yamlSource(place: NonNullable<WireFrame['yaml']>): SourceName;
  /** Tells when the manifests have changed since the request was recorded. */
  onChanged(listener: () => void): { dispose(): void };
}

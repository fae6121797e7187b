/** The rules of a node, as its own tools would print them; a line leads to the YAML that made it. */

import { useEffect, useState } from 'preact/hooks';
import type { Page } from '#page/page';
import { nodesRequest, rulesDefinitionRequest, rulesRequest, type RulesQuestion } from '#protocol/server';
import type { WirePlace } from '#protocol/values';
import { Empty } from '../components/empty';
import { Choose } from './choose';
import { TextView } from './text-view';

/** Which rules, and the line to show. */
export type RulesWanted = Pick<RulesQuestion, 'node' | 'mode' | 'family'> & { readonly line?: number };

const modes = ['iptables', 'ipvs', 'nftables'] as const;
const families = ['IPv4', 'IPv6'] as const;

export function Rules(props: {
  readonly page: Page;
  readonly scope: string;
  /** Undefined: the first node's, as it is set up. */
  readonly wanted: RulesWanted | undefined;
  readonly onWant: (wanted: RulesWanted) => void;
  readonly onPlace: (place: WirePlace) => void;
  readonly onError: (error: unknown) => void;
}) {
  const { page, scope, wanted, onWant, onPlace, onError } = props;
  const [nodes, setNodes] = useState<readonly string[]>([]);
  const [shown, setShown] = useState<
    { readonly text: string; readonly range: WirePlace['range'] | undefined } | undefined
  >();
  const [reason, setReason] = useState('');

  useEffect(() => {
    page
      .ask(nodesRequest, { scope })
      .then(({ nodes: all, mode }) => {
        setNodes(all);
        const [node] = all;
        if (wanted === undefined && node !== undefined) onWant({ node, mode, family: 'IPv4' });
      })
      .catch(onError);
  }, [page, scope, wanted === undefined]);

  useEffect(() => {
    if (wanted === undefined) return;
    const { node, mode, family, line } = wanted;
    page
      .ask(rulesRequest, { scope, node, mode, family })
      .then((answer) => {
        setReason('error' in answer ? answer.error : '');
        const range =
          line === undefined ? undefined : { start: { line, character: 0 }, end: { line, character: 10_000 } };
        setShown('error' in answer ? undefined : { text: answer.text, range });
      })
      .catch(onError);
  }, [page, scope, wanted]);

  if (wanted === undefined) return <Empty icon="node" title="No rules" text="This scope has no node." />;
  const { node, mode, family } = wanted;
  /** To the YAML behind what first stands in the line and has any. */
  const follow = async (line: number): Promise<void> => {
    const text = shown?.text.split('\n')[line] ?? '';
    const rules = { scope, node, mode, family };
    const words = [...text.matchAll(/[^\s"]+/g)].map(({ index }) => index);
    for (const character of words) {
      const { places } = await page.ask(rulesDefinitionRequest, { rules, position: { line, character }, text });
      if (places[0]) return onPlace(places[0]);
    }
  };
  return (
    <div class="rules">
      <div class="rules-head">
        <Choose label="Node" value={node} choices={nodes} onChoose={(next) => onWant({ node: next, mode, family })} />
        <Choose label="Mode" value={mode} choices={modes} onChoose={(next) => onWant({ node, mode: next, family })} />
        <Choose
          label="Family"
          value={family}
          choices={families}
          onChoose={(next) => onWant({ node, mode, family: next })}
        />
        <span class="muted rules-hint">Enter or a double click on a line leads to the YAML that made it.</span>
      </div>
      {shown === undefined ? (
        <Empty icon="node" title="No rules" text={reason} />
      ) : (
        <TextView
          label={`Rules of ${node}, ${mode}, ${family}`}
          text={shown.text}
          range={shown.range}
          takesFocus={false}
          onLine={(line) => void follow(line).catch(onError)}
        />
      )}
    </div>
  );
}

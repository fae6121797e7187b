/** The side panel of what is selected: its facts, problems, ports, and what it has to do with others. */

import type { WireTopic, WireTopologyEdge } from '#protocol/values';
import { Button, Link } from '../components/controls';
import { Explanations } from '../components/explanations';
import { Icon, severityWords } from '../components/icons';
import { nodeOf, problemsOf, type Graph } from './graph';
import { podId, type MapNode } from './model';
import { Readiness } from './readiness';
import { Problem, Section, Side } from './side';
import { kindOf, wayWords, words } from './words';

interface Actions {
  readonly onSelect: (id: string) => void;
  /** Opens the YAML; of a problem with this message its place. */
  readonly onOpen: (id: string, problem?: string) => void;
  readonly onTraceFrom: (id: string) => void;
  readonly onTraceTo: (id: string) => void;
  /** Undefined where nothing can be supposed. */
  readonly onWhatIf: ((id: string) => void) | undefined;
  readonly onFocus: (id: string | undefined) => void;
  readonly onStopExplaining: () => void;
  readonly onClose: () => void;
}

export function Details(
  props: Actions & {
    readonly graph: Graph;
    readonly node: MapNode;
    readonly focus: string | undefined;
    /** What explains its kind. */
    readonly topics: readonly WireTopic[] | undefined;
  },
) {
  const { graph, node, focus, topics, onSelect, onOpen, onWhatIf, onStopExplaining, onClose } = props;
  const { id } = node;
  const isGroup = node.kind === 'namespace' || node.kind === 'zone';
  const problems = problemsOf(graph, id);
  return (
    <Side title={node.label} kind={kindOf(node)} onClose={onClose}>
      <div class="with-explanation">
        {node.detail !== '' && <p class="facts">{node.detail}</p>}
        <Explanations
          key={id}
          topics={topics ?? []}
          about={`${kindOf(node)} ${node.label}`}
          onStop={onStopExplaining}
        />
      </div>
      {node.change !== undefined && <p class="facts change">{node.change.text}</p>}
      <div class="actions">
        {isSource(node) && <Button onClick={() => props.onTraceFrom(id)}>{words.traceFrom}</Button>}
        {isDestination(node) && <Button onClick={() => props.onTraceTo(id)}>{words.traceTo}</Button>}
        {onWhatIf && isSubject(node) && <Button onClick={() => onWhatIf(id)}>{words.whatIf}</Button>}
        {node.object !== undefined && <Button onClick={() => onOpen(id)}>{words.openYaml}</Button>}
        {!isGroup && node.kind !== 'pod' && (
          <Button onClick={() => props.onFocus(focus === id ? undefined : id)}>
            {focus === id ? words.unfocus : words.focus}
          </Button>
        )}
      </div>
      {problems.length > 0 && (
        <Section title={words.problems}>
          <ul class="problems">
            {problems.map((problem, index) => (
              <Problem
                key={index}
                problem={problem}
                hasDetails={!isGroup}
                onFollow={() => (isGroup ? onSelect(problem.node.id) : onOpen(problem.node.id, problem.message))}
              />
            ))}
          </ul>
        </Section>
      )}
      {node.ports.length > 0 && <Ports graph={graph} node={node} onSelect={onSelect} />}
      <Neighbours graph={graph} node={node} onSelect={onSelect} />
    </Side>
  );
}

/** Whether something can be supposed to happen to it. */
function isSubject({ kind }: MapNode): boolean {
  return ['workload', 'pod', 'node', 'service', 'policy'].includes(kind);
}

/** Whether a request can start there. */
export function isSource({ kind }: MapNode): boolean {
  return kind === 'workload' || kind === 'pod' || kind === 'node' || kind === 'outside';
}

/** Whether a request can go there. */
export function isDestination({ kind }: MapNode): boolean {
  return !['outside', 'namespace', 'zone', 'policy'].includes(kind);
}

function Ports({ graph, node, onSelect }: Neighbourhood) {
  const edges = graph.outgoing.get(node.id) ?? [];
  return (
    <Section title={node.kind === 'gateway' ? words.listeners : words.ports}>
      <ul class="ports">
        {node.ports.map((port) => (
          <li key={port.id}>
            <span class="mono">{port.label}</span>
            <Ends
              ends={endsOf(
                graph,
                edges.filter((edge) => edge.fromPort === port.id),
                'to',
              )}
              onSelect={onSelect}
            />
          </li>
        ))}
      </ul>
    </Section>
  );
}

interface Neighbourhood {
  readonly graph: Graph;
  readonly node: MapNode;
  readonly onSelect: (id: string) => void;
}

function Neighbours({ graph, node, onSelect }: Neighbourhood) {
  const outgoing = graph.outgoing.get(node.id) ?? [];
  const incoming = graph.incoming.get(node.id) ?? [];
  const of = (edges: readonly WireTopologyEdge[], kind: WireTopologyEdge['kind']): readonly WireTopologyEdge[] =>
    edges.filter((edge) => edge.kind === kind);
  // Those of a port stand at the port.
  const portless = outgoing.filter((edge) => edge.fromPort === undefined);
  const targets = of(portless, 'targets');
  const to = (edges: readonly WireTopologyEdge[]): readonly End[] => endsOf(graph, edges, 'to');
  const from = (edges: readonly WireTopologyEdge[]): readonly End[] => endsOf(graph, edges, 'from');
  const ways: readonly (readonly [string, readonly End[]])[] = [
    [wayWords.reachedFrom, from(of(incoming, 'routes'))],
    [wayWords.sendsTo, to(of(portless, 'routes'))],
    [wayWords.targets, to(targets.filter((edge) => edge.problem === undefined))],
    [wayWords.misses, to(targets.filter((edge) => edge.problem !== undefined && graph.nodes.has(edge.to)))],
    [wayWords.targetedBy, from(of(incoming, 'targets'))],
    [wayWords.calls, to(of(outgoing, 'calls'))],
    [wayWords.calledBy, from(of(incoming, 'calls'))],
    [wayWords.isolatedBy, from(of(incoming, 'selects'))],
    [wayWords.isolates, to(of(outgoing, 'selects'))],
    [wayWords.pods, podsOf(node)],
    [wayWords.madeBy, thing(graph, node.maker, '')],
    [wayWords.runsOn, thing(graph, node.runsOn, '')],
    [wayWords.runs, runsOf(graph, node.id)],
  ];
  return (
    <>
      {ways.map(([title, ends]) => {
        const unique = [...new Map(ends.map((end) => [`${end.id} ${end.note}`, end])).values()];
        if (unique.length === 0) return null;
        return (
          <Section key={title} title={unique.length > 3 ? `${title} (${unique.length})` : title}>
            <Ends ends={unique} onSelect={onSelect} />
          </Section>
        );
      })}
    </>
  );
}

/** What stands at the other end. */
interface End {
  /** Undefined where the edge ends at nothing that is there. */
  readonly id: string | undefined;
  readonly label: string;
  readonly note: string;
  readonly ready?: boolean;
  readonly problem?: WireTopologyEdge['problem'];
}

function endsOf(graph: Graph, edges: readonly WireTopologyEdge[], end: 'from' | 'to'): readonly End[] {
  return edges.map((edge) => {
    const other = graph.nodes.get(edge[end]);
    return { id: other?.id, label: other?.label ?? '', note: edge.label, problem: edge.problem };
  });
}

function podsOf(node: MapNode): readonly End[] {
  return node.pods.map(({ name, ready, address, node: runsOn }) => {
    const note = [address, runsOn === undefined ? undefined : `on ${runsOn}`].filter(Boolean).join(' ');
    return { id: podId(node.id, name), label: name, note, ready };
  });
}

function thing(graph: Graph, id: string | undefined, note: string): readonly End[] {
  const node = id === undefined ? undefined : nodeOf(graph, id);
  return node === undefined ? [] : [{ id: node.id, label: node.label, note: note === '' ? node.detail : note }];
}

function runsOf(graph: Graph, id: string): readonly End[] {
  if (!id.startsWith('node/')) return [];
  const there = [...(graph.runs.get(id) ?? [])];
  return there.flatMap(([workload, pods]) => thing(graph, workload, pods === 1 ? '1 pod' : `${pods} pods`));
}

const mostEnds = 24;

function Ends({ ends, onSelect }: { readonly ends: readonly End[]; readonly onSelect: (id: string) => void }) {
  return (
    <ul class="ends">
      {ends.slice(0, mostEnds).map(({ id, label, note, ready, problem }, index) => (
        <li key={index}>
          {ready !== undefined && <Readiness ready={ready} />}
          {id !== undefined && <Link onFollow={() => onSelect(id)}>{label}</Link>}{' '}
          {note !== '' && <span class="muted">{note}</span>}
          {problem !== undefined && (
            // The message itself stands among the problems of the node.
            <Icon
              name={problem.severity}
              class={`tone-${problem.severity}`}
              title={`${severityWords[problem.severity]}: ${problem.message}`}
            />
          )}
        </li>
      ))}
      {ends.length > mostEnds && <li class="muted">{words.more(ends.length - mostEnds)}</li>}
    </ul>
  );
}

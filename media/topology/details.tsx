/** The side panel: facts about what is selected, or all problems of the map. */

import type { WireTopologyEdge, WireTopologyNode } from '#protocol/values';
import type { ComponentChildren } from 'preact';
import { Button, Link } from '../components/controls';
import { Icon, SeverityIcon, severityWords } from '../components/icons';
import { count } from '../components/words';
import { problemsOf, type Graph, type NodeProblem } from './graph';
import { Readiness } from './readiness';
import { kindOf } from './words';

interface Actions {
  readonly onSelect: (id: string) => void;
  readonly onOpen: (id: string) => void;
  readonly onTrace: (id: string) => void;
  readonly onClose: () => void;
}

export function Details(props: Actions & { readonly graph: Graph; readonly node: WireTopologyNode }) {
  const { graph, node, onSelect, onOpen, onTrace, onClose } = props;
  const { id } = node;
  const isNamespace = node.kind === 'namespace';
  const problems = problemsOf(graph, id);
  const toTrace = node.kind === 'service' ? 'Trace to it' : 'Trace from it';
  const isTraceable = node.kind === 'service' || node.kind === 'workload' || node.kind === 'pod';
  return (
    <Side title={node.label} kind={kindOf(node)} onClose={onClose}>
      {node.detail !== '' && <p class="facts">{node.detail}</p>}
      {(node.place !== undefined || isTraceable) && (
        <div class="actions">
          {isTraceable && (
            <Button look="primary" onClick={() => onTrace(id)}>
              {toTrace}
            </Button>
          )}
          {node.place !== undefined && <Button onClick={() => onOpen(id)}>Open YAML</Button>}
        </div>
      )}
      {problems.length > 0 && (
        <Section title="Problems">
          <ul class="problems">
            {problems.map((problem, index) => (
              <Problem key={index} problem={problem} onSelect={isNamespace ? onSelect : undefined} />
            ))}
          </ul>
        </Section>
      )}
      {node.ports.length > 0 && (
        <Section title="Ports">
          <ul class="ports">
            {node.ports.map((port) => (
              <li key={port.id}>
                <span class="mono">{port.label}</span>
                <Ends
                  graph={graph}
                  edges={(graph.outgoing.get(id) ?? []).filter((edge) => edge.fromPort === port.id)}
                  onSelect={onSelect}
                />
              </li>
            ))}
          </ul>
        </Section>
      )}
      <Neighbours graph={graph} node={node} onSelect={onSelect} />
    </Side>
  );
}

function Neighbours(props: {
  readonly graph: Graph;
  readonly node: WireTopologyNode;
  readonly onSelect: (id: string) => void;
}) {
  const { graph, node, onSelect } = props;
  const outgoing = graph.outgoing.get(node.id) ?? [];
  const incoming = graph.incoming.get(node.id) ?? [];
  const of = (edges: readonly WireTopologyEdge[], kind: WireTopologyEdge['kind']): readonly WireTopologyEdge[] =>
    edges.filter((edge) => edge.kind === kind);
  // Those of a port stand at the port.
  const headless = of(outgoing, 'targets').filter((edge) => edge.fromPort === undefined);
  const ways: readonly (readonly [string, readonly WireTopologyEdge[], 'from' | 'to'])[] = [
    ['Reached from', of(incoming, 'routes'), 'from'],
    ['Sends to', of(outgoing, 'routes'), 'to'],
    ['Targets', headless.filter((edge) => edge.problem === undefined), 'to'],
    ['Misses', headless.filter((edge) => edge.problem !== undefined && graph.nodes.has(edge.to)), 'to'],
    ['Targeted by', of(incoming, 'targets'), 'from'],
    ['Made by', of(incoming, 'makes'), 'from'],
    ['Pods', of(outgoing, 'makes'), 'to'],
    ['Runs on', of(outgoing, 'runs-on'), 'to'],
    ['Runs', of(incoming, 'runs-on'), 'from'],
  ];
  return (
    <>
      {ways.map(([title, edges, end]) => {
        const unique = [...new Map(edges.map((edge) => [`${edge[end]} ${edge.label}`, edge])).values()];
        if (unique.length === 0) return null;
        return (
          <Section key={title} title={unique.length > 3 ? `${title} (${unique.length})` : title}>
            <Ends graph={graph} edges={unique} end={end} onSelect={onSelect} />
          </Section>
        );
      })}
    </>
  );
}

const mostEnds = 24;

function Ends(props: {
  readonly graph: Graph;
  readonly edges: readonly WireTopologyEdge[];
  readonly end?: 'from' | 'to';
  readonly onSelect: (id: string) => void;
}) {
  const { graph, edges, end = 'to', onSelect } = props;
  return (
    <ul class="ends">
      {edges.slice(0, mostEnds).map((edge) => {
        const other = graph.nodes.get(edge[end]);
        return (
          <li key={edge.id}>
            {other !== undefined && (
              <>
                <Readiness node={other} />
                <Link onFollow={() => onSelect(other.id)}>{other.label}</Link>{' '}
                <span class="muted">{other.kind === 'pod' || other.kind === 'node' ? other.detail : edge.label}</span>
              </>
            )}
            {other === undefined && edge.label !== '' && <span class="muted">{edge.label}</span>}
            {edge.problem !== undefined && (
              // The message itself stands among the problems of the node.
              <Icon
                name={edge.problem.severity}
                class={`tone-${edge.problem.severity}`}
                title={`${severityWords[edge.problem.severity]}: ${edge.problem.message}`}
              />
            )}
          </li>
        );
      })}
      {edges.length > mostEnds && <li class="muted">and {edges.length - mostEnds} more</li>}
    </ul>
  );
}

export function Problems(props: {
  readonly graph: Graph;
  readonly onSelect: (id: string) => void;
  readonly onClose: () => void;
}) {
  const { graph, onSelect, onClose } = props;
  return (
    <Side
      title={graph.problems.length === 0 ? 'No problems' : count(graph.problems.length, 'problem')}
      onClose={onClose}
    >
      <ul class="problems">
        {graph.problems.map((problem, index) => (
          <Problem key={index} problem={problem} onSelect={onSelect} />
        ))}
      </ul>
    </Side>
  );
}

function Problem(props: { readonly problem: NodeProblem; readonly onSelect?: (id: string) => void }) {
  const { problem, onSelect } = props;
  return (
    <li class="problem">
      <SeverityIcon severity={problem.severity} />
      {onSelect === undefined ? (
        <div>
          {problem.message}
          {problem.details.map((line) => (
            <div key={line} class="problem-detail">
              {line}
            </div>
          ))}
        </div>
      ) : (
        <span class="plain-link">
          <Link onFollow={() => onSelect(problem.node.id)}>{problem.message}</Link>
        </span>
      )}
    </li>
  );
}

function Side(props: {
  readonly title: string;
  readonly kind?: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}) {
  const { title, kind, onClose, children } = props;
  return (
    <aside
      class="side"
      aria-label={kind === undefined ? title : `${kind} ${title}`}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <header>
        <div>
          {kind !== undefined && <div class="side-kind">{kind}</div>}
          <h2>{title}</h2>
        </div>
        <Button look="icon" label="Close" onClick={onClose}>
          <Icon name="close" />
        </Button>
      </header>
      {children}
    </aside>
  );
}

function Section(props: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <section>
      <h3>{props.title}</h3>
      {props.children}
    </section>
  );
}

/** The frame of the side panel, and the list of all problems. */

import type { ComponentChildren } from 'preact';
import { Button, Link } from '../components/controls';
import { Icon, SeverityIcon } from '../components/icons';
import { count } from '../components/words';
import type { Graph, NodeProblem } from './graph';
import { words } from './words';

export function Problems(props: {
  readonly graph: Graph;
  readonly onSelect: (id: string) => void;
  readonly onClose: () => void;
}) {
  const { graph, onSelect, onClose } = props;
  return (
    <Side
      title={graph.problems.length === 0 ? words.noProblems : count(graph.problems.length, 'problem')}
      onClose={onClose}
    >
      <ul class="problems">
        {graph.problems.map((problem, index) => (
          <Problem key={index} problem={problem} onFollow={() => onSelect(problem.node.id)} />
        ))}
      </ul>
    </Side>
  );
}

/** A problem as a link: in a list of many to whom it is about, with its details to the line that is wrong. */
export function Problem(props: {
  readonly problem: NodeProblem;
  readonly hasDetails?: boolean;
  readonly onFollow: () => void;
}) {
  const { problem, hasDetails, onFollow } = props;
  return (
    <li class="problem">
      <SeverityIcon severity={problem.severity} />
      <div>
        <span class="plain-link">
          <Link onFollow={onFollow}>{problem.message}</Link>
        </span>
        {hasDetails &&
          problem.details.map((line) => (
            <div key={line} class="problem-detail">
              {line}
            </div>
          ))}
      </div>
    </li>
  );
}

export function Side(props: {
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
        <Button look="icon" label={words.close} onClick={onClose}>
          <Icon name="close" />
        </Button>
      </header>
      {children}
    </aside>
  );
}

export function Section(props: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <section>
      <h3>{props.title}</h3>
      {props.children}
    </section>
  );
}

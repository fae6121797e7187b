/** The ends of a request that were chosen on the map, until it is traced. */

import { Button, Link } from '../components/controls';
import { Icon } from '../components/icons';
import { nodeOf, type Graph } from './graph';
import { words } from './words';

export function TraceBar(props: {
  readonly graph: Graph;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly onSelect: (id: string) => void;
  readonly onTrace: () => void;
  readonly onForget: () => void;
}) {
  const { graph, from, to, onSelect } = props;
  const end = (id: string | undefined) => {
    const label = id === undefined ? undefined : (nodeOf(graph, id)?.label ?? id.replace(/^.*[/#]/, ''));
    if (id === undefined || label === undefined) return <span class="muted">{words.notChosen}</span>;
    return <Link onFollow={() => onSelect(id)}>{label}</Link>;
  };
  return (
    <div class="trace-bar" role="group" aria-label={words.traceBar}>
      <Icon name="arrow" />
      <span>
        {words.traceSource} {end(from)} {words.traceDestination} {end(to)}
      </span>
      <Button look="primary" onClick={props.onTrace}>
        {words.trace}
      </Button>
      <Button look="icon" label={words.forget} onClick={props.onForget}>
        <Icon name="close" />
      </Button>
    </div>
  );
}

/** The same request in each mode and from each node, as one table; a cell is a link to that trace. */

import type { WireComparison, WireTraceRequest } from '#protocol/values';
import { useEffect, useRef } from 'preact/hooks';
import { Link, ProgressRing } from '../components/controls';
import { Icon } from '../components/icons';

export function ComparisonTable(props: {
  /** Undefined while it is closed, or not there yet. */
  readonly comparison: WireComparison | undefined;
  /** Why there is none. */
  readonly problem: string | undefined;
  readonly request: WireTraceRequest;
  readonly isOpen: boolean;
  readonly onToggle: (open: boolean) => void;
  readonly onTrace: (request: WireTraceRequest) => void;
}) {
  const { comparison, problem, request, isOpen, onToggle, onTrace } = props;
  const asked = useRef(false);
  // A page that comes back asks once more for what it showed.
  useEffect(() => {
    if (isOpen && comparison === undefined && problem === undefined && !asked.current) onToggle(true);
    asked.current = isOpen;
  });
  return (
    <details
      class="comparison"
      open={isOpen}
      onToggle={(event) => {
        const { open } = event.currentTarget;
        if (open === isOpen) return;
        asked.current = open;
        onToggle(open);
      }}
    >
      <summary>The same request from other nodes, in other modes</summary>
      {isOpen && problem !== undefined && <p class="field-error">It cannot be compared: {problem}</p>}
      {isOpen && comparison === undefined && problem === undefined && <ProgressRing label="Comparing" />}
      {comparison !== undefined && (
        <>
          <table>
            <thead>
              <tr>
                <th scope="col">from</th>
                {comparison.modes.map((mode) => (
                  <th key={mode} scope="col">
                    {mode}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {comparison.sources.map((source) => (
                <tr key={source}>
                  <th scope="row">
                    {source}
                    <Called source={source} comparison={comparison} request={request} />
                  </th>
                  {comparison.modes.map((mode) => {
                    const cell = comparison.cells.find((one) => one.source === source && one.mode === mode);
                    if (cell === undefined) return <td key={mode} />;
                    const isShown = request.from === source && request.mode === mode;
                    return (
                      <td key={mode} class={isShown ? 'shown' : ''} title={cell.ends.join('\n')}>
                        <Icon name={cell.failed ? 'stop' : 'good'} class={`tone-${cell.failed ? 'error' : 'good'}`} />{' '}
                        {isShown ? (
                          cell.verdict
                        ) : (
                          <Link onFollow={() => onTrace(cell.request ?? { ...request, from: source, mode })}>
                            {cell.verdict}
                          </Link>
                        )}
                      </td>
                    );
                  })}
                </tr>
              ))}
              {comparison.costs.length > 0 && (
                <tr class="costs">
                  <th scope="row">rules that look at the packet</th>
                  {comparison.modes.map((mode) => {
                    const cost = comparison.costs.find((one) => one.mode === mode);
                    return <td key={mode}>{cost === undefined ? '' : costText(cost)}</td>;
                  })}
                </tr>
              )}
            </tbody>
          </table>
          <ul class="differences">
            {comparison.differences.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </>
      )}
    </details>
  );
}

/** What this source calls instead of the name, which it does not know. */
function Called(props: {
  readonly source: string;
  readonly comparison: WireComparison;
  readonly request: WireTraceRequest;
}) {
  const { source, comparison, request } = props;
  const called = comparison.cells.find((cell) => cell.source === source)?.request;
  if (called === undefined || called.to === request.to) return null;
  return (
    <span class="muted">
      {' '}
      to {called.to}
      {called.port === undefined ? '' : `, port ${called.port}`}
    </span>
  );
}

/** `24.5, and 12 if it were the only Service`. */
function costText({ alone, together, services }: WireComparison['costs'][number]): string {
  const printed = (value: number): string => String(Number(value.toFixed(1)));
  return services < 2 ? printed(together) : `${printed(together)}; ${printed(alone)} if it were the only Service`;
}

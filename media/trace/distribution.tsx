/** How the requests spread over the outcomes; choosing one shows the path that leads to it. */

import type { WireTrace } from '#protocol/values';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Button } from '../components/controls';
import { Icon } from '../components/icons';
import { share } from '../components/words';
import { outcomeIcon, outcomeTone } from './words';

const firstShown = 12;

/** What stands between the parts for those who hear them. */
function Said({ children }: { readonly children: string }) {
  return <span class="spoken">{children}</span>;
}

export function Distribution(props: {
  readonly paths: WireTrace['paths'];
  readonly selected: number;
  readonly onSelect: (path: number) => void;
}) {
  const { paths, selected, onSelect } = props;
  const list = useRef<HTMLUListElement>(null);
  const [isWhole, setWhole] = useState(selected >= firstShown);
  const shown = isWhole || paths.length <= firstShown + 2 ? paths : paths.slice(0, firstShown);

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [selected]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
    const step = steps[event.key];
    const to = step !== undefined ? selected + step : { Home: 0, End: shown.length - 1 }[event.key];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    onSelect(Math.max(0, Math.min(shown.length - 1, to)));
  };

  return (
    <section class="distribution">
      <h2 id="distribution-title">Where requests end</h2>
      <ul
        ref={list}
        role="listbox"
        tabIndex={0}
        aria-labelledby="distribution-title"
        aria-activedescendant={`outcome-${selected}`}
        onKeyDown={onKeyDown}
      >
        {shown.map((path, index) => {
          const { outcome, probability } = path;
          return (
            <li
              key={index}
              id={`outcome-${index}`}
              role="option"
              aria-selected={index === selected ? 'true' : 'false'}
              class={`outcome tone-of-${outcomeTone(outcome.kind)}`}
              onClick={() => onSelect(index)}
            >
              <Icon name={outcomeIcon(outcome.kind)} class={`tone-${outcomeTone(outcome.kind)}`} />
              <span class="outcome-text">
                {outcome.kind === 'delivered' ? <Said>delivered, </Said> : <b>{outcome.kind}</b>}
                {outcome.kind !== 'delivered' && <Said>,</Said>}
                {outcome.kind !== 'delivered' && ' '}
                {outcome.text}
                <Said>, </Said>
              </span>
              <span class="outcome-share">{share(probability)}</span>
              <svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
                <rect class="bar-ground" x="0" y="0" width="100" height="4" />
                <rect class="bar-share" x="0" y="0" width={Math.max(1, probability * 100)} height="4" />
              </svg>
            </li>
          );
        })}
      </ul>
      {shown.length < paths.length && (
        <Button onClick={() => setWhole(true)}>Show {paths.length - shown.length} more</Button>
      )}
    </section>
  );
}

/** The time line: a slider over the moments of a what-if, with a mark where a request fails. */

import type { ComponentChildren } from 'preact';
import { Button } from './controls';
import { Icon } from './icons';

export interface Tick {
  /** The number of the step that brought the moment about; -1 for the start. */
  readonly step: number;
  /** How requests end there, all together. */
  readonly requests: 'none' | 'arrive' | 'fail';
}

/** Past so many, marks are lines. */
const mostDots = 60;

export function TimeLine(props: {
  readonly ticks: readonly Tick[];
  readonly selected: number;
  /** The selected moment in words. */
  readonly spoken: string;
  readonly onSelect: (index: number) => void;
  /** What stands behind it. */
  readonly children?: ComponentChildren;
}) {
  const { ticks, selected, spoken, onSelect, children } = props;
  const last = ticks.length - 1;
  const failing = ticks.filter(({ requests }) => requests === 'fail').length;
  return (
    <div class="time-line" role="group" aria-label="Time line">
      <Button look="icon" label="Moment before" disabled={selected === 0} onClick={() => onSelect(selected - 1)}>
        <Icon name="arrow" class="back" />
      </Button>
      <div class="slider">
        <input
          type="range"
          min={0}
          max={last}
          step={1}
          value={selected}
          aria-label="Moment"
          aria-valuetext={spoken}
          onInput={(event) => onSelect(Number(event.currentTarget.value))}
        />
        <div class={`ticks ${ticks.length > mostDots ? 'dense' : ''}`} aria-hidden="true">
          {ticks.map(({ step, requests }, index) => (
            <span
              key={index}
              class={`tick ${requests} ${step !== ticks[index - 1]?.step ? 'step-start' : ''} ${
                index === selected ? 'selected' : ''
              }`}
            />
          ))}
        </div>
      </div>
      <Button look="icon" label="Next moment" disabled={selected === last} onClick={() => onSelect(selected + 1)}>
        <Icon name="arrow" />
      </Button>
      <p class="position">
        <span class="number">
          {selected} of {last}
        </span>
        {failing > 0 && (
          <span class="tone-error">
            <Icon name="error" /> requests fail at {failing === 1 ? '1 moment' : `${failing} moments`}
          </span>
        )}
      </p>
      {children}
    </div>
  );
}

/** The time line: a slider over the moments, with a mark where a request fails. */

import type { WireWhatIfMoment } from '#protocol/what-if';
import { Button } from '../components/controls';
import { Icon } from '../components/icons';
import { hasFailed, spokenMoment } from './words';

export function TimeLine(props: {
  readonly moments: readonly WireWhatIfMoment[];
  readonly selected: number;
  readonly onSelect: (index: number) => void;
}) {
  const { moments, selected, onSelect } = props;
  const moment = moments[selected];
  const last = moments.length - 1;
  const failing = moments.filter(hasFailed).length;
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
          aria-valuetext={moment === undefined ? '' : spokenMoment(moment, moments.length)}
          onInput={(event) => onSelect(Number(event.currentTarget.value))}
        />
        <div class="marks" aria-hidden="true">
          {moments.map((each) => (
            <span
              key={each.index}
              class={`mark ${each.requests.length === 0 ? '' : hasFailed(each) ? 'failed' : 'arrives'} ${
                each.step !== moments[each.index - 1]?.step ? 'step-start' : ''
              } ${each.index === selected ? 'selected' : ''}`}
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
    </div>
  );
}

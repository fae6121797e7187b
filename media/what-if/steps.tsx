/** The left side: the steps, the moments that they bring about, and the form for one more step. */

import type { WireWhatIf, WireWhatIfMoment } from '#protocol/what-if';
import { useEffect, useRef } from 'preact/hooks';
import { Button } from '../components/controls';
import { Icon } from '../components/icons';
import { StepForm } from './step-form';
import { hasFailed } from './words';

export function Steps(props: {
  readonly whatIf: WireWhatIf;
  readonly subject: string | undefined;
  readonly selected: number;
  readonly isBusy: boolean;
  readonly onSelect: (index: number) => void;
  readonly onSteps: (steps: readonly string[]) => void;
}) {
  const { whatIf, subject, selected, isBusy, onSelect, onSteps } = props;
  const texts = whatIf.steps.map(({ text }) => text);
  const firstWrong = whatIf.steps.findIndex(({ error }) => error !== undefined);
  return (
    <section class="steps" aria-label="Steps">
      {whatIf.steps.length > 0 && (
        <>
          <h2>What happens</h2>
          <ol class="step-list">
            {whatIf.steps.map(({ text, error }, i) => (
              <li key={`${i} ${text}`} class={error === undefined ? '' : 'wrong'}>
                <span class="step-number">{i + 1}</span>
                <span class="step-text">{text}</span>
                <Button look="icon" label={`Remove step ${i + 1}: ${text}`} onClick={() => onSteps(texts.filter((_, k) => k !== i))}>
                  <Icon name="close" />
                </Button>
                {error !== undefined && (
                  <p class="step-error" role="alert">
                    <StepError text={error} />
                  </p>
                )}
                {error === undefined && firstWrong >= 0 && i > firstWrong && (
                  <p class="step-error muted">not taken: step {firstWrong + 1} cannot be</p>
                )}
              </li>
            ))}
          </ol>
        </>
      )}
      <details class="add" open={texts.length === 0} key={texts.length === 0 ? 'first' : 'next'}>
        <summary>{texts.length === 0 ? 'What happens?' : 'Add a step'}</summary>
      <StepForm
        key={subject ?? ''}
        subjects={whatIf.subjects}
        subject={subject}
        isBusy={isBusy}
        onAdd={(text) => onSteps([...texts, text])}
      />
      </details>
      {whatIf.steps.length > 0 && (
        <>
          <h2 id="moments-title">Moments</h2>
          <MomentList moments={whatIf.moments} selected={selected} onSelect={onSelect} />
        </>
      )}
    </section>
  );
} // prettier-ignore

/** What is wrong, and below it what could be written instead. */
function StepError({ text }: { readonly text: string }) {
  const [first, ...others] = text.split('\n');
  return (
    <>
      <span class="tone-error">{first}</span>
      {others.length > 0 && <span class="muted">{`\n${others.join('\n')}`}</span>}
    </>
  );
}

function MomentList(props: {
  readonly moments: readonly WireWhatIfMoment[];
  readonly selected: number;
  readonly onSelect: (index: number) => void;
}) {
  const { moments, selected, onSelect } = props;
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [selected]);
  const onKey = (event: KeyboardEvent): void => {
    const next = { ArrowDown: selected + 1, ArrowUp: selected - 1, Home: 0, End: moments.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    onSelect(next);
  };
  return (
    <div
      class="moments"
      role="listbox"
      tabIndex={0}
      ref={list}
      aria-labelledby="moments-title"
      aria-activedescendant={`moment-${selected}`}
      onKeyDown={onKey}
    >
      {moments.map((moment) => (
        <div
          key={moment.index}
          id={`moment-${moment.index}`}
          role="option"
          aria-selected={moment.index === selected}
          class={`moment-row ${moment.step !== moments[moment.index - 1]?.step ? 'first-of-step' : ''}`}
          onClick={() => onSelect(moment.index)}
        >
          <span class="moment-number">{moment.index}</span>
          <span class="moment-title">
            {moment.title}
            {moment.when !== '' && moment.when !== 'at once' && <span class="muted"> {moment.when}</span>}
          </span>
          {moment.requests.length > 0 && (
            <Icon
              name={hasFailed(moment) ? 'error' : 'good'}
              class={hasFailed(moment) ? 'tone-error' : 'tone-good'}
              title={hasFailed(moment) ? 'a request fails' : 'requests arrive'}
            />
          )}
        </div>
      ))}
    </div>
  );
}

/** What would make the request arrive: changes that were tried, with what then becomes of it, to look at and to make. */

import type { PanelRemedies } from '#protocol/webview';
import { ProgressRing } from '../components/controls';
import { Icon } from '../components/icons';
import { toneIcon } from './words';

export type RemedyAct = 'preview' | 'apply' | 'trace';

export function Remedies(props: {
  /** Undefined while they are looked for. */
  readonly remedies: PanelRemedies | undefined;
  /** Whether the files can be changed from here. */
  readonly canApply: boolean;
  readonly onAct: (remedy: number, act: RemedyAct) => void;
}) {
  const { remedies, canApply, onAct } = props;
  return (
    <section class="remedies" aria-labelledby="remedies-title">
      <h2 id="remedies-title">What would make it arrive</h2>
      {remedies === undefined && (
        <p class="looking">
          <ProgressRing label="Trying changes" /> <span class="muted">Trying changes on a copy of the manifests</span>
        </p>
      )}
      {remedies?.list.length === 0 && remedies.hints.length === 0 && (
        <p class="muted">No change was found that helps.</p>
      )}
      {remedies !== undefined && remedies.list.length > 0 && (
        <ol class="remedy-list">
          {remedies.list.map((remedy, index) => (
            <Remedy
              key={index}
              remedy={remedy}
              isBest={index === 0}
              canApply={canApply}
              onAct={(act) => onAct(index, act)}
            />
          ))}
        </ol>
      )}
      {remedies?.list.length === 0 && (
        <ul class="hints">
          {remedies.hints.map((hint) => (
            <li key={hint}>{hint}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Remedy(props: {
  readonly remedy: PanelRemedies['list'][number];
  readonly isBest: boolean;
  readonly canApply: boolean;
  readonly onAct: (act: RemedyAct) => void;
}) {
  const { remedy, isBest, canApply, onAct } = props;
  const { steps, then, tone, files, alsoChanges, hasRequest } = remedy;
  const { icon, tone: colour } = toneIcon(tone);
  const name = steps.join('; ');
  return (
    <li class="remedy">
      {steps.length === 1 ? (
        <p class="step">{steps[0]}</p>
      ) : (
        <ol class="steps">
          {steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      )}
      <p class="then">
        <span class="muted">then: </span>
        <Icon name={icon} class={`tone-${colour}`} /> {then}
      </p>
      <div class="remedy-actions">
        {files.length > 0 && canApply && (
          <button
            type="button"
            class={`small-button ${isBest ? 'primary' : ''}`}
            aria-label={`Apply: ${name}`}
            onClick={() => onAct('apply')}
          >
            Apply
          </button>
        )}
        {files.length > 0 && (
          <button type="button" class="small-button" aria-label={`Preview: ${name}`} onClick={() => onAct('preview')}>
            Preview
          </button>
        )}
        {files.length === 0 && hasRequest && (
          <button
            type="button"
            class={`small-button ${isBest ? 'primary' : ''}`}
            aria-label={`Trace this: ${name}`}
            onClick={() => onAct('trace')}
          >
            Trace this
          </button>
        )}
        {files.length > 0 && <span class="muted">in {files.join(', ')}</span>}
      </div>
      {alsoChanges.length > 0 && (
        <p class="also-changes">
          <Icon name="warning" class="tone-warning" /> This also changes {alsoChanges.join(', ')}: the same file.
        </p>
      )}
    </li>
  );
}

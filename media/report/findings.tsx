/** What is found in the files: what is wrong, why, what the cluster then does, and the lines that say so. */

import type { Reported, ReportedFile } from '#page/findings';
import type { WirePlace } from '#protocol/values';
import { Empty } from '../components/empty';
import { Icon, type IconName } from '../components/icons';

const signs: Readonly<Record<Reported['severity'], { readonly icon: IconName; readonly tone: string }>> = {
  error: { icon: 'error', tone: 'error' },
  warning: { icon: 'warning', tone: 'warning' },
  info: { icon: 'info', tone: 'info' },
  hint: { icon: 'hint', tone: 'hint' },
  unknown: { icon: 'question', tone: 'unknown' },
};

export function Findings(props: {
  readonly files: readonly ReportedFile[];
  readonly onPlace: (place: WirePlace) => void;
}) {
  const { files, onPlace } = props;
  if (files.length === 0)
    return <Empty icon="good" title="Nothing found" text="No problem was found in these manifests." />;
  return (
    <div class="findings">
      {files.map(({ path, reported }) => (
        <section key={path} aria-label={path}>
          <h2>{path}</h2>
          <ul>
            {reported.map((one, index) => (
              <Finding key={index} reported={one} onPlace={onPlace} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function Finding({ reported, onPlace }: { readonly reported: Reported; readonly onPlace: (place: WirePlace) => void }) {
  const { severity, code, message, details, place, related, fixes } = reported;
  const { icon, tone } = signs[severity];
  const [first = '', ...more] = message.split('\n');
  return (
    <li class="finding">
      <Icon name={icon} class={`tone-${tone}`} title={severity} />
      <div>
        <p class="finding-title">
          <button type="button" class="text-link" onClick={() => onPlace(place)}>
            {first}
          </button>{' '}
          <span class="muted mono">{lineOf(place)}</span> <span class="muted">{code}</span>
        </p>
        {more.map((line) => (
          <p key={line}>{line}</p>
        ))}
        {details.map(({ label, text }) => (
          <p key={text} class="muted">
            {label === 'cause' || label === 'note' ? '' : `${label}: `}
            {text}
          </p>
        ))}
        {related.map((one, index) => (
          <p key={index} class="muted">
            see{' '}
            <button type="button" class="text-link" onClick={() => onPlace(one.place)}>
              {fileOf(one.place)}:{lineOf(one.place)}
            </button>{' '}
            {one.message}
          </p>
        ))}
        {fixes.map((fix) => (
          <p key={fix}>to mend it: {fix.charAt(0).toLowerCase() + fix.slice(1)}</p>
        ))}
      </div>
    </li>
  );
}

function lineOf({ range }: WirePlace): string {
  return `${range.start.line + 1}:${range.start.character + 1}`;
}

function fileOf({ uri }: WirePlace): string {
  return decodeURIComponent(uri.split('/').at(-1) ?? uri);
}

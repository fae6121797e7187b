/** What a part is, for whoever meets it for the first time: folded behind a question mark. */

import { useId, useState } from 'preact/hooks';
import type { WireTopic } from '#protocol/values';
import { Icon } from './icons';

export function Explanations(props: {
  readonly topics: readonly WireTopic[];
  /** What the thing is called, for the button's name. */
  readonly about: string;
  readonly onStop: () => void;
}) {
  const { topics, about, onStop } = props;
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  if (topics.length === 0) return null;
  const titles = topics.map(({ title }) => title).join(', ');
  return (
    <>
      <button
        type="button"
        class="explain"
        aria-expanded={isOpen ? 'true' : 'false'}
        aria-controls={isOpen ? id : undefined}
        aria-label={`What is this? ${about}: ${titles}`}
        title={`What is this? ${titles}`}
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="question" />
      </button>
      {isOpen && (
        <div class="explanations" id={id}>
          <dl>
            {topics.map(({ title, text }) => (
              <div key={title}>
                <dt>{title}</dt>
                <dd>{text}</dd>
              </div>
            ))}
          </dl>
          <button type="button" class="text-button" onClick={onStop}>
            Show no explanations
          </button>
        </div>
      )}
    </>
  );
}

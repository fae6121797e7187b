/** What is met at a hop, for whoever meets it for the first time: folded behind a question mark. */

import { useId, useState } from 'preact/hooks';
import type { WireTrace } from '#protocol/values';
import { Icon } from '../components/icons';

export function Explanations(props: {
  readonly topics: readonly string[];
  readonly explanations: WireTrace['explanations'];
  /** What the hop is called, for the button's name. */
  readonly about: string;
  readonly onStop: () => void;
}) {
  const { topics, explanations, about, onStop } = props;
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const known = topics.flatMap((topic) => explanations[topic] ?? []);
  if (known.length === 0) return null;
  const titles = known.map(({ title }) => title).join(', ');
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
            {known.map(({ title, text }) => (
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

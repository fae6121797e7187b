/** The YAML behind what is shown, beside it. */

import type { WirePlace } from '#protocol/values';
import { Icon } from '../components/icons';
import { TextView } from './text-view';

export interface Source {
  readonly title: string;
  readonly text: string;
  readonly range: WirePlace['range'] | undefined;
}

export function SourcePane(props: { readonly source: Source; readonly onClose: () => void }) {
  const { source, onClose } = props;
  const { title, text, range } = source;
  const line = range === undefined ? '' : `:${range.start.line + 1}`;
  return (
    <aside
      class="source"
      aria-label="Source"
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <div class="source-head">
        <h2 title={title}>
          {title}
          <span class="muted">{line}</span>
        </h2>
        <button
          type="button"
          class="icon-button"
          aria-label="Close the source"
          title="Close (Escape)"
          onClick={onClose}
        >
          <Icon name="close" />
        </button>
      </div>
      <TextView label={`${title}, read only`} text={text} range={range} takesFocus />
    </aside>
  );
}

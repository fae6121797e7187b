/** The line above the map: scope, search, problems, and how to look at it. */

import { Button, Dropdown, TextField, type Choice } from '../components/controls';
import { Icon } from '../components/icons';
import type { SavedState } from './state';

export function Toolbar(props: {
  readonly scopes: readonly Choice[];
  readonly state: SavedState;
  /** How many match the search, of how many; empty without a search. */
  readonly found: string;
  readonly problems: string;
  readonly worst: 'error' | 'warning' | 'info' | 'hint' | undefined;
  readonly hasMap: boolean;
  readonly onScope: (scope: string) => void;
  readonly onChange: (change: Partial<SavedState>) => void;
  readonly onZoom: (factor: number) => void;
  readonly onFit: () => void;
  /** Selects the first that matches. */
  readonly onFirst: () => void;
  /** Gives the focus back to the map. */
  readonly onLeave: () => void;
  readonly focusSearch: { current: (() => void) | null };
}) {
  const { scopes, state, found, problems, worst, hasMap, onChange, onLeave } = props;
  const isMap = state.shows === 'map';
  return (
    <div class="toolbar" role="toolbar" aria-label="Map">
      {scopes.length > 0 && (
        <div class="toolbar-scope">
          <Dropdown label="Scope" value={state.scope} choices={scopes} onChange={props.onScope} />
        </div>
      )}
      {hasMap && (
        <>
          <TextField
            class="toolbar-search"
            label="Search"
            placeholder="Search  ( / )"
            value={state.query}
            onInput={(query) => onChange({ query })}
            onKey={(event) => {
              if (event.key === 'Enter') props.onFirst();
              if (event.key === 'Escape' || event.key === 'Enter') onLeave();
            }}
            focusRef={props.focusSearch}
          />
          {found !== '' && <span class="muted found">{found}</span>}
          <span class="toolbar-space" />
          {/* A div: the toolkit gives spans and pictures in a button the width of an icon. */}
          <Button pressed={state.problems} onClick={() => onChange({ problems: !state.problems, selected: undefined })}>
            <div class="with-icon">
              <Icon name={worst ?? 'good'} class={`tone-${worst ?? 'good'}`} />
              {problems}
            </div>
          </Button>
          <Button
            look="icon"
            label={isMap ? 'Show as list' : 'Show as map'}
            onClick={() => onChange({ shows: isMap ? 'list' : 'map' })}
          >
            <Icon name={isMap ? 'list' : 'map'} />
          </Button>
          {isMap && (
            <>
              <Button
                look="icon"
                label="Legend"
                pressed={state.legend}
                onClick={() => onChange({ legend: !state.legend })}
              >
                <Icon name="key" />
              </Button>
              <span class="toolbar-group">
                <Button look="icon" label="Farther (−)" onClick={() => props.onZoom(0.8)}>
                  <Icon name="minus" />
                </Button>
                <Button look="icon" label="Show all (0)" onClick={props.onFit}>
                  <Icon name="fit" />
                </Button>
                <Button look="icon" label="Nearer (+)" onClick={() => props.onZoom(1.25)}>
                  <Icon name="plus" />
                </Button>
              </span>
            </>
          )}
        </>
      )}
    </div>
  );
}

/** The line above the map: scope, search, filter, problems, and how to look at it. */

import { Button, Dropdown, TextField, type Choice } from '../components/controls';
import { Icon, type IconName } from '../components/icons';
import { isFiltering, type Grouping } from './scene';
import type { SavedState } from './state';
import { groupingWords, words } from './words';

const groupings: readonly Choice[] = Object.entries(groupingWords).map(([value, label]) => ({ value, label }));

export function Toolbar(props: {
  readonly scopes: readonly Choice[];
  readonly state: SavedState;
  /** How many match the search, of how many; empty without a search. */
  readonly found: string;
  /** The thing that the map is focused on. */
  readonly focused: string | undefined;
  readonly problems: string;
  readonly worst: 'error' | 'warning' | 'info' | 'hint' | undefined;
  readonly hasMap: boolean;
  readonly hasMinimap: boolean;
  readonly onScope: (scope: string) => void;
  readonly onChange: (change: Partial<SavedState>) => void;
  readonly onZoom: (factor: number) => void;
  readonly onFit: () => void;
  readonly onExport: () => void;
  /** Selects the first that matches. */
  readonly onFirst: () => void;
  /** Gives the focus back to the map. */
  readonly onLeave: () => void;
  readonly focusSearch: { current: (() => void) | null };
}) {
  const { scopes, state, found, focused, problems, worst, hasMap, hasMinimap, onChange, onLeave } = props;
  const [number = '', ...word] = problems.split(' ');
  const isMap = state.shows === 'map';
  const tool = (icon: IconName, label: string, onClick: () => void, pressed?: boolean) => (
    <Button look="icon" label={label} pressed={pressed} onClick={onClick}>
      <Icon name={icon} />
    </Button>
  );
  return (
    <div class="toolbar" role="toolbar" aria-label={words.toolbar}>
      {scopes.length > 0 && (
        <div class="toolbar-scope">
          <Dropdown label={words.scope} value={state.scope} choices={scopes} onChange={props.onScope} />
        </div>
      )}
      {hasMap && (
        <>
          <TextField
            class="toolbar-search"
            label={words.search}
            placeholder={words.searchHint}
            value={state.query}
            onInput={(query) => onChange({ query })}
            onKey={(event) => {
              if (event.key === 'Enter') props.onFirst();
              if (event.key === 'Escape' || event.key === 'Enter') onLeave();
            }}
            focusRef={props.focusSearch}
          />
          {found !== '' && <span class="muted found">{found}</span>}
          <div class="toolbar-group-by">
            <Dropdown
              label={words.group}
              value={state.grouping}
              choices={groupings}
              onChange={(grouping) => onChange({ grouping: grouping as Grouping })}
            />
          </div>
          {focused !== undefined && (
            <Button label={words.endFocus(focused)} onClick={() => onChange({ focus: undefined })}>
              <div class="with-icon">
                <Icon name="focus" />
                {words.focusedOn(focused)}
                <Icon name="close" />
              </div>
            </Button>
          )}
          <span class="toolbar-space" />
          {/* A div: the toolkit gives spans and pictures in a button the width of an icon. */}
          <Button
            label={problems}
            pressed={state.problems}
            onClick={() => onChange({ problems: !state.problems, selected: undefined })}
          >
            <div class="with-icon">
              <Icon name={worst ?? 'good'} class={`tone-${worst ?? 'good'}`} />
              {/* Where the word has no room, the sign alone says that there are none. */}
              <div>
                <span class={number === 'no' ? 'toolbar-word' : ''}>{number}</span>
                <span class="toolbar-word"> {word.join(' ')}</span>
              </div>
            </div>
          </Button>
          <span class="toolbar-group">
            {tool(
              'filter',
              words.filter,
              () => onChange({ filtering: !state.filtering }),
              state.filtering || isFiltering(state.filter),
            )}
            {tool(isMap ? 'list' : 'map', isMap ? words.asList : words.asMap, () =>
              onChange({ shows: isMap ? 'list' : 'map' }),
            )}
            {isMap && tool('overview', words.minimap, () => onChange({ minimap: !hasMinimap }), hasMinimap)}
            {isMap && tool('key', words.legend, () => onChange({ legend: !state.legend }), state.legend)}
            {tool('export', words.export, props.onExport)}
          </span>
          {isMap && (
            <span class="toolbar-group">
              {tool('minus', words.farther, () => props.onZoom(0.8))}
              {tool('fit', words.all, props.onFit)}
              {tool('plus', words.nearer, () => props.onZoom(1.25))}
            </span>
          )}
        </>
      )}
    </div>
  );
}

/** What of the map is shown: kinds of things, namespaces, problems. */

import { Button } from '../components/controls';
import { Icon } from '../components/icons';
import { isFiltering, noFilter, type Filter, type Part } from './scene';
import { partWords, words } from './words';

const parts = Object.keys(partWords) as Part[];

export function FilterPanel(props: {
  readonly filter: Filter;
  readonly namespaces: readonly string[];
  readonly onChange: (filter: Filter) => void;
  readonly onClose: () => void;
}) {
  const { filter, namespaces, onChange, onClose } = props;
  const without = <T,>(all: readonly T[], item: T): T[] => all.filter((other) => other !== item);
  const hide = (part: Part, shows: boolean): void =>
    onChange({ ...filter, hides: shows ? without(filter.hides, part) : [...filter.hides, part] });
  const hideNamespace = (name: string, shows: boolean): void =>
    onChange({ ...filter, namespaces: shows ? without(filter.namespaces, name) : [...filter.namespaces, name] });
  return (
    <aside
      class="filter"
      aria-label={words.filterTitle}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <header>
        <h2>{words.filterTitle}</h2>
        <Button look="icon" label={words.close} onClick={onClose}>
          <Icon name="close" />
        </Button>
      </header>
      <Check
        label={words.filterProblems}
        isChecked={filter.problems}
        onChange={(problems) => onChange({ ...filter, problems })}
      />
      <fieldset>
        <legend>{words.filterShow}</legend>
        {parts.map((part) => (
          <Check
            key={part}
            label={partWords[part]}
            isChecked={!filter.hides.includes(part)}
            onChange={(shows) => hide(part, shows)}
          />
        ))}
      </fieldset>
      {namespaces.length > 1 && (
        <fieldset>
          <legend>{words.filterNamespaces}</legend>
          <div class="filter-namespaces">
            {namespaces.map((name) => (
              <Check
                key={name}
                label={name}
                isChecked={!filter.namespaces.includes(name)}
                onChange={(shows) => hideNamespace(name, shows)}
              />
            ))}
          </div>
        </fieldset>
      )}
      {isFiltering(filter) && <Button onClick={() => onChange(noFilter)}>{words.showAll}</Button>}
    </aside>
  );
}

function Check(props: {
  readonly label: string;
  readonly isChecked: boolean;
  readonly onChange: (isChecked: boolean) => void;
}) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={props.isChecked}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
      {props.label}
    </label>
  );
}

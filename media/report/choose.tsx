/** One of a few, by the browser's own list. */

interface Labelled<T extends string> {
  readonly value: T;
  readonly label: string;
}

export function Choose<T extends string>(props: {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly (T | Labelled<T>)[];
  readonly onChoose: (value: T) => void;
}) {
  const { label, value, choices, onChoose } = props;
  const all = choices.map((choice) => (typeof choice === 'string' ? { value: choice, label: choice } : choice));
  return (
    <label class="choose">
      <span>{label}</span>
      <select
        value={value}
        onChange={(event) => {
          const chosen = all[event.currentTarget.selectedIndex];
          if (chosen) onChoose(chosen.value);
        }}
      >
        {all.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
    </label>
  );
}

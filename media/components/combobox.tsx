/** A text field that suggests what it may hold: any text can be typed, and a suggestion taken with arrows and Enter. */

import { useEffect, useId, useRef, useState } from 'preact/hooks';

export interface Suggested {
  readonly value: string;
  readonly label: string;
  readonly description: string;
}

const mostShown = 8;

/** Those that hold each word of the text, in label, value or description; all of them for no text. */
export function matching(suggestions: readonly Suggested[], text: string): readonly Suggested[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = suggestions.filter((one) => {
    const all = `${one.label} ${one.value} ${one.description}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
  return found.slice(0, mostShown);
}

export function Combobox(props: {
  readonly label: string;
  readonly value: string;
  readonly suggestions: readonly Suggested[];
  readonly onInput: (value: string) => void;
  /** Enter, with no suggestion chosen. */
  readonly onSubmit: () => void;
  readonly placeholder?: string;
  readonly error?: string;
  /** What could stand here instead. */
  readonly instead?: readonly string[];
  readonly onInstead?: (value: string) => void;
  readonly class?: string;
}) {
  const { label, value, suggestions, onInput, onSubmit, error, instead = [], onInstead } = props;
  const [isOpen, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const [isTyped, setTyped] = useState(false);
  const hasList = suggestions.length > 0;
  // What stood there before is no narrowing: then all are shown.
  const shown = isOpen ? matching(suggestions, isTyped ? value : '') : [];

  useEffect(() => {
    if (active >= 0) document.getElementById(`${id}-${active}`)?.scrollIntoView({ block: 'nearest' });
  }, [active, id]);

  const close = (): void => {
    setOpen(false);
    setActive(-1);
    setTyped(false);
  };
  const take = (chosen: Suggested): void => {
    onInput(chosen.value);
    close();
    input.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && !event.altKey) {
      event.preventDefault();
      if (!isOpen) setOpen(true);
      else setActive((now) => Math.max(-1, Math.min(shown.length - 1, now + step)));
    } else if (event.key === 'Escape' && isOpen) {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (event.key === 'Enter') {
      event.preventDefault();
      const chosen = shown[active];
      if (chosen) take(chosen);
      else {
        close();
        onSubmit();
      }
    }
  };

  return (
    <div class={`field combobox ${props.class ?? ''}`}>
      <label class="field-label" for={`${id}-input`}>
        {label}
      </label>
      <input
        ref={input}
        id={`${id}-input`}
        class="text-input"
        type="text"
        role={hasList ? 'combobox' : undefined}
        spellcheck={false}
        autocomplete="off"
        value={value}
        placeholder={props.placeholder}
        aria-expanded={hasList ? (shown.length > 0 ? 'true' : 'false') : undefined}
        aria-controls={shown.length > 0 ? `${id}-list` : undefined}
        aria-autocomplete={hasList ? 'list' : undefined}
        aria-activedescendant={active >= 0 && active < shown.length ? `${id}-${active}` : undefined}
        aria-invalid={error === undefined ? undefined : 'true'}
        aria-describedby={error === undefined ? undefined : `${id}-error`}
        onInput={(event) => {
          onInput(event.currentTarget.value);
          setOpen(true);
          setTyped(true);
          setActive(-1);
        }}
        onClick={() => setOpen(true)}
        onBlur={close}
        onKeyDown={onKeyDown}
      />
      {shown.length > 0 && (
        <ul class="suggestions" role="listbox" id={`${id}-list`} aria-label={label}>
          {shown.map((one, index) => (
            <li
              key={one.value}
              id={`${id}-${index}`}
              role="option"
              aria-selected={index === active ? 'true' : 'false'}
              // The field keeps the focus, and so stays open until the click arrives.
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => take(one)}
            >
              <span class="suggestion-label">{one.label}</span>
              <span class="suggestion-description">{one.description}</span>
            </li>
          ))}
        </ul>
      )}
      {error !== undefined && (
        <span class="field-error" id={`${id}-error`} role="alert">
          {error}
        </span>
      )}
      {instead.length > 0 && (
        <span class="instead">
          {instead.map((text) => (
            <button key={text} type="button" class="text-button" onClick={() => onInstead?.(text)}>
              {text}
            </button>
          ))}
        </span>
      )}
    </div>
  );
}

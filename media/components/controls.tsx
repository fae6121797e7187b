/** Our form controls: what the panels use, whatever toolkit draws them. */

import type { ComponentChildren } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef } from 'preact/hooks';
import { registerElements, type ValueElement } from './elements';

registerElements();

export function Button(props: {
  readonly children: ComponentChildren;
  readonly onClick: () => void;
  readonly look?: 'primary' | 'secondary' | 'icon';
  /** For a button that shows only an icon, or needs more words. */
  readonly label?: string;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
}) {
  const { children, onClick, look = 'secondary', label, pressed, disabled } = props;
  return (
    <vscode-button
      appearance={look}
      onClick={onClick}
      disabled={disabled}
      title={label}
      aria-label={label}
      aria-pressed={pressed === undefined ? undefined : pressed ? 'true' : 'false'}
    >
      {children}
    </vscode-button>
  );
}

export interface Choice {
  readonly value: string;
  readonly label: string;
}

export function Dropdown(props: {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly Choice[];
  readonly onChange: (value: string) => void;
  /** Whether the label is shown above; else only spoken. */
  readonly caption?: 'above' | 'spoken';
}) {
  const { label, value, choices, onChange, caption = 'spoken' } = props;
  const element = useRef<ValueElement>(null);
  useEffect(() => {
    // The control knows its options only after they have been slotted.
    const frame = requestAnimationFrame(() => {
      if (element.current !== null && element.current.value !== value) element.current.value = value;
    });
    return () => cancelAnimationFrame(frame);
  }, [value, choices]);
  return (
    <label class="field">
      {caption === 'above' && <span class="field-label">{label}</span>}
      <vscode-dropdown
        ref={element}
        aria-label={label}
        onChange={() => {
          const chosen = element.current?.value;
          if (chosen !== undefined && chosen !== value) onChange(chosen);
        }}
      >
        {choices.map((choice) => (
          <vscode-option key={choice.value} value={choice.value}>
            {choice.label}
          </vscode-option>
        ))}
      </vscode-dropdown>
    </label>
  );
}

export function TextField(props: {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly onKey?: (event: KeyboardEvent) => void;
  readonly placeholder?: string;
  readonly caption?: 'above' | 'spoken';
  /** What is wrong with the value. */
  readonly error?: string;
  readonly class?: string;
  /** Gets a function that moves the focus here. */
  readonly focusRef?: { current: (() => void) | null };
}) {
  const { label, value, onInput, onKey, placeholder, caption = 'spoken', error, focusRef } = props;
  const element = useRef<ValueElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    // The toolkit writes a name of its own when the field is connected.
    element.current?.setAttribute('aria-label', label);
  }, [label]);
  useLayoutEffect(() => {
    if (focusRef === undefined) return;
    focusRef.current = () => {
      element.current?.focus();
    };
    return () => {
      focusRef.current = null;
    };
  }, [focusRef]);
  return (
    <label class={`field ${props.class ?? ''}`}>
      {caption === 'above' && <span class="field-label">{label}</span>}
      <vscode-text-field
        ref={element}
        value={value}
        placeholder={placeholder}
        aria-invalid={error === undefined ? undefined : 'true'}
        aria-describedby={error === undefined ? undefined : id}
        onInput={() => onInput(element.current?.value ?? '')}
        onKeyDown={onKey}
      />
      {error !== undefined && (
        <span class="field-error" id={id} role="alert">
          {error}
        </span>
      )}
    </label>
  );
}

export function ProgressRing(props: { readonly label: string }) {
  // The ring turns within the toolkit's own styles, where ours cannot stop it.
  const isStill =
    document.body.classList.contains('vscode-reduce-motion') || matchMedia('(prefers-reduced-motion: reduce)').matches;
  if (isStill) return <span class="muted">{props.label} …</span>;
  return <vscode-progress-ring class="progress" role="progressbar" aria-label={props.label} />;
}

/** Text that leads somewhere in the workspace; where to, the extension decides. */
export function Link(props: { readonly children: ComponentChildren; readonly onFollow: () => void }) {
  // Without an address: VS Code would follow one itself. Not a button, so that long texts flow with their line.
  return (
    <a
      role="link"
      tabIndex={0}
      class="link"
      onClick={props.onFollow}
      onKeyDown={(event) => {
        if (event.key !== 'Enter') return;
        event.preventDefault();
        event.stopPropagation();
        props.onFollow();
      }}
    >
      {props.children}
    </a>
  );
}

/** Says to screen readers what has changed; one to a panel. */
export function LiveRegion(props: { readonly text: string }) {
  return (
    <div class="spoken" role="status" aria-live="polite">
      {props.text}
    </div>
  );
}

/** A panel that has not been told anything yet. */
export function Waiting({ label }: { readonly label: string }) {
  return (
    <main class="panel waiting">
      <ProgressRing label={label} />
    </main>
  );
}

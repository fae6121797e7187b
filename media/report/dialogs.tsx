/** What the report asks or shows over all else: in which format the map is wanted, a text to copy by hand. */

import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { MapFormat } from './map-host';

const formats: readonly (readonly [MapFormat, string, string])[] = [
  ['svg', 'SVG', 'a picture that stays sharp at any size'],
  ['png', 'PNG', 'a picture for everywhere'],
  ['mermaid', 'Mermaid', 'a text that Markdown draws'],
  ['dot', 'DOT', 'a text for Graphviz'],
];

export function FormatDialog(props: { readonly onFormat: (format: MapFormat) => void; readonly onClose: () => void }) {
  return (
    <Dialog title="Save the map as" onClose={props.onClose}>
      <ul class="formats">
        {formats.map(([format, name, description]) => (
          <li key={format}>
            <button
              type="button"
              class="wide-button"
              onClick={() => {
                props.onFormat(format);
                props.onClose();
              }}
            >
              {name} <span class="muted">{description}</span>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

export function TextDialog(props: { readonly text: string; readonly onClose: () => void }) {
  return (
    <Dialog title="The clipboard cannot be used here: copy this" onClose={props.onClose}>
      <textarea
        class="to-copy"
        readOnly
        value={props.text}
        aria-label="Text to copy"
        onFocus={(event) => event.currentTarget.select()}
      />
    </Dialog>
  );
}

function Dialog(props: { readonly title: string; readonly children: ComponentChildren; readonly onClose: () => void }) {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => element.current?.showModal(), []);
  return (
    <dialog ref={element} aria-labelledby="dialog-title" onClose={props.onClose}>
      <h2 id="dialog-title">{props.title}</h2>
      {props.children}
      <button type="button" class="small-button" onClick={() => element.current?.close()}>
        Close
      </button>
    </dialog>
  );
}

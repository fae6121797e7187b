/** The toolkit's elements, as JSX knows them. */

import type { ComponentChildren, Ref } from 'preact';
import type { ValueElement } from './elements';

interface ElementProps<E extends HTMLElement = HTMLElement> {
  key?: string | number;
  ref?: Ref<E>;
  id?: string;
  class?: string;
  title?: string;
  disabled?: boolean;
  children?: ComponentChildren;
  role?: string;
  'aria-label'?: string;
  'aria-pressed'?: 'true' | 'false';
  'aria-expanded'?: 'true' | 'false';
  'aria-invalid'?: 'true' | 'false';
  'aria-describedby'?: string;
}

declare module 'preact' {
  namespace JSX {
    interface IntrinsicElements {
      'vscode-button': ElementProps & {
        appearance?: 'primary' | 'secondary' | 'icon';
        type?: 'button' | 'submit';
        onClick?: (event: MouseEvent) => void;
      };
      'vscode-dropdown': ElementProps<ValueElement> & { onChange?: (event: Event) => void };
      'vscode-option': ElementProps & { value?: string };
      'vscode-progress-ring': ElementProps;
      'vscode-text-field': ElementProps<ValueElement> & {
        value?: string;
        placeholder?: string;
        onInput?: (event: Event) => void;
        onKeyDown?: (event: KeyboardEvent) => void;
      };
    }
  }
}

/** Registers the toolkit's form controls, one by one; the only file that knows the toolkit. */

import { endProbe } from './style-probe';
import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeProgressRing,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';

/** Controls of the toolkit hold their value as a property. */
export interface ValueElement extends HTMLElement {
  value: string;
}

endProbe();

let isRegistered = false;

/** To be called before the first control is drawn. */
export function registerElements(): void {
  if (isRegistered) return;
  isRegistered = true;
  provideVSCodeDesignSystem().register(
    vsCodeButton(),
    vsCodeDropdown(),
    vsCodeOption(),
    vsCodeProgressRing(),
    vsCodeTextField(),
  );
}

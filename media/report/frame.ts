/** Runs before a panel in its frame of a report, and stands in for VS Code: the theme, and the API of a webview. */

import { applyTheme, type Theme } from './themes';

/** What the page gives a frame as an attribute of its root. */
export interface FrameSetup {
  readonly theme: Theme;
  /** What a report cannot do. */
  readonly without: readonly string[];
}

const setup = JSON.parse(document.documentElement.dataset['setup'] ?? '{}') as FrameSetup;
applyTheme(setup.theme);

window.addEventListener('message', (event: MessageEvent<unknown>) => {
  // Nobody else's message reaches the panel.
  if (event.source !== window.parent) event.stopImmediatePropagation();
  else if (isThemed(event.data)) {
    event.stopImmediatePropagation();
    applyTheme(event.data.theme);
  }
});

function isThemed(data: unknown): data is { readonly theme: Theme } {
  return typeof data === 'object' && data !== null && 'theme' in data;
}

Object.assign(window, {
  acquireVsCodeApi: () => ({
    postMessage: (message: unknown) => window.parent.postMessage(message, '*'),
    getState: () => undefined,
    setState: () => undefined,
    without: setup.without,
  }),
});

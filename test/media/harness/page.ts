/** The page that stands in for VS Code's webview: the same shell and policy, an API that records, a theme. */

import type { PanelName } from './panels';
import type { Theme } from './themes';

const nonce = 'harness';
export const policy = [
  "default-src 'none'",
  `script-src 'nonce-${nonce}'`,
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
].join('; ');

/** `messages` are what the extension answers to `ready` with. */
export function page(panel: PanelName, theme: Theme, messages: readonly object[]): string {
  const setup = { theme, messages, key: `state of ${panel}` };
  // As VS Code does it: the theme by the CSSOM on the root, the API as a global function that works once.
  const script = `
    const setup = ${JSON.stringify(setup).replaceAll('<', '\\u003c')};
    for (const [name, value] of Object.entries(setup.theme.variables)) {
      document.documentElement.style.setProperty(name, value);
    }
    document.body.className = setup.theme.bodyClass;
    window.posted = [];
    window.violations = [];
    document.addEventListener('securitypolicyviolation', (event) => {
      window.violations.push(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample);
    });
    let acquired = false;
    window.acquireVsCodeApi = () => {
      if (acquired) throw new Error('the API can be acquired only once');
      acquired = true;
      return {
        postMessage(message) {
          window.posted.push(message);
          if (message.kind === 'ready') for (const answer of setup.messages) window.postMessage(answer, '*');
        },
        getState: () => JSON.parse(sessionStorage.getItem(setup.key) ?? 'null') ?? undefined,
        setState: (state) => sessionStorage.setItem(setup.key, JSON.stringify(state)),
      };
    };`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/${panel}.css">
<title>${panel}</title>
</head>
<body>
<div id="root"></div>
<script nonce="${nonce}">${script}</script>
<script nonce="${nonce}" src="/${panel}.js"></script>
</body>
</html>`;
}

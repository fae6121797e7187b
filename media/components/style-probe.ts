/**
 * Answers the toolkit's question whether the browser knows `:focus-visible`. While it loads, it asks with a `<style>`
 * element (canUseFocusVisible of @microsoft/fast-web-utilities), which the panel's policy forbids: the toolkit would
 * then draw focus rings after each click. To be imported before the toolkit; everything else that it styles is a
 * constructed sheet, which the policy allows.
 */

const create = document.createElement.bind(document);

/** An element that can be appended and has a sheet, as a `<style>` has, but is none. */
function createProbe(): HTMLElement {
  return Object.assign(create('meta'), { sheet: new CSSStyleSheet() });
}

const answering = (name: string, options?: ElementCreationOptions): HTMLElement =>
  name === 'style' ? createProbe() : create(name, options);

Object.defineProperty(document, 'createElement', { value: answering, configurable: true });

/** Ends the answering; to be called when the toolkit has been loaded. */
export function endProbe(): void {
  Reflect.deleteProperty(document, 'createElement');
}

/** Text in Markdown. Values from manifests are escaped: they are text, never markup. */

/** Characters with a meaning in Markdown or HTML stand for themselves. */
export function escape(text: string): string {
  return text.replace(/[\\`*_[\]<>|~&]/g, (char) => (char === '<' ? '&lt;' : char === '&' ? '&amp;' : `\\${char}`));
}

export function code(text: string): string {
  return `\`${text.replaceAll('`', "'")}\``;
}

/** The YAML between the fences of a Markdown document: the rest of it is left out, and no line or column moves. */

/** Models CommonMark's fenced code blocks; whatever stands before the fence (a list's indentation) is YAML's own. */
export function fencedYaml(markdown: string): string {
  let open: { readonly fence: string; readonly isYaml: boolean } | undefined;
  const lines = markdown.split(/\r\n|\r|\n/).map((line) => {
    const found = /^\s*(`{3,}|~{3,})\s*([\w+-]*)/.exec(line);
    if (!open) {
      if (!found) return '';
      open = { fence: found[1]!, isYaml: /^ya?ml$/i.test(found[2]!) };
      return open.isYaml ? '---' : '';
    }
    if (found && found[1]!.startsWith(open.fence) && line.trim() === found[1]) {
      open = undefined;
      return '';
    }
    return open.isYaml ? line : '';
  });
  return lines.join('\n');
}

/** Text in lines of a given width. */

/** Breaks a text at spaces; lines after the first are indented as well. */
export function wrap(text: string, indent: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(indent + line);
  if (lines[0]!.trimStart() === '' && lines.length > 1) lines.shift();
  return lines;
}

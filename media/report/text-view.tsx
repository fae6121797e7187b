/** A text to read: its lines with their numbers, one of them marked; arrows go from line to line. */

import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { WirePlace } from '#protocol/values';

type Range = WirePlace['range'];

/** As `.text-view` in the style sheet has it, in pixels. */
const lineHeight = 18;

export function TextView(props: {
  readonly label: string;
  readonly text: string;
  /** What is marked and brought into view; another object is brought into view anew. */
  readonly range: Range | undefined;
  /** Whether the marked text takes the focus when it is brought there. */
  readonly takesFocus: boolean;
  /** Enter, or a double click, on a line. */
  readonly onLine?: (line: number) => void;
}) {
  const { label, text, range, takesFocus, onLine } = props;
  const view = useRef<HTMLDivElement>(null);
  const [line, setLine] = useState(range?.start.line ?? 0);
  const lines = useMemo(() => text.split(/\r\n|\r|\n/), [text]);
  const numbers = useMemo(() => lines.map((_, index) => index + 1).join('\n'), [lines]);

  const bringIn = (to: number): void => {
    const element = view.current;
    if (element === null) return;
    const [top, height] = [to * lineHeight, element.clientHeight];
    if (top < element.scrollTop + lineHeight || top > element.scrollTop + height - 3 * lineHeight)
      element.scrollTop = top - height / 3;
  };
  useLayoutEffect(() => {
    setLine(range?.start.line ?? 0);
    bringIn(range?.start.line ?? 0);
  }, [text, range]);
  useEffect(() => {
    if (takesFocus) view.current?.focus();
  }, [text, range, takesFocus]);

  const moveBy: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 20, PageUp: -20, Home: -Infinity, End: Infinity }; // prettier-ignore
  const onKey = (event: KeyboardEvent): void => {
    const by = moveBy[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter' && onLine !== undefined) onLine(line);
    else if (by === undefined) return;
    else {
      const to = Math.max(0, Math.min(lines.length - 1, line + by));
      setLine(to);
      bringIn(to);
    }
    event.preventDefault();
  };
  const lineAt = (event: MouseEvent): number => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    return Math.max(0, Math.min(lines.length - 1, Math.floor((event.clientY - box.top) / lineHeight)));
  };
  return (
    <div class="text-view" ref={view} tabIndex={0} role="region" aria-label={label} onKeyDown={onKey}>
      <div
        class="text-lines"
        onClick={(event) => setLine(lineAt(event))}
        onDblClick={(event) => onLine?.(lineAt(event))}
      >
        <div class="line-band" style={{ top: `${line * lineHeight}px` }} />
        <pre class="line-numbers" aria-hidden="true">
          {numbers}
        </pre>
        <pre class="line-texts">{marked(text, lines, range)}</pre>
      </div>
      <p class="spoken" role="status">
        {`Line ${line + 1}: ${(lines[line] ?? '').slice(0, 300)}`}
      </p>
    </div>
  );
}

/** The text with what is meant of its first line in a mark. */
function marked(text: string, lines: readonly string[], range: Range | undefined): ComponentChildren {
  const at = range?.start.line ?? -1;
  const own = lines[at];
  if (range === undefined || own === undefined) return text;
  const from = range.start.character;
  const to = range.end.line === at ? range.end.character : own.length;
  const before = [...lines.slice(0, at), ''].join('\n') + own.slice(0, from);
  const after = ['', ...lines.slice(at + 1)].join('\n');
  return (
    <>
      {before}
      <mark>{own.slice(from, to)}</mark>
      {own.slice(to) + after}
    </>
  );
}

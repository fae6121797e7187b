/** A trace to take along: as text, as a command, as Markdown, as a diagram of Mermaid or Graphviz, as a picture. */

import { assertNever } from '#base/assert';
import type { Trace } from '../../types';
import type { Remedies } from '../remedies';
import { plainStyle, traceText } from '../text';
import { traceCommand } from './command';
import { traceDot } from './dot';
import { traceMarkdown } from './markdown';
import { traceMermaid } from './mermaid';
import { traceSvg } from './svg';

export const traceFormats = ['text', 'command', 'markdown', 'mermaid', 'dot', 'svg'] as const;
export type TraceFormat = (typeof traceFormats)[number];

/** `path` is the path to show and draw, by its index; `displayPath` says how a file is called before the reader. */
export function exportTrace(
  trace: Trace,
  remedies: Remedies,
  format: TraceFormat,
  options: { readonly path: number; readonly displayPath: (path: string) => string },
): string {
  switch (format) {
    case 'text':
      return `${traceText(trace, remedies, options.displayPath, plainStyle)}\n`;
    case 'command':
      return `${traceCommand(trace.request)}\n`;
    case 'markdown':
      return traceMarkdown(trace, remedies, options);
    case 'mermaid':
      return traceMermaid(trace, options.path);
    case 'dot':
      return traceDot(trace, options.path);
    case 'svg':
      return traceSvg(trace, options.path);
    default:
      return assertNever(format);
  }
}

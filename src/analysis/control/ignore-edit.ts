/** The edit that ignores a finding where it stands, for a quick fix. */

import { lineIndexOf } from '#manifest/index';
import type { ManifestFile } from '#manifest/types';
import type { Finding, Fix } from '../types';
import { ignoreWord } from './ignores';

/**
 * A comment above the finding's line, indented as the line is. Undefined in JSON, which has no comments, and where the
 * file is no text of somebody's.
 */
export function ignoreFix({ code, place }: Pick<Finding, 'code' | 'place'>, file: ManifestFile | undefined): Fix | undefined {
  if (!file || file.path !== place.file || file.path.endsWith('.json')) return undefined;
  const lines = lineIndexOf(file);
  const start = { line: place.range.start.line, character: 0 };
  const from = lines.offset(start);
  const [, indent = '', first = ''] = /^([ \t]*)(\S?)/.exec(file.text.slice(from, from + 1000)) ?? [];
  // Braces and brackets at the margin are JSON in another file's clothes.
  if (first === '' || (indent === '' && /[{[]/.test(first))) return undefined;
  const newText = `${indent}# ${ignoreWord} ${code}${file.text.includes('\r\n') ? '\r\n' : '\n'}`;
  const edit = { file: file.path, range: { start, end: start }, newText };
  return { title: `Ignore ${code} here`, edits: [edit], preferred: false };
} // prettier-ignore

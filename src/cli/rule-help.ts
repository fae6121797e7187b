/** What the documentation says about a finding's code, for formats that carry the help with the finding. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Severity } from '#analysis/types';

export interface RuleHelp {
  /** One sentence. */
  readonly summary: string;
  readonly markdown: string;
  /** How grave it is by itself, where the documentation begins with that. */
  readonly severity: Severity | undefined;
}

const severities: Readonly<Record<string, Severity>> = {
  error: 'error',
  warning: 'warning',
  info: 'info',
  hint: 'hint',
};

/** Undefined where the documentation is not beside the program, or has nothing about the code. */
export function ruleHelp(code: string): RuleHelp | undefined {
  const page = documentation(`rules/${code}.md`)
    ?.replace(/^# .*\n/, '')
    .trim();
  const markdown = page ?? sectionOf(documentation('findings.md') ?? '', code);
  if (markdown === undefined || markdown === '') return undefined;
  const [, word = '', rest = markdown] = /^\*\*(\w+)[^*]*\*\*\s*(.*)$/s.exec(markdown) ?? [];
  return { summary: firstSentence(rest), markdown, severity: severities[word.toLowerCase()] };
}

const read = new Map<string, string | undefined>();

function documentation(name: string): string | undefined {
  if (!read.has(name)) read.set(name, readIfThere(join(__dirname, '../docs', name)));
  return read.get(name);
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** The text below the heading of the code; of a table's row, what it says. */
function sectionOf(text: string, code: string): string | undefined {
  const heading = `\n## ${code}\n`;
  const at = text.indexOf(heading);
  if (at < 0) return new RegExp(`^\\| \`${code}\` *\\| (.*?) *\\|$`, 'm').exec(text)?.[1];
  const from = at + heading.length;
  const end = text.indexOf('\n## ', from);
  return text.slice(from, end < 0 ? undefined : end).trim();
}

function firstSentence(markdown: string): string {
  const paragraph = markdown.split(/\n\s*\n/)[0] ?? '';
  const text = plainText(paragraph).replace(/\s+/g, ' ').trim();
  return /^.*?[.!?](?=\s[A-Z]|$)/.exec(text)?.[0] ?? text;
}

/** Without the marks of emphasis and links. */
export function plainText(markdown: string): string {
  return markdown
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\*\*([^*]+)\*\*/g, '$1')
    .replace(/(?<!\w)_([^_]+)_(?!\w)/g, '$1')
    .replaceAll('`', '');
}

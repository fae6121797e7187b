/** What the documentation says about a finding's code, for formats that carry the help with the finding. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Severity } from '#analysis/types';

export interface RuleHelp {
  /** One sentence. */
  readonly summary: string;
  /** What it says, to the first heading. */
  readonly introduction: string;
  /** The whole page, without its title. */
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

const read = new Map<string, RuleHelp | undefined>();

/** Undefined where the documentation is not beside the program, or has no page for the code. */
export function ruleHelp(code: string): RuleHelp | undefined {
  if (!read.has(code)) {
    const page = readIfThere(join(__dirname, `../docs/rules/${code}.md`));
    read.set(code, page === undefined ? undefined : helpOf(page));
  }
  return read.get(code);
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * Takes a page apart: a title, how grave the finding is in bold letters, with a full stop behind it or behind what
 * tells when it is otherwise, and what it says.
 */
export function helpOf(page: string): RuleHelp {
  const markdown = page.replace(/^# .*\n/, '').trim();
  const introduction = markdown.split(/^## /m)[0]!.trim();
  const [, word = '', rest = introduction] = /^\*\*(\w+)(?:\.\*\*|\*\*.*?\.)\s+(.*)$/s.exec(introduction) ?? [];
  return { summary: firstSentence(rest), introduction, markdown, severity: severities[word.toLowerCase()] };
}

function firstSentence(markdown: string): string {
  const paragraph = markdown.split(/\n\s*\n/)[0] ?? '';
  const text = plainText(paragraph).replace(/\s+/g, ' ').trim();
  return /^.*?[.!?](?=\s[A-Z]|$)/.exec(text)?.[0] ?? text;
}

/** Without the marks of headings, emphasis, code and links. */
export function plainText(markdown: string): string {
  return markdown
    .replace(/^```\w*\n/gm, '')
    .replace(/^## (.*)$/gm, '$1')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\*\*([^*]+)\*\*/g, '$1')
    .replace(/(?<!\w)_([^_]+)_(?!\w)/g, '$1')
    .replaceAll('`', '');
}

/** Each finding has a page that explains it, whose example gives just this finding, and whose fix takes it away. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { helpOf } from '#cli/rule-help';
import { knownCodes, observedCodes, problemCodes } from '#analysis/control/codes';
import { filesOf, mended, pageCodes, readPage, saidAbout } from '../../support/rule-pages';
import { root } from '../../support/program';

const folder = join(root, 'docs/rules');
const sections = ['Why', 'Effect', 'Example', 'Fix', 'When to ignore'];
/** What takes a file of another kind, a very large one, or an engine. */
const withoutExample = [
  'document-too-large', 'file-binary', 'file-too-large', 'file-unreadable', 'kustomization-selects-nothing', 'render-failed', 'render-stopped', 'yaml-depth',
]; // prettier-ignore

/** The index: what is said in general, which is kept, and a line for each page. */
function withIndex(text: string): string {
  const line = (code: string) => {
    const { severity, summary } = helpOf(readPage(code).text);
    return `| [${code}](${code}.md) | ${severity ?? ''} | ${summary.replaceAll('|', '\\|')} |`;
  };
  const table = (codes: readonly string[]) => ['| code | severity | what it says |', '| --- | --- | --- |', ...codes.map(line)].join('\n'); // prettier-ignore
  return text
    .replace(/(<!-- findings -->\n\n)[^]*?(?=\n\n## )/, (_, head: string) => head + table(knownCodes.filter((code) => !problemCodes.has(code)))) // prettier-ignore
    .replace(/(<!-- problems -->\n\n)[^]*$/, (_, head: string) => `${head}${table(knownCodes.filter((code) => problemCodes.has(code)))}\n`); // prettier-ignore
}

const unaligned = (text: string) => text.replace(/ +\|/g, ' |').replace(/-{3,}/g, '---');

describe('the pages', () => {
  it('are those of the codes', () => {
    expect(pageCodes()).toEqual(knownCodes);
  });

  it('are all in the index', async () => {
    const path = join(folder, 'README.md');
    const text = readFileSync(path, 'utf8');
    // Prettier aligns tables; what they say counts.
    if (unaligned(withIndex(text)) !== unaligned(text)) await expect(withIndex(text)).toMatchFileSnapshot(path);
  });
});

describe.each(knownCodes)('the page of %s', (code) => {
  const page = readPage(code);

  it('has its sections, and no idle link', () => {
    expect(page.text).toMatch(new RegExp(`^# ${code}\n\n\\*\\*(Error|Warning|Info|Hint)\\b`));
    expect([...page.sections.keys()]).toEqual(sections);
    expect([...page.sections].filter(([, text]) => text.length < 6)).toEqual([]);
    const links = [...page.text.matchAll(/\]\((?!https?:)([^)#]*)/g)].map((match) => match[1]!);
    expect(links.filter((link) => !existsSync(join(folder, link)))).toEqual([]);
  });

  const example = filesOf(page.sections.get('Example') ?? '');
  const seen = observedCodes.has(code) ? 'in a cluster' : 'in files';

  it.skipIf(withoutExample.includes(code))('shows an example that gives this finding alone', () => {
    const severity = /^\*\*(\w+)/.exec(page.summary)?.[1]?.toLowerCase();
    expect([...new Set(saidAbout(example, seen))]).toEqual([`${severity} ${code}`]);
  });

  it.skipIf(withoutExample.includes(code))('shows a fix after which nothing is said', () => {
    const fix = filesOf(page.sections.get('Fix') ?? '');
    expect(fix.size).toBeGreaterThan(0);
    expect(saidAbout(mended(example, fix), seen)).toEqual([]);
  });
});

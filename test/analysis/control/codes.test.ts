/** The list of codes agrees with the schemas that complete them and with the pages that explain them. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isKnownCode, knownCodes, nearestCode, problemCodes } from '#analysis/control/codes';

const root = join(import.meta.dirname, '../../..');

/** The text with the list of codes where it has one: `npm test -- -u` writes it into the file. */
function withCodes(text: string): string {
  return text.replace(/^( *)("propertyNames": \{\n *"enum": )\[[^\]]*\]/m, (_, indent: string, head: string) => {
    const inner = `${indent}    `;
    return `${indent}${head}[\n${knownCodes.map((code) => `${inner}"${code}"`).join(',\n')}\n${indent}  ]`;
  });
}

describe('the codes', () => {
  it.each(['docs/service-topology.schema.json', 'package.json'])('are those of %s', async (file) => {
    const path = join(root, file);
    const text = readFileSync(path, 'utf8');
    expect(text).toMatch(/"propertyNames"/);
    await expect(withCodes(text)).toMatchFileSnapshot(path);
  });

  it('of problems are those that the documentation has in its table', () => {
    const findings = readFileSync(join(root, 'docs/findings.md'), 'utf8');
    const documented = [...findings.matchAll(/^\| `([a-z-]+)` /gm)].map((match) => match[1]!);
    expect(documented.sort()).toEqual([...problemCodes].sort());
  });

  it('are explained, each of them', () => {
    const findings = readFileSync(join(root, 'docs/findings.md'), 'utf8');
    const headings = new Set([...findings.matchAll(/^(?:## |\| `)([a-z0-9-]+)/gm)].map((match) => match[1]!));
    const hasPage = (code: string) => existsSync(join(root, `docs/rules/${code}.md`));
    expect(knownCodes.filter((code) => !headings.has(code) && !hasPage(code))).toEqual([]);
  });

  it('are found by a near name', () => {
    expect(isKnownCode('selector-matches-nothing')).toBe(true);
    expect(nearestCode('selector-match-nothing')).toBe('selector-matches-nothing');
    expect(nearestCode('something-else-entirely')).toBeUndefined();
  });
});

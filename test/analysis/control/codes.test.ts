/** The list of codes agrees with the schemas that complete them and with the pages that explain them. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isKnownCode, knownCodes, nearestCode } from '#analysis/control/codes';

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

  it('are found by a near name', () => {
    expect(isKnownCode('selector-matches-nothing')).toBe(true);
    expect(nearestCode('selector-match-nothing')).toBe('selector-matches-nothing');
    expect(nearestCode('something-else-entirely')).toBeUndefined();
  });
});

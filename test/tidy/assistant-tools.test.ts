/** What package.json says of the tools for language models is what the server takes. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { contributedTools } from '../../scripts/assistant-tools.mjs';

it('package.json has the tools as they are defined; scripts/assistant-tools.mjs writes them', async () => {
  const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
    contributes: { languageModelTools: unknown };
  };
  expect(manifest.contributes.languageModelTools).toEqual(await contributedTools());
});

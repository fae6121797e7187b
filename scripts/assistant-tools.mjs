// Writes what package.json says of the tools for language models from src/protocol/assistant.ts, where they are defined.
// `node scripts/assistant-tools.mjs`
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { toJsonSchema } from '@valibot/to-json-schema';

const root = path.resolve(import.meta.dirname, '..');

/** The tools as `contributes.languageModelTools` has them. */
export async function contributedTools() {
  const folder = await mkdtemp(path.join(root, 'node_modules/.assistant-tools-'));
  try {
    const outfile = path.join(folder, 'assistant.mjs');
    await build({ entryPoints: [path.join(root, 'src/protocol/assistant.ts')], bundle: true, format: 'esm', packages: 'external', outfile }); // prettier-ignore
    const { assistantTools } = await import(outfile);
    return Object.entries(assistantTools).map(([name, { title, description, input }]) => {
      const { $schema: _, ...inputSchema } = toJsonSchema(input, { typeMode: 'input' });
      return {
        name: `service_topology_${name}`,
        displayName: title,
        modelDescription: description,
        userDescription: description.slice(0, description.indexOf(': ') < 0 ? undefined : description.indexOf(': ')),
        toolReferenceName: `serviceTopology${name.replace(/(?:^|_)([a-z])/g, (_, letter) => letter.toUpperCase())}`,
        canBeReferencedInPrompt: true,
        icon: '$(type-hierarchy)',
        tags: ['kubernetes', 'yaml'],
        inputSchema,
      };
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === import.meta.filename) {
  const file = path.join(root, 'package.json');
  const manifest = JSON.parse(await readFile(file, 'utf8'));
  manifest.contributes.languageModelTools = await contributedTools();
  await writeFile(file, `${JSON.stringify(manifest, undefined, 2)}\n`);
}

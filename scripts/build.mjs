/**
 * Bundles the program: extension, language server, command line and panels, into dist/.
 * `node scripts/build.mjs [--watch]`
 */
import { readFile, rm } from 'node:fs/promises';
import { context } from 'esbuild';
import { writeNotices } from './notices.mjs';

const common = {
  bundle: true,
  metafile: true,
  minify: true,
  sourcemap: true,
  logLevel: 'warning',
  legalComments: 'none',
};
const { version } = JSON.parse(await readFile('package.json', 'utf8'));
const node = {
  ...common,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  define: { __VERSION__: JSON.stringify(version) },
};
const panel = {
  ...common,
  platform: 'browser',
  format: 'iife',
  target: 'chrome130',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  sourcemap: false,
};

const bundles = [
  { ...node, entryPoints: { extension: 'src/extension/extension.ts' }, external: ['vscode'], outdir: 'dist' },
  { ...node, entryPoints: { server: 'src/server/start.ts' }, outdir: 'dist' },
  { ...node, entryPoints: { cli: 'src/cli/main.ts' }, outdir: 'dist', banner: { js: '#!/usr/bin/env node' } },
  {
    ...panel,
    entryPoints: { topology: 'media/topology/main.tsx', trace: 'media/trace/main.tsx' },
    outdir: 'dist/media',
  },
];

const watch = process.argv.includes('--watch');
if (!watch) await rm('dist', { recursive: true, force: true });
const contexts = await Promise.all(bundles.map((options) => context(options)));
if (watch) await Promise.all(contexts.map((bundle) => bundle.watch()));
else {
  const inputs = [];
  for (const bundle of contexts) {
    const { metafile } = await bundle.rebuild();
    inputs.push(...Object.keys(metafile.inputs));
    await bundle.dispose();
  }
  await writeNotices(inputs, 'dist/THIRD-PARTY-NOTICES.txt');
}

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

/** The code that talks to clusters is a file of its own, which is read when somebody connects. */
const liveApart = {
  name: 'live-apart',
  setup(build) {
    build.onResolve({ filter: /^#live\/index$/ }, () => ({ path: './live.js', external: true }));
  },
};

const bundles = [
  { ...node, entryPoints: { extension: 'src/extension/extension.ts' }, external: ['vscode'], outdir: 'dist' },
  { ...node, entryPoints: { server: 'src/server/start.ts' }, outdir: 'dist', plugins: [liveApart] },
  { ...node, entryPoints: { live: 'src/live/index.ts' }, outdir: 'dist' },
  { ...node, entryPoints: { cli: 'src/cli/main.ts' }, outdir: 'dist', banner: { js: '#!/usr/bin/env node' } },
  {
    ...panel,
    entryPoints: {
      topology: 'media/topology/main.tsx',
      trace: 'media/trace/main.tsx',
      'what-if': 'media/what-if/main.tsx',
    },
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
    holdOffline(metafile);
    await bundle.dispose();
  }
  await writeNotices(inputs, 'dist/THIRD-PARTY-NOTICES.txt');
}

/** What serves files alone must not even hold the code for clusters. */
function holdOffline({ inputs, outputs }) {
  const offline = ['dist/server.js', 'dist/extension.js'].find((file) => file in outputs);
  const live = Object.keys(inputs).find((file) => /^src\/live\/|\/@kubernetes\//.test(file));
  if (offline && live) throw new Error(`${offline} holds ${live}: it must come with dist/live.js alone`);
}

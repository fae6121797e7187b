/**
 * Bundles the program: extension, language server, command line and panels, into dist/.
 * `node scripts/build.mjs [--watch]`
 */
import { readFile, rm } from 'node:fs/promises';
import { context } from 'esbuild';
import { copyEngines } from './build-engines.mjs';
import { writeNotices } from './notices.mjs';

const common = {
  bundle: true,
  metafile: true,
  minify: true,
  sourcemap: true,
  logLevel: 'warning',
  legalComments: 'none',
};
/** Bytes of a bundle that a browser downloads, before it is compressed. */
const largestInBrowser = 2 * 2 ** 20;
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

const web = {
  ...common,
  platform: 'browser',
  target: 'chrome130',
  define: { __VERSION__: JSON.stringify(version) },
};

/** The code that talks to clusters is a file of its own, which is read when somebody connects. */
const liveApart = {
  name: 'live-apart',
  setup(build) {
    build.onResolve({ filter: /^#live\/index$/ }, () => ({ path: './live.js', external: true }));
  },
};

/** The library for debug adapters is made for Node; of its modules it needs two names. */
const debugAdapterParts = './src/extension/debug/node-parts.ts';

const bundles = [
  { ...node, entryPoints: { extension: 'src/extension/desktop.ts' }, external: ['vscode'], outdir: 'dist' },
  { ...node, entryPoints: { server: 'src/server/start.ts' }, outdir: 'dist', plugins: [liveApart] },
  { ...node, entryPoints: { live: 'src/live/index.ts' }, outdir: 'dist' },
  { ...node, entryPoints: { 'render-worker': 'src/render/worker.ts' }, outdir: 'dist' },
  { ...node, entryPoints: { cli: 'src/cli/main.ts' }, outdir: 'dist', banner: { js: '#!/usr/bin/env node' } },
  {
    ...web,
    entryPoints: { 'extension-web': 'src/extension/web.ts' },
    format: 'cjs',
    external: ['vscode'],
    alias: { events: debugAdapterParts, url: debugAdapterParts },
    outdir: 'dist',
  },
  {
    ...web,
    entryPoints: { 'server-web': 'src/server/start-web.ts' },
    format: 'iife',
    outdir: 'dist',
    plugins: [liveApart],
  },
  {
    ...web,
    entryPoints: { 'render-worker-web': 'src/render/worker-web.ts' },
    format: 'iife',
    outdir: 'dist',
  },
  {
    ...panel,
    entryPoints: {
      topology: 'media/topology/main.tsx',
      trace: 'media/trace/main.tsx',
      'what-if': 'media/what-if/main.tsx',
    },
    outdir: 'dist/media',
  },
  // The core is in the page: it runs where there is no Node.
  {
    ...panel,
    entryPoints: { report: 'media/report/main.tsx', frame: 'media/report/frame.ts' },
    outdir: 'dist/report',
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
    holdBrowser(metafile);
    await bundle.dispose();
  }
  await writeNotices(inputs, 'dist/THIRD-PARTY-NOTICES.txt');
  if (!(await copyEngines('dist/engines')))
    console.log('Without the engines for Kustomize and Helm: npm run build:engines builds them, where Go is.');
}

/** What serves files alone must not even hold the code for clusters. */
function holdOffline({ inputs, outputs }) {
  const offline = ['server', 'server-web', 'extension', 'extension-web']
    .map((name) => `dist/${name}.js`)
    .find((file) => file in outputs);
  const live = Object.keys(inputs).find((file) => /^src\/live\/|\/@kubernetes\//.test(file));
  if (offline && live) throw new Error(`${offline} holds ${live}: it must come with dist/live.js alone`);
}

/** What runs in a browser finds no module of Node there, and is downloaded before it runs. */
function holdBrowser({ outputs }) {
  const found = Object.entries(outputs).find(([file]) => /^dist\/[\w-]+-web\.js$/.test(file));
  if (!found) return;
  const [file, { bytes, imports }] = found;
  const foreign = imports.find(({ path, external }) => external && !['vscode', './live.js'].includes(path));
  if (foreign) throw new Error(`${file} imports ${foreign.path}, which no browser has`);
  if (bytes > largestInBrowser) throw new Error(`${file} has ${bytes} bytes: more than ${largestInBrowser}`);
}

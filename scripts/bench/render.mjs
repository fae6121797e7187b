/**
 * Renders every kustomization and chart below the given folders with the engines and with the real kustomize and helm,
 * compares the texts byte for byte, and prints how long the engines take cold and warm, and the packed extension's size.
 * `npm run bench:render -- FOLDER …`; each folder directly below a given one is taken for a repository of its own.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { renderTools } from '../render-tools.mjs';

const limit = 5 * 2 ** 20;
const folder = mkdtempSync(join(tmpdir(), 'service-topology-render-'));
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const milliseconds = (value) => `${value.toFixed(0)} ms`;
const folders = process.argv.slice(2);
if (!existsSync('dist/engines/engines.wasm')) {
  console.log('skipped: the engines are not built (npm run build:engines needs Go)');
  process.exit(0);
}

try {
  const tools = await renderTools();
  if (tools.lack) console.log(`skipped: nothing is compared with the real tools: ${tools.lack}`);
  const { nodeEngine } = await loadHost();
  const repositories = (folders.length > 0 ? folders : ['test/render/fixtures']).flatMap(repositoriesOf);
  // Whatever else the machine does: it is compared, not judged.
  const engine = nodeEngine(resolve('dist'), { time: 300_000 });
  const times = [];
  const counts = { kustomize: newCount(), helm: newCount() };
  for (const repository of repositories) {
    const files = filesOf(repository);
    for (const one of requestsOf(repository, files)) {
      const input = { request: one.request, files: one.files };
      const [ours, warm] = await timed(() => engine.render(input, { keepSecrets: true }));
      if (!tools.lack) compare(counts[one.request.kind], one, ours, () => realText(tools, one, repository));
      if (ours.kind !== 'rendered') continue;
      const [, traced] = await timed(() => engine.render(input, { origins: true }));
      times.push({ name: one.name, warm, traced });
    }
  }
  engine.dispose();
  for (const [kind, count] of Object.entries(counts)) report(kind, count);
  console.log(
    `cold: engines and first render     median ${milliseconds(median(await timeCold(nodeEngine, repositories)))}`,
  );
  console.log(`warm: one render                   ${spread(times, 'warm')}`);
  console.log(`warm: one render with its origins  ${spread(times, 'traced')}`);
  console.log(`packed extension                   ${(packedSize() / 2 ** 20).toFixed(1)} MiB`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function newCount() {
  return { all: 0, real: 0, equal: 0, random: 0, bothFail: 0 };
}

async function loadHost() {
  const outfile = join(folder, 'host.mjs');
  await build({
    entryPoints: ['src/render/node.ts'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    logLevel: 'warning',
  });
  return import(pathToFileURL(outfile).href);
}

function repositoriesOf(path) {
  const root = resolve(path);
  const below = readdirSync(root, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && !entry.name.startsWith('.'),
  );
  const isOne = readdirSync(root).some((name) => /^(kustomization\.ya?ml|Chart\.yaml|\.git)$/.test(name));
  return isOne || below.length === 0 ? [root] : below.map(({ name }) => join(root, name));
}

function filesOf(repository) {
  const files = new Map();
  for (const entry of readdirSync(repository, { withFileTypes: true, recursive: true })) {
    const file = join(entry.parentPath, entry.name);
    const name = relative(repository, file).split(sep).join('/');
    if (!entry.isFile() || name.startsWith('.git/') || statSync(file).size > limit) continue;
    files.set(name, readFileSync(file));
  }
  return files;
}

/** A kustomization may read all files of its repository, a chart those below its folder. */
function requestsOf(repository, files) {
  const requests = [];
  for (const name of files.keys()) {
    const at = name.includes('/') ? name.slice(0, name.lastIndexOf('/')) : '';
    const title = `${basename(repository)}/${at}`;
    if (/(^|\/)(kustomization\.ya?ml|Kustomization)$/.test(name)) {
      requests.push({ name: title, files, request: { kind: 'kustomize', folder: at } });
    } else if (
      /(^|\/)Chart\.yaml$/.test(name) &&
      !/(^|\/)charts\/[^/]+\/Chart\.yaml$/.test(name.replace(/^charts\//, ''))
    ) {
      const own = new Map([...files].filter(([file]) => at === '' || file.startsWith(`${at}/`)));
      const request = {
        kind: 'helm',
        folder: at,
        release: 'bench',
        namespace: 'default',
        valueFiles: [],
        inlineValues: [],
        set: [],
        includeCrds: false,
      };
      requests.push({ name: title, files: own, request });
      for (const file of own.keys()) {
        const inside = at === '' ? file : file.slice(at.length + 1);
        if (!/^(values[-.].+|ci\/.+-values)\.ya?ml$/.test(inside)) continue;
        requests.push({ name: `${title} ${inside}`, files: own, request: { ...request, valueFiles: [file] } });
      }
    }
  }
  return requests;
}

function realText(tools, { request }, repository) {
  const place = request.folder || '.';
  const parameters =
    request.kind === 'kustomize'
      ? ['build', place]
      : ['template', request.release, `./${place}`, ...request.valueFiles.flatMap((file) => ['-f', file])];
  // Remote bases would be fetched: what needs a network fails at once.
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    HTTPS_PROXY: 'http://127.0.0.1:9',
    HTTP_PROXY: 'http://127.0.0.1:9',
    GIT_TERMINAL_PROMPT: '0',
  };
  const run = spawnSync(tools[request.kind], parameters, {
    cwd: repository,
    encoding: 'utf8',
    env,
    maxBuffer: 2 ** 28,
    timeout: 60_000,
  });
  return run.status === 0 ? run.stdout : undefined;
}

function compare(count, { name }, ours, run) {
  const real = run();
  count.all++;
  if (real === undefined) {
    if (ours.kind === 'failed') count.bothFail++;
    else if (ours.kind === 'stopped') console.log(`  stopped: ${name}: ${ours.message}`);
    else console.log(`  rendered here alone: ${name}: without ${without(ours)}`);
    return;
  }
  count.real++;
  if (ours.kind !== 'rendered') console.log(`  failed here alone: ${name}: ${ours.message}`);
  else if (ours.text === real) count.equal++;
  else if (run() !== real) count.random++;
  else console.log(`  another text: ${name}: without ${without(ours)}`);
}

function without({ unavailable }) {
  return unavailable.map(({ what }) => what).join(', ') || 'anything missing';
}

function report(kind, { all, real, equal, random, bothFail }) {
  console.log(
    `${kind}: ${all} found; the real one renders ${real}, of which ${equal} are equal byte for byte and ${random} are random; both fail on ${bothFail}`,
  );
}

async function timed(act) {
  const began = performance.now();
  const result = await act();
  return [result, performance.now() - began];
}

function spread(times, key) {
  const slowest = [...times].sort((a, b) => b[key] - a[key])[0];
  const values = times.map((one) => one[key]);
  return `median ${milliseconds(median(values))}, slowest ${milliseconds(slowest?.[key] ?? 0)} (${slowest?.name})`;
}

/** A fresh engine for each run: what a person waits for once. */
async function timeCold(nodeEngine, repositories) {
  const [first] = repositories.flatMap((repository) => requestsOf(repository, filesOf(repository)));
  const times = [];
  for (let run = 0; first && run < 3; run++) {
    const engine = nodeEngine(resolve('dist'));
    const [, time] = await timed(() => engine.render({ request: first.request, files: first.files }));
    times.push(time);
    engine.dispose();
  }
  return times;
}

function packedSize() {
  const file = join(folder, 'packed.vsix');
  const run = spawnSync(
    process.execPath,
    ['node_modules/@vscode/vsce/vsce', 'package', '--no-dependencies', '-o', file],
    { encoding: 'utf8' },
  );
  if (run.status !== 0) throw new Error(run.stderr || run.stdout);
  return statSync(file).size;
}

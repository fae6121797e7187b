/**
 * Builds the engines (kustomize and Helm, as WebAssembly) from engines/ into dist/engines; `npm run build:engines`.
 * What was built is kept by the content of engines/ and Go's version, so that a build without a change is a copy.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const source = resolve(import.meta.dirname, '../engines');
const cache = join(homedir(), '.cache/service-topology/engines');
const builtFiles = ['engines.wasm', 'wasm_exec.js', 'NOTICES.txt'];
/** What go.mod asks for; an older Go, from 1.21 on, fetches it. */
const goRelease = 26;
const firstThatFetches = 21;
/** Pages of 64 KiB that the engines may take: 1 GiB. */
const largestMemory = 16384;

/** What this machine lacks to build the engines; undefined for nothing. */
export function lacking() {
  const needs = `the engines need Go 1.${goRelease} (https://go.dev/dl) to be built`;
  const found = spawnSync('go', ['env', 'GOVERSION', 'GOTOOLCHAIN'], { encoding: 'utf8' });
  if (found.error || found.status !== 0) return `${needs}; there is no Go here`;
  const [version, toolchain] = found.stdout.split('\n');
  const release = Number(/^go1\.(\d+)/.exec(version)?.[1]);
  if (release >= goRelease || (release >= firstThatFetches && toolchain !== 'local')) return undefined;
  return `${needs}; here is ${version}${toolchain === 'local' ? ' with GOTOOLCHAIN=local' : ''}`;
}

/** The folder with the built engines of this source, if there is one. */
export async function builtEngines() {
  const folder = join(cache, await keyOfSource());
  return (await exists(join(folder, builtFiles.at(-1)))) ? folder : undefined;
}

/** Copies the built engines into a folder; false where they are not built. */
export async function copyEngines(target) {
  const folder = await builtEngines();
  if (!folder) return false;
  await mkdir(target, { recursive: true });
  for (const name of builtFiles) await copyFile(join(folder, name), join(target, name));
  return true;
}

/** Builds the engines where they are not built yet, and gives their folder. */
export async function buildEngines() {
  const built = await builtEngines();
  if (built) return built;
  const folder = join(cache, await keyOfSource());
  const unfinished = `${folder}.${process.pid}`;
  await mkdir(unfinished, { recursive: true });
  try {
    const wasm = join(unfinished, 'engines.wasm');
    go(['build', '-mod=readonly', '-trimpath', `-ldflags=${linkerFlags(await releases())}`, '-o', wasm, '.']);
    await writeFile(wasm, withLargestMemory(await readFile(wasm)));
    const goRoot = go(['env', 'GOROOT']).trim();
    await copyFile(await glueOf(goRoot), join(unfinished, 'wasm_exec.js'));
    await writeFile(join(unfinished, 'NOTICES.txt'), await notices(goRoot));
    // Under its name only once it is whole.
    await rm(folder, { recursive: true, force: true });
    await rename(unfinished, folder);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  await forgetOthers(folder);
  return folder;
}

/** The release of kustomize that is built with a release of its library. */
const kustomizeOf = { 'v0.21.1': 'v5.8.1' };

/** The releases of what is in the program, and the Kubernetes that Helm renders for when nobody says: its library's. */
export async function releases() {
  const module = await readFile(join(source, 'go.mod'), 'utf8');
  const helm = /helm\.sh\/helm\/v3 (v\S+)/.exec(module)[1];
  const library = /sigs\.k8s\.io\/kustomize\/api (v\S+)/.exec(module)[1];
  const [, minor] = /k8s\.io\/client-go v0\.(\d+)/.exec(module);
  const kustomize = kustomizeOf[library];
  if (!kustomize) throw new Error(`which release of kustomize has ${library} of its library?`);
  return { helm, kustomize, minor };
}

/** Both say which release they are, as the released programs do. */
export function linkerFlags({ helm, kustomize, minor }) {
  return [
    '-s',
    '-w',
    `-X sigs.k8s.io/kustomize/api/provenance.version=${kustomize}`,
    `-X helm.sh/helm/v3/internal/version.version=${helm}`,
    '-X helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor=1',
    `-X helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor=${minor}`,
  ].join(' ');
}

/** The file between Go's programs and JavaScript; its place in Go's own folder has changed once. */
async function glueOf(goRoot) {
  const places = ['lib/wasm/wasm_exec.js', 'misc/wasm/wasm_exec.js'].map((place) => join(goRoot, place));
  for (const place of places) if (await exists(place)) return place;
  throw new Error(`there is no wasm_exec.js in ${goRoot}`);
}

/** Writes a maximum into the module's memory section, which Go leaves open: no render takes more than that. */
export function withLargestMemory(wasm) {
  let offset = 8;
  while (offset < wasm.length) {
    const id = wasm[offset];
    const size = number(wasm, offset + 1);
    const content = size.end;
    if (id === 5) {
      const minimum = number(wasm, content + 2);
      if (wasm[content] !== 1 || wasm[content + 1] !== 0) throw new Error('the memory has a maximum already');
      const section = Buffer.from([1, 1, ...leb(minimum.value), ...leb(largestMemory)]);
      const head = Buffer.from([5, ...leb(section.length)]);
      return Buffer.concat([wasm.subarray(0, offset), head, section, wasm.subarray(content + size.value)]);
    }
    offset = content + size.value;
  }
  throw new Error('the program has no memory section');
}

/** An unsigned LEB128 number. */
function number(bytes, offset) {
  let value = 0;
  let shift = 0;
  for (let at = offset; ; at++) {
    value += (bytes[at] & 0x7f) * 2 ** shift;
    shift += 7;
    if (bytes[at] < 0x80) return { value, end: at + 1 };
  }
}

function leb(value) {
  const bytes = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) | 0x80);
  }
}

/** The licences of Go's own files and of the modules that are in the program. */
async function notices(goRoot) {
  const format = '{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Version}}\t{{.Dir}}{{end}}{{end}}';
  const listed = go(['list', '-mod=readonly', '-deps', '-f', format, '.']).split('\n');
  const modules = [...new Set(listed)].filter((line) => line && !line.includes('\t' + source)).sort();
  const parts = [`Go (wasm_exec.js and the standard library)\n\n${await licence(goRoot)}`];
  for (const line of modules) {
    const [path, version, folder] = line.split('\t');
    // A replaced module is a stub of this project.
    if (folder.startsWith(source)) continue;
    parts.push(`${path} ${version}\n\n${await licence(folder)}`);
  }
  return parts.map((part) => `${part.trim()}\n`).join(`\n${'-'.repeat(80)}\n\n`);
}

async function licence(folder) {
  const names = (await readdir(folder)).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name)).sort();
  const texts = await Promise.all(
    names.map(async (name) => ((await stat(join(folder, name))).isFile() ? readFile(join(folder, name), 'utf8') : '')),
  );
  return texts.map((text) => text.trim()).join('\n\n');
}

function go(parameters) {
  const env = { ...process.env, GOOS: 'js', GOARCH: 'wasm', GOFLAGS: '-buildvcs=false' };
  const run = spawnSync('go', parameters, { cwd: source, encoding: 'utf8', env, maxBuffer: 2 ** 28 });
  if (run.error || run.status !== 0) throw new Error(`go ${parameters[0]}: ${run.error?.message ?? run.stderr.trim()}`);
  return run.stdout;
}

let key;

/** The source's content, this script and Go's version: what the built program depends on. */
async function keyOfSource() {
  key ??= (async () => {
    const hash = createHash('sha256');
    const names = (await readdir(source, { recursive: true })).filter((name) => /\.(go|mod|sum)$/.test(name)).sort();
    for (const name of names) {
      if (name.endsWith('_test.go')) continue;
      hash.update(`${name.replaceAll('\\', '/')}\0`).update(await readFile(join(source, name)));
    }
    hash.update(await readFile(import.meta.filename));
    const version = spawnSync('go', ['env', 'GOVERSION'], { cwd: source, encoding: 'utf8' });
    return hash
      .update(version.stdout ?? '')
      .digest('hex')
      .slice(0, 24);
  })();
  return key;
}

/** Keeps the last few builds: each is 35 MB. */
async function forgetOthers(folder) {
  const others = (await readdir(cache)).map((name) => join(cache, name)).filter((name) => name !== folder);
  const dated = await Promise.all(others.map(async (name) => ({ name, time: (await stat(name)).mtimeMs })));
  dated.sort((a, b) => b.time - a.time);
  await Promise.all(dated.slice(4).map(({ name }) => rm(name, { recursive: true, force: true })));
}

async function exists(file) {
  return stat(file).then(
    () => true,
    () => false,
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const lack = lacking();
  if (lack && !(await builtEngines())) {
    console.log(`skipped: ${lack}; without them kustomizations and charts are read as they stand`);
  } else {
    const began = performance.now();
    const folder = await buildEngines();
    await copyEngines(resolve(import.meta.dirname, '../dist/engines'));
    const { size } = await stat(join(folder, 'engines.wasm'));
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    console.log(`engines: ${(size / 2 ** 20).toFixed(1)} MiB in dist/engines, ${seconds} s`);
  }
}

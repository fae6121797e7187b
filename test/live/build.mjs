/**
 * Builds what is missing of a real control plane from its Go modules, once, into a cache outside of the checkout: etcd,
 * kube-apiserver and kube-controller-manager. Some 12 minutes on two cores, and 3 GB of Go's own caches.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { etcdVersion, isUsable, kubernetesVersion, programFolder, programs } from './programs.mts';

/** What the modules ask for; an older Go, from 1.21 on, fetches it. */
const goRelease = 26;
const firstThatFetches = 21;
const source = join(programFolder, 'source');
const [major, minor] = kubernetesVersion.slice(1).split('.');

/** What `--version` prints, and the API server's /version. */
const linkerFlags = [
  '-s',
  '-w',
  ...['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap((name) => [
    `-X ${name}.gitVersion=${kubernetesVersion}`,
    `-X ${name}.gitMajor=${major}`,
    `-X ${name}.gitMinor=${minor}`,
  ]),
].join(' ');

/** What this machine lacks to build them; undefined for nothing. */
export function lacking() {
  const needs = `needs Go 1.${goRelease} (https://go.dev/dl) to build etcd ${etcdVersion} and Kubernetes ${kubernetesVersion}`;
  const found = spawnSync('go', ['env', 'GOVERSION', 'GOTOOLCHAIN'], { encoding: 'utf8' });
  if (found.error || found.status !== 0) return `${needs}; there is no Go here`;
  const [version, toolchain] = found.stdout.split('\n');
  const release = Number(/^go1\.(\d+)/.exec(version)?.[1]);
  if (release >= goRelease || (release >= firstThatFetches && toolchain !== 'local')) return undefined;
  return `${needs}; here is ${version}${toolchain === 'local' ? ' with GOTOOLCHAIN=local' : ''}`;
}

/** Those that are not there, not whole or of another release. */
export function unusablePrograms() {
  return programs.filter((program) => !isUsable(program));
}

/** Throws what Go could not do. */
export async function buildPrograms(wanted) {
  await mkdir(source, { recursive: true });
  await writeModule();
  for (const { name, source: from } of wanted) {
    const began = performance.now();
    // Under its name only once it is whole.
    const unfinished = join(programFolder, `${name}.unfinished`);
    go(['build', '-mod=readonly', '-ldflags', linkerFlags, '-o', unfinished, from]);
    await rename(unfinished, join(programFolder, name));
    console.log(`${name}: ${((performance.now() - began) / 1000).toFixed(0)} s`);
  }
  const still = wanted.filter((program) => !isUsable(program)).map(({ name }) => name);
  if (still.length > 0) throw new Error(`${still.join(', ')} in ${programFolder} cannot be run`);
}

/** A module that requires the programs, with the versions that Kubernetes itself is built with. */
async function writeModule() {
  const done = join(source, `done-${kubernetesVersion}-${etcdVersion}`);
  if (existsSync(done)) return;
  await rm(source, { recursive: true, force: true });
  await mkdir(source, { recursive: true });
  const { GoMod } = JSON.parse(go(['mod', 'download', '-json', `k8s.io/kubernetes@${kubernetesVersion}`]));
  const required = await readFile(GoMod, 'utf8');
  // Kubernetes names its own libraries by v0.0.0, since it replaces them by folders of its repository.
  const staging = [...new Set([...required.matchAll(/^\s*(k8s\.io\/[\w.-]+) v0\.0\.0(?:\s|$)/gm)].map((match) => match[1]))]; // prettier-ignore
  const released = kubernetesVersion.replace(/^v1/, 'v0');
  const lines = [
    'module controlplane',
    '',
    /^go .*$/m.exec(required)[0],
    '',
    `require (\n\tgo.etcd.io/etcd/server/v3 ${etcdVersion}\n\tk8s.io/kubernetes ${kubernetesVersion}\n)`,
    '',
    `replace (\n${staging.map((name) => `\t${name} => ${name} ${released}`).join('\n')}\n)`,
    '',
  ];
  await writeFile(join(source, 'go.mod'), lines.join('\n'));
  const imports = programs.map((program) => `\t_ "${program.source}"`).join('\n');
  await writeFile(join(source, 'tools.go'), `//go:build tools\n\npackage tools\n\nimport (\n${imports}\n)\n`);
  go(['mod', 'tidy', '-e']);
  await writeFile(done, '');
}

function go(args) {
  const run = spawnSync('go', args, { cwd: source, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (run.error) throw run.error;
  if (run.status !== 0) throw new Error(`go ${args.join(' ')} failed`);
  return run.stdout;
}

/**
 * Builds the programs of a real control plane from their Go modules, once, into a cache outside of the checkout:
 * etcd, kube-apiserver and kube-controller-manager. Some 12 minutes on two cores, and 3 GB of Go's own caches.
 * `node test/live/build.mjs`
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

const kubernetes = 'v1.37.2';
const etcd = 'v3.7.0';
/** What `--version` prints, and the API server's /version. */
const flags = [
  '-s',
  '-w',
  ...['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap((name) => [
    `-X ${name}.gitVersion=${kubernetes}`,
    `-X ${name}.gitMajor=${kubernetes.split('.')[0].slice(1)}`,
    `-X ${name}.gitMinor=${kubernetes.split('.')[1]}`,
  ]),
].join(' ');
const programs = [
  { name: 'etcd', package: 'go.etcd.io/etcd/server/v3', flags: '-s -w' },
  { name: 'kube-apiserver', package: 'k8s.io/kubernetes/cmd/kube-apiserver', flags },
  { name: 'kube-controller-manager', package: 'k8s.io/kubernetes/cmd/kube-controller-manager', flags },
];

const folder =
  process.env.SERVICE_TOPOLOGY_LIVE_BIN ?? join(homedir(), '.cache', 'service-topology', 'live', kubernetes);
const source = join(folder, 'source');

/** Prints what a machine lacks, and ends. */
function lacking(text) {
  console.error(text);
  process.exit(2);
}

function go(args, options = {}) {
  const run = spawnSync('go', args, {
    cwd: source,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    ...options,
  });
  if (run.error?.code === 'ENOENT') lacking('the tests of live mode need Go (https://go.dev/dl) to build a real control plane, once'); // prettier-ignore
  if (run.status !== 0) lacking(`go ${args.join(' ')} failed`);
  return run.stdout;
}

const missing = programs.filter(({ name }) => !existsSync(join(folder, name)));
if (missing.length === 0) {
  console.log(`all there: ${folder}`);
  process.exit(0);
}
await mkdir(source, { recursive: true });
const version = go(['env', 'GOVERSION'], { cwd: folder }).trim();
console.log(`${version} builds ${missing.map(({ name }) => name).join(', ')} into ${folder}`);
if (!existsSync(join(source, 'go.sum'))) {
  const { GoMod } = JSON.parse(go(['mod', 'download', '-json', `k8s.io/kubernetes@${kubernetes}`], { cwd: folder }));
  const required = await readFile(GoMod, 'utf8');
  // Kubernetes names its own libraries by v0.0.0, since it replaces them by folders of its repository.
  const staging = [...new Set([...required.matchAll(/^\s*(k8s\.io\/[\w.-]+) v0\.0\.0(?:\s|$)/gm)].map((match) => match[1]))]; // prettier-ignore
  const released = kubernetes.replace(/^v1/, 'v0');
  const lines = [
    'module controlplane',
    '',
    /^go .*$/m.exec(required)[0],
    '',
    `require (\n\tgo.etcd.io/etcd/server/v3 ${etcd}\n\tk8s.io/kubernetes ${kubernetes}\n)`,
    '',
    `replace (\n${staging.map((name) => `\t${name} => ${name} ${released}`).join('\n')}\n)`,
    '',
  ];
  await writeFile(join(source, 'go.mod'), lines.join('\n'));
  const imports = programs.map((program) => `\t_ "${program.package}"`).join('\n');
  await writeFile(join(source, 'tools.go'), `//go:build tools\n\npackage tools\n\nimport (\n${imports}\n)\n`);
  go(['mod', 'tidy', '-e']);
}
for (const { name, package: from, flags: linker } of missing) {
  const began = performance.now();
  go(['build', '-mod=readonly', '-ldflags', linker, '-o', join(folder, name), from]);
  console.log(`${name}: ${((performance.now() - began) / 1000).toFixed(0)} s`);
}

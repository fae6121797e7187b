/**
 * Prints what a live cluster of 2,000 Services and 10,000 Pods takes: from the first request to the first complete
 * tree, memory, and from a change in the cluster to the changed tree. Against a real API server with its controllers.
 * `npm run bench:live [-- SERVICES]`
 */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const services = Number(process.argv[2] ?? 2000);
const podsEach = 5;
const namespaces = 20;
const nodes = 20;
const folder = mkdtempSync(join(tmpdir(), 'service-topology-bench-live-'));

async function bundle(source, name) {
  const outfile = join(folder, `${name}.mjs`);
  await build({
    stdin: { contents: source, resolveDir: process.cwd(), loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    outfile,
    logLevel: 'error',
    // Packages in CommonJS ask for Node's modules in their own way.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  return outfile;
}

const harness = await bundle("export * from './test/live/control-plane'; export * from './test/live/shop';", 'harness');
const measure = await bundle("import './scripts/bench/live-measure';", 'measure');
const { ControlPlane, findPrograms, node, pod, service, until } = await import(pathToFileURL(harness).href);

const found = findPrograms();
if ('missing' in found) {
  console.error(found.missing);
  process.exit(2);
}

async function inParallel(count, width, work) {
  let next = 0;
  await Promise.all(Array.from({ length: width }, async () => { while (next < count) await work(next++); })); // prettier-ignore
}

async function fill(plane) {
  for (let i = 1; i <= nodes; i++) await plane.create(node(`node-${i}`, i));
  for (let i = 0; i < namespaces; i++)
    await plane.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: `ns-${i}` } });
  await inParallel(services * podsEach, 24, async (i) => {
    const app = i % services;
    const number = (i % nodes) + 1;
    const address = `10.244.${Math.floor(i / 250) % 250}.${(i % 250) + 1}`;
    await plane.create(pod({ namespace: `ns-${app % namespaces}`, name: `app-${app}-${i}`, labels: { app: `app-${app}` }, node: number, address })); // prettier-ignore
  });
  await inParallel(services, 24, (i) => plane.create(service(`ns-${i % namespaces}`, `app-${i}`, { app: `app-${i}` })));
}

const plane = await ControlPlane.start();
try {
  const began = performance.now();
  await fill(plane);
  await until('the endpoint slices', async () => {
    const { body } = await plane.call('GET', '/apis/discovery.k8s.io/v1/endpointslices?limit=100000');
    return body.items.filter(({ endpoints }) => endpoints?.length === podsEach).length >= services;
  }, 600); // prettier-ignore
  console.log(`${services} Services and ${services * podsEach} Pods, made in ${((performance.now() - began) / 1000).toFixed(0)} s; Node ${process.version}`); // prettier-ignore
  const kubeconfig = await plane.kubeconfig('admin', { token: plane.token('admin') });
  const child = fork(measure, [kubeconfig, plane.server, plane.token('admin')], { stdio: 'inherit' });
  const status = await new Promise((resolve) => child.once('exit', resolve));
  process.exitCode = status === 0 ? 0 : 1;
} finally {
  await plane.stop();
  rmSync(folder, { recursive: true, force: true });
}

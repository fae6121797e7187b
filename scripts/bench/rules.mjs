/**
 * Prints how long kube-proxy's rules of one node take in each mode, for N Services with ten endpoints each: made and
 * printed from a cold start, after an edit of one Service, and a packet's walk through them.
 * `node scripts/bench/rules.mjs [N …]`
 */
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { createRequire } from 'node:module';
import { build } from 'esbuild';

const bundle = resolve('node_modules/.cache/bench/core.cjs');
mkdirSync(resolve('node_modules/.cache/bench'), { recursive: true });
await build({
  stdin: {
    contents: `
      export { readManifest } from '#manifest/index';
      export { createSimulation } from '#simulation/index';
      export { rulesLookedAt } from '#simulation/index';
      export { defaultSettings } from '#model/settings';`,
    resolveDir: process.cwd(),
  },
  bundle: true,
  format: 'cjs',
  platform: 'node',
  outfile: bundle,
  logLevel: 'warning',
});
const core = createRequire(import.meta.url)(bundle);

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const time = (action) => {
  const from = performance.now();
  const result = action();
  return { milliseconds: performance.now() - from, result };
};

const manifestOf = (i, port) => `apiVersion: v1
kind: Service
metadata: { name: app-${i}, namespace: team-${i % 100} }
spec:
  selector: { app: app-${i} }
  ports: [{ name: http, port: ${port}, targetPort: 8080 }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: app-${i}, namespace: team-${i % 100} }
spec:
  replicas: 10
  selector: { matchLabels: { app: app-${i} } }
  template:
    metadata: { labels: { app: app-${i} } }
    spec:
      containers: [{ name: app, image: registry.example/app, ports: [{ containerPort: 8080 }] }]
`;

const objectsOf = (i, port = 80) =>
  core
    .readManifest(`app-${i}.yaml`, manifestOf(i, port))
    .documents.flatMap(({ content }) => (content.kind === 'objects' ? content.objects : []));

const sizes = process.argv.slice(2).map(Number);
console.log(`Node ${process.version}; one node, IPv4, ten endpoints a Service`);
for (const services of sizes.length > 0 ? sizes : [5000, 10000]) {
  console.log(`\n${services} Services, ${services * 10} endpoints`);
  const simulation = core.createSimulation(core.defaultSettings);
  const objects = Array.from({ length: services }, (_, i) => objectsOf(i));
  simulation.apply({ removed: [], added: objects.flat() });
  // The pods and slices are the control plane's work: they are there before the first rules are asked for.
  console.log(`  pods and slices     ${time(() => [...simulation.controlPlane.allEndpointSlices()].length).milliseconds.toFixed(0)} ms`); // prettier-ignore
  for (const mode of ['iptables', 'nftables', 'ipvs']) {
    const made = time(() => simulation.dataPlane.rules('node-a', mode, 'IPv4'));
    const printed = time(() => simulation.dataPlane.print(made.result));
    const lines = printed.result.split('\n').filter((line) => line.trim() !== '').length;
    const edits = [];
    for (let n = 0; n < 11; n++) {
      const i = (n * 397) % services;
      const [service] = objectsOf(i, 81 + n);
      const change = { removed: [objects[i][0]], added: [service] };
      objects[i][0] = service;
      edits.push(
        time(() => (simulation.apply(change), simulation.dataPlane.rules('node-a', mode, 'IPv4'))).milliseconds,
      );
    }
    const walks = [];
    let looked = 0;
    for (let n = 0; n < 11; n++) {
      const i = (services - 1 - n * 331 + services) % services;
      const service = simulation.controlPlane.service(`team-${i % 100}/app-${i}`);
      const target = { address: service.spec.clusterIP, port: service.spec.ports[0].port, protocol: 'TCP' };
      const { milliseconds, result } = time(() => simulation.dataPlane.walk({ kind: 'node', node: 'node-a' }, target, mode)); // prettier-ignore
      if (!result.paths.some(({ outcome }) => outcome.kind === 'delivered')) throw new Error('no packet arrives');
      walks.push(milliseconds);
      looked += core.rulesLookedAt(result) / 11;
    }
    console.log(`  ${mode}`);
    console.log(`    rules made          ${made.milliseconds.toFixed(0)} ms`);
    console.log(`    and printed         ${printed.milliseconds.toFixed(0)} ms, ${lines} lines`);
    console.log(`    after an edit       ${median(edits).toFixed(1)} ms`);
    console.log(`    a packet's walk     ${median(walks).toFixed(1)} ms, ${looked.toFixed(0)} rules look at it`);
  }
}

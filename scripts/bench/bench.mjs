/**
 * Prints how long a workspace of N Services with a Deployment of ten replicas each takes: from a cold start to all
 * findings, memory, and from an edit to the new findings; beside it kubeconform's schema check of the same files;
 * at the end what kube-proxy's rules take (rules.mjs), and renders by kustomize and Helm (render.mjs).
 * `npm run bench [-- N …]`
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { timeEdits } from './edit.mjs';
import { generate } from './generate.mjs';
import { timeKubeconform } from './kubeconform.mjs';

const sizes = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), 'service-topology-bench-'));
const cache = resolve('node_modules/.cache/bench');
const runs = 3;

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(2)} s`;

function check(path, ...flags) {
  const usage = join(folder, 'usage.json');
  const began = performance.now();
  const run = spawnSync(
    process.execPath,
    ['--import', pathToFileURL(resolve('scripts/bench/peak-memory.mjs')).href, 'dist/cli.js', 'check', ...flags, path],
    {
      encoding: 'utf8',
      env: { ...process.env, BENCH_USAGE: usage },
      maxBuffer: 2 ** 30,
    },
  );
  const milliseconds = performance.now() - began;
  if (run.status !== 0)
    throw new Error(`check ended with ${run.status}: ${run.stdout.slice(-500)}${run.stderr.slice(-500)}`);
  return { milliseconds, ...JSON.parse(readFileSync(usage, 'utf8')), output: run.stdout.trim() };
}

try {
  console.log(`Node ${process.version}, ${runs} runs each, medians`);
  for (const services of sizes.length > 0 ? sizes : [100, 1000, 10000]) {
    const workspace = join(folder, String(services));
    const bytes = generate(services, workspace);
    console.log(
      `\n${services} Services, ${services * 10} pods, ${(bytes / 2 ** 20).toFixed(1)} MiB in ${Math.ceil(services / 10)} files`,
    );
    const cold = Array.from({ length: runs }, () => check(workspace, '-q'));
    console.log(`  check, cold start to all findings  ${seconds(median(cold.map((run) => run.milliseconds)))}`);
    console.log(`    processor time                   ${seconds(median(cold.map((run) => run.cpu * 1000)))}`);
    console.log(`    peak memory                      ${Math.round(median(cold.map((run) => run.maxRSS)) / 1024)} MiB`);
    console.log(`    ${cold[0].output}`);
    const edits = await timeEdits(workspace, Math.min(20, services / 10));
    console.log(`  language server, start to ready    ${seconds(edits.start)}`);
    console.log(
      `    edit to new findings             median ${median(edits.times).toFixed(1)} ms, slowest ${edits.times.at(-1).toFixed(1)} ms`,
    );
    const other = Array.from({ length: runs }, () => timeKubeconform(workspace, cache));
    const told = other.find((result) => typeof result === 'string');
    console.log(`  kubeconform, schema check          ${told ?? seconds(median(other))}`);
  }
  for (const part of ['rules.mjs', 'render.mjs'])
    spawnSync(process.execPath, [join(import.meta.dirname, part)], { stdio: 'inherit' });
} finally {
  rmSync(folder, { recursive: true, force: true });
}

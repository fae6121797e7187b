/** Runs the tests against a real control plane. `npm run test:live`; where its programs are missing, tells what builds them. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const folder =
  process.env.SERVICE_TOPOLOGY_LIVE_BIN ?? join(homedir(), '.cache', 'service-topology', 'live', 'v1.37.2');
const missing = ['etcd', 'kube-apiserver', 'kube-controller-manager'].filter((name) => !existsSync(join(folder, name)));
if (missing.length > 0) {
  const go = spawnSync('go', ['version'], { encoding: 'utf8' });
  const needs = go.error ? ' It needs Go (https://go.dev/dl), which is not installed here.' : '';
  console.error(`${missing.join(', ')} not found in ${folder}. Build them once: node test/live/build.mjs.${needs}`);
  process.exit(2);
}
const run = spawnSync('vitest', ['run', 'test/live', '--no-file-parallelism', ...process.argv.slice(2)], {
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
process.exit(run.status ?? 1);

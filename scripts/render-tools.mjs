/**
 * The real kustomize and helm, built once from their Go modules into a cache outside of the checkout: what the engines
 * are compared with. `node scripts/render-tools.mjs` builds them ahead of the tests, some three minutes on two cores.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { lacking, linkerFlags, releases } from './build-engines.mjs';

/** The programs' paths, built where they are missing; or what this machine lacks. */
export async function renderTools() {
  const wanted = await releases();
  const { helm, kustomize } = wanted;
  const folder = join(homedir(), '.cache/service-topology/render-tools', `kustomize-${kustomize}-helm-${helm}`);
  const tools = { kustomize: join(folder, 'kustomize'), helm: join(folder, 'helm') };
  if (existsSync(tools.kustomize) && existsSync(tools.helm)) return tools;
  const lack = lacking();
  if (lack) return { lack };
  const unfinished = `${folder}.${process.pid}`;
  await mkdir(unfinished, { recursive: true });
  install(unfinished, linkerFlags(wanted), `sigs.k8s.io/kustomize/kustomize/v5@${kustomize}`);
  install(unfinished, linkerFlags(wanted), `helm.sh/helm/v3/cmd/helm@${helm}`);
  // Under its name only once it is whole; another run may have been faster.
  await rename(unfinished, folder).catch(() => rm(unfinished, { recursive: true, force: true }));
  return tools;
}

function install(folder, flags, source) {
  const env = { ...process.env, GOBIN: folder, GOFLAGS: '-buildvcs=false' };
  const run = spawnSync('go', ['install', '-ldflags', flags, source], { encoding: 'utf8', env, cwd: homedir() });
  if (run.error || run.status !== 0)
    throw new Error(`go install ${source}: ${run.error?.message ?? run.stderr.trim()}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const began = performance.now();
  const tools = await renderTools();
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  console.log(tools.lack ? `skipped: ${tools.lack}` : `kustomize and helm: ${seconds} s`);
}

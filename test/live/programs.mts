/**
 * The programs of a real control plane: which releases, where they are kept, and whether they are there. Read by Node
 * itself too (the scripts beside it), so it imports nothing of the project.
 */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export const kubernetesVersion = 'v1.37.2';
export const etcdVersion = 'v3.7.0';

export interface Program {
  readonly name: 'etcd' | 'kube-apiserver' | 'kube-controller-manager';
  /** The Go package that it is built from. */
  readonly source: string;
  /** Stands in what `--version` prints. */
  readonly version: string;
}

export const programs: readonly Program[] = [
  { name: 'etcd', source: 'go.etcd.io/etcd/server/v3', version: `etcd Version: ${etcdVersion.slice(1)}` },
  { name: 'kube-apiserver', source: 'k8s.io/kubernetes/cmd/kube-apiserver', version: kubernetesVersion },
  {
    name: 'kube-controller-manager',
    source: 'k8s.io/kubernetes/cmd/kube-controller-manager',
    version: kubernetesVersion,
  },
];

/** Outside of the checkout, so that they are built once; SERVICE_TOPOLOGY_LIVE_BIN names another folder. */
export const programFolder =
  process.env.SERVICE_TOPOLOGY_LIVE_BIN ?? join(homedir(), '.cache', 'service-topology', 'live', kubernetesVersion);

/** The folder with the programs, or why there is none. */
export function findPrograms(): { readonly folder: string } | { readonly missing: string } {
  const missing = programs.filter(({ name }) => !existsSync(join(programFolder, name))).map(({ name }) => name);
  if (missing.length === 0) return { folder: programFolder };
  return {
    missing: `${missing.join(', ')} not found in ${programFolder}: npm run test:live builds them (it needs Go)`,
  };
}

/** Whether the program is there, whole, and of the release that it should be: it is asked. */
export function isUsable({ name, version }: Program): boolean {
  const run = spawnSync(join(programFolder, name), ['--version'], { encoding: 'utf8', timeout: 30_000 });
  return run.status === 0 && run.stdout.includes(version);
}

/** The live room: what a cluster holds, read through its API server. Knows no word of networking. */

export { readCluster, watchCluster, type LiveChange, type LiveCluster, type LiveOptions } from './cluster';
export type { DryRun } from './dry-run';
export { LiveError } from './errors';
export { features, printResource, watchedKinds, type Feature, type WatchedKind } from './kinds';
export { chooseContext, readKubeconfig, type KubeContext, type Kubeconfig } from './kubeconfig';
export { clusterRoleFor, namespacedRolesFor } from './roles';
export { gapsOf, printState, type Gaps, type KindStatus, type LiveState, type LiveStatus } from './status';

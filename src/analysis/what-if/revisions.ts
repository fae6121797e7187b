/** The templates that a workload has had: its pods carry the hash of theirs, and are made anew from it. */

import { valueAt } from '#base/json';
import type { Pod } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import type { Workload } from '#simulation/apiserver/admission';
import { plannedPodOf } from '#simulation/controllers/planned-pod';
import { objectOfPod } from './freeze';

export interface Revision {
  /** Value of the label by which pods of the template are known; '' for kinds that have none. */
  readonly hash: string;
  /** What names and hashes are derived from. */
  readonly seed: string;
  readonly workload: Workload;
}

const hashLabels: Readonly<Record<string, string>> = {
  Deployment: 'pod-template-hash',
  StatefulSet: 'controller-revision-hash',
  DaemonSet: 'controller-revision-hash',
};

export function hashOf(pod: Pod, kind: string): string {
  const label = hashLabels[kind];
  return label === undefined ? '' : (pod.metadata.labels?.[label] ?? '');
}

/** What an update of pods is about. */
export function templateOf({ object, templatePath }: Workload): string {
  return JSON.stringify(valueAt(object.body, templatePath) ?? null);
}

/** The revision of a template that had none: the `round`th of the workload. */
export function revisionOf(workload: Workload, round: number): Revision {
  const seed = round === 0 ? workload.object.key : `${workload.object.key}#${round}`;
  const pod = plannedPodOf(seeded(workload, seed), 0, undefined);
  return { hash: hashOf(pod, workload.kind), seed, workload };
}

/** A pod of the revision; of a DaemonSet for `node`. The index makes its name. */
export function podOfRevision(revision: Revision, index: number, node: string | undefined): KubernetesObject {
  const { workload, seed } = revision;
  const planned = withHash(plannedPodOf(seeded(workload, seed), index, node), revision);
  return objectOfPod(planned, workload.object, workload.templatePath);
}

function seeded(workload: Workload, key: string): Workload {
  return { ...workload, object: { ...workload.object, key } };
}

/** A running cluster's hash is another one than ours: the pod gets it, and the names that hold it. */
function withHash(pod: Pod, { hash, workload }: Revision): Pod {
  const label = hashLabels[workload.kind];
  const own = hashOf(pod, workload.kind);
  if (label === undefined || hash === '' || own === hash) return pod;
  const { metadata } = pod;
  const renamed = { ...metadata, labels: { ...metadata.labels, [label]: hash } };
  if (workload.kind !== 'Deployment') return { ...pod, metadata: renamed };
  const rename = (text: string) => text.replace(`-${own}`, `-${hash}`);
  return {
    ...pod,
    metadata: {
      ...renamed,
      name: rename(metadata.name),
      ...(metadata.generateName !== undefined && { generateName: rename(metadata.generateName) }),
      ...(metadata.ownerReferences && {
        ownerReferences: metadata.ownerReferences.map((owner) => ({ ...owner, name: rename(owner.name) })),
      }),
    },
  };
}

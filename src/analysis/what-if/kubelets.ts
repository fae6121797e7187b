/** The kubelets at work: pods come up, end, and start again, each on its node. */

import type { NamespacedName, Pod } from '#model/kubernetes';
import { isReady } from '#simulation/index';
import { minReadySeconds } from '#simulation/controllers/updates/counts';
import { isTerminating } from './controllers';
import { notReady, type World, type WorldPod } from './world';

/** What the kubelets have to do is done once; how many pods came up and how many ended. */
export function runKubelets(world: World): { readonly started: number; readonly ended: number } {
  const ending = world.pods().filter((known) => isTerminating(world.pod(known)) && isReached(known, world));
  const started = [...world.starting].sort().filter((name) => bringUp(name, world)).length;
  for (const known of ending) {
    world.tell(kubeletOf(known, world), `pod ${known.name} has ended and is gone`);
    world.removePod(known);
  }
  return { started, ended: ending.length };
}

/** Whether the pod is up now: one that can never be ready stays as it is, and its kubelet says so once. */
export function bringUp(name: NamespacedName, world: World): boolean {
  const known = world.worldPod(name);
  if (!known) return world.starting.delete(name) && false;
  if (isTerminating(world.pod(known)) || world.heldUnready.has(name) || !isReached(known, world)) return false;
  world.starting.delete(name);
  const restarted = world.deadPods.delete(name);
  world.putPod(known, withOwnReadiness);
  if (!isReady(world.pod(known))) {
    world.putPod(world.worldPod(name)!, (pod) => ({ ...pod, status: { ...pod.status, conditions: notReady } }));
    world.tell(kubeletOf(known, world), `pod ${name} cannot become ready: its manifest does not let it`);
    return true;
  }
  const workload = known.owner === undefined ? undefined : world.workload(known.owner);
  const waits = workload === undefined ? 0 : minReadySeconds(workload);
  if (waits > 0) world.ripening.add(name);
  const available = waits > 0 ? `, and counts as available after ${waits} s (minReadySeconds)` : '';
  world.tell(kubeletOf(known, world), `pod ${name} ${restarted ? 'runs again and is ready' : 'is ready'}${available}`);
  return true;
}

/** What the manifest lets it come to: the simulation decides where the status says nothing. */
function withOwnReadiness(pod: Pod): Pod {
  const { conditions: _, ...status } = pod.status;
  return { ...pod, status: { ...status, phase: 'Running' } };
}

/** Whether the pod has a node whose kubelet is there. */
export function isReached(known: WorldPod, world: World): boolean {
  const node = world.pod(known).spec.nodeName;
  return node !== undefined && !world.downNodes.has(node);
}

export function kubeletOf(known: WorldPod, world: World): string {
  const node = world.pod(known).spec.nodeName;
  return node === undefined ? 'kubelet' : `kubelet on ${node}`;
}

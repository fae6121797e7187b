/** Pods that cannot become ready whatever their programs do: the manifest alone says so. */

import { isJsonObject, valueAt } from '#base/json';
import type { Container, PodSpec } from '#model/kubernetes';

export type ProbeField = 'readinessProbe' | 'startupProbe' | 'livenessProbe';

/** How far the pods of a spec can come. */
export type Readiness = 'ready' | 'never ready' | 'never initialized';

const probeActions = ['httpGet', 'tcpSocket', 'grpc'] as const;
/** Specs are shared by all pods of a template. */
const known = new WeakMap<PodSpec, Readiness>();

export function readinessOf(spec: PodSpec): Readiness {
  const before = known.get(spec);
  if (before) return before;
  const readiness = judge(spec);
  known.set(spec, readiness);
  return readiness;
}

/**
 * The kubelet waits for each init container to end, and throws away the result of a probe that it cannot make.
 * Models pkg/kubelet/kuberuntime computePodActions and pkg/kubelet/prober/worker.go doProbe (v1.37).
 */
function judge(spec: PodSpec): Readiness {
  const initContainers = spec.initContainers ?? [];
  if (initContainers.some((container) => !isSidecar(container) && endlessCommand(container) !== undefined))
    return 'never initialized';
  const probed = [...spec.containers, ...initContainers.filter(isSidecar)];
  const cannotBeProbed = (container: Container) =>
    (['readinessProbe', 'startupProbe'] as const).some((field) => unknownProbePort(container, field) !== undefined);
  return probed.some(cannotBeProbed) ? 'never ready' : 'ready';
}

function isSidecar({ restartPolicy }: Container): boolean {
  return restartPolicy === 'Always';
}

/** The ports that a probe asks at, each with the action that names it. */
export function probePorts(
  container: Container,
  field: ProbeField,
): readonly { readonly action: string; readonly port: number | string }[] {
  const probe = (container as Container & Readonly<Partial<Record<ProbeField, unknown>>>)[field];
  if (!isJsonObject(probe)) return [];
  return probeActions.flatMap((action) => {
    const port = valueAt(probe, [action, 'port']);
    return typeof port === 'number' || typeof port === 'string' ? [{ action, port }] : [];
  });
}

/** Models pkg/probe/util.go findPortByName (v1.37): in the container itself, whatever the protocol. */
export function hasPortName(container: Container, name: string): boolean {
  return container.ports?.some((port) => port.name === name) ?? false;
}

function unknownProbePort(container: Container, field: ProbeField): string | undefined {
  for (const { port } of probePorts(container, field))
    if (typeof port === 'string' && !hasPortName(container, port)) return port;
  return undefined;
}

/** A command that never ends, whatever happens; undefined for any other. */
export function endlessCommand(container: Container): string | undefined {
  const { command, args } = container as Container & {
    readonly command?: readonly string[] | null;
    readonly args?: readonly string[] | null;
  };
  if (!command?.length) return undefined;
  const words = [...command, ...(args ?? [])];
  const shell = /^(?:\/bin\/)?(?:ba|a)?sh$/.test(words[0] ?? '') && words[1] === '-c' && words.length === 3;
  const text = (shell ? (words[2] ?? '') : words.join(' ')).trim();
  return /^(?:(?:\/bin\/|\/usr\/bin\/)?sleep (?:infinity|inf)|tail -f \/dev\/null)$/.test(text) ? text : undefined;
}

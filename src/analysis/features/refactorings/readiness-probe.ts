/** A readiness probe for a container that gets requests of a Service before it can answer them. */

import { valueAt, type JsonObject } from '#base/json';
import type { Container, ContainerPort } from '#model/kubernetes';
import { putMember } from '../../rules/edits';
import { startsWith } from '../object-at';
import type { Refactor } from './types';

/**
 * Offered at a container that a Service sends requests to and that has no readiness probe. What is asked is a guess from
 * the port's name, and the path of a web server only its root: the skeleton is there to be filled.
 */
export const readinessProbe: Refactor = ({ object, path, state }, workspace) => {
  const { controlPlane } = state.simulation;
  const group = controlPlane.podGroup(object.key);
  if (!group) return undefined;
  const containers = [...group.templatePath, 'spec', 'containers'];
  const index = path[containers.length];
  if (!startsWith(path, ...containers) || typeof index !== 'number') return undefined;
  const container = group.spec.containers[index];
  const isProbed = valueAt(object.body, [...containers, index, 'readinessProbe']) !== undefined;
  if (!container || isProbed || controlPlane.servicesTargeting(object.key).length === 0) return undefined;
  const port = portToAsk(container);
  if (!port) return undefined;
  const edit = putMember(object, [...containers, index], 'readinessProbe', probeOf(port), workspace.context(state));
  const title = `Add a readiness probe that asks port ${port.name ?? port.containerPort}`;
  return edit && { title, kind: 'rewrite', edits: [edit] };
};

/** Probes speak TCP alone; a port that serves metrics tells little of the rest. */
function portToAsk({ ports = [] }: Container): ContainerPort | undefined {
  const candidates = ports.filter(({ protocol }) => protocol === 'TCP');
  return candidates.find(({ name }) => !/metrics|admin|debug/.test(name ?? '')) ?? candidates[0];
}

/** An RPC port is known by its number alone in a probe: core/v1 GRPCAction. */
function probeOf({ name, containerPort }: ContainerPort): JsonObject {
  const port = name ?? containerPort;
  if (/^grpc\b/.test(name ?? '')) return { grpc: { port: containerPort } };
  if (/^https\b/.test(name ?? '')) return { httpGet: { path: '/', port, scheme: 'HTTPS' } };
  return /^http\b|^web\b/.test(name ?? '') ? { httpGet: { path: '/', port } } : { tcpSocket: { port } };
}

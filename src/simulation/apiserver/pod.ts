/** Pods and pod templates: how they are decoded, defaulted and checked, as far as networking reads them. */

import type { JsonObject } from '#base/json';
import type { Container, ContainerPort, Pod, PodSpec, PodStatus } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import type { ClusterSettings } from '#model/settings';
import { decode } from './decode';
import { admission, FieldErrors, type Admission } from './field-errors';
import { checkMetadata, metadataOf } from './metadata';
import { dnsSubdomain } from './names';
import { podSchema } from './pod-schema';
import { checkPodSpec } from './pod-validation';
import { apiRelease } from './releases';

/** A decoded pod spec: enumerations are any text, and what is required may be missing. */
export interface WrittenPodSpec extends Omit<PodSpec, 'containers' | 'initContainers' | 'dnsPolicy' | 'restartPolicy'> {
  readonly containers?: readonly WrittenContainer[];
  readonly initContainers?: readonly WrittenContainer[];
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly dnsPolicy?: string;
  readonly restartPolicy?: string;
  readonly activeDeadlineSeconds?: number;
  readonly dnsConfig?: WrittenDnsConfig;
  readonly hostAliases?: readonly { readonly ip?: string; readonly hostnames?: readonly string[] }[];
}

export interface WrittenDnsConfig {
  readonly nameservers?: readonly string[];
  readonly searches?: readonly string[];
  readonly options?: readonly { readonly name?: string; readonly value?: string }[];
}

export interface WrittenContainer extends Omit<Container, 'ports' | 'name'> {
  readonly name?: string;
  readonly ports?: readonly WrittenContainerPort[];
}

export interface WrittenContainerPort extends Omit<ContainerPort, 'protocol' | 'containerPort'> {
  readonly containerPort?: number;
  readonly protocol?: string;
}

/** Models pkg/apis/core/v1 SetDefaults_Pod and ValidatePodCreate (v1.37); the rest of the body is kept. */
export function admitPod(object: KubernetesObject, settings: ClusterSettings): Admission<Pod> {
  const { value: body, refusal } = decode(object, podSchema);
  if (refusal) return { value: undefined, refusal };
  const errors = new FieldErrors();
  const spec = podSpecOf(body.spec as JsonObject | undefined);
  checkMetadata(object, body, dnsSubdomain, errors);
  checkPodSpec(spec, ['spec'], apiRelease(settings, object.origin), errors);
  return admission(object, errors, () => ({
    ...body,
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: metadataOf(object, body),
    spec: spec as PodSpec,
    status: (body.status ?? {}) as PodStatus,
  }));
}

/** The spec with its defaults. */
export function podSpecOf(written: JsonObject | undefined): WrittenPodSpec {
  const spec = (written ?? {}) as unknown as WrittenPodSpec;
  const { containers, initContainers, dnsPolicy, restartPolicy } = spec;
  const hostNetwork = spec.hostNetwork === true;
  return {
    ...spec,
    containers: (containers ?? []).map((each) => containerWithDefaults(each, hostNetwork)),
    ...(initContainers && { initContainers: initContainers.map((each) => containerWithDefaults(each, hostNetwork)) }),
    dnsPolicy: dnsPolicy || 'ClusterFirst',
    restartPolicy: restartPolicy || 'Always',
  };
}

function containerWithDefaults(written: WrittenContainer, hostNetwork: boolean): WrittenContainer {
  const { ports } = written;
  if (!ports || ports.length === 0) return written;
  return { ...written, ports: ports.map((port) => portWithDefaults(port, hostNetwork)) };
}

function portWithDefaults(port: WrittenContainerPort, hostNetwork: boolean): WrittenContainerPort {
  const wantsHostPort = hostNetwork && !port.hostPort && port.containerPort !== undefined;
  if (port.protocol && !wantsHostPort && port.name !== '') return port;
  const { name, ...rest } = port;
  return {
    ...(name && { name }),
    ...rest,
    protocol: port.protocol || 'TCP',
    ...(wantsHostPort && { hostPort: port.containerPort }),
  };
}

/** Pods and pod templates: how they are decoded, defaulted and checked, as far as networking reads them. */

import type { JsonObject, JsonPath } from '#base/json';
import type { Container, ContainerPort, Pod, PodSpec, PodStatus } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import type { ClusterSettings } from '#model/settings';
import { bool, decode, int32, int64, list, open, string, stringMap, type StructSchema } from './decode';
import { admission, FieldErrors, type Admission } from './field-errors';
import { checkMetadata, metadataOf, objectMeta } from './metadata';
import { dnsLabel, dnsSubdomain, ipAddress, portName, portNumber } from './names';

const container = open('Container', {
  name: string,
  image: string,
  command: list(string),
  args: list(string),
  workingDir: string,
  imagePullPolicy: string,
  env: list(open('EnvVar', { name: string, value: string })),
  ports: list(
    open('ContainerPort', {
      name: string,
      containerPort: int32,
      hostPort: int32,
      hostIP: string,
      protocol: string,
    }),
  ),
  restartPolicy: string,
});

export const podSpecSchema: StructSchema = open('PodSpec', {
  containers: list(container),
  initContainers: list(container),
  nodeName: string,
  nodeSelector: stringMap,
  hostname: string,
  subdomain: string,
  hostNetwork: bool,
  setHostnameAsFQDN: bool,
  serviceAccountName: string,
  schedulerName: string,
  priorityClassName: string,
  dnsPolicy: string,
  dnsConfig: open('PodDNSConfig', {
    nameservers: list(string),
    searches: list(string),
    options: list(open('PodDNSConfigOption', { name: string, value: string })),
  }),
  restartPolicy: string,
  terminationGracePeriodSeconds: int64,
});

const podSchema = open('Pod', {
  metadata: objectMeta,
  spec: podSpecSchema,
  status: open('PodStatus', {
    phase: string,
    podIP: string,
    podIPs: list(open('PodIP', { ip: string })),
    hostIP: string,
    hostIPs: list(open('HostIP', { ip: string })),
    conditions: list(open('PodCondition', { type: string, status: string })),
  }),
});

/** A decoded pod spec: enumerations are any text, and what is required may be missing. */
export interface WrittenPodSpec extends Omit<PodSpec, 'containers' | 'initContainers' | 'dnsPolicy' | 'restartPolicy'> {
  readonly containers?: readonly WrittenContainer[];
  readonly initContainers?: readonly WrittenContainer[];
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly dnsPolicy?: string;
  readonly restartPolicy?: string;
}

interface WrittenContainer extends Omit<Container, 'ports' | 'name'> {
  readonly name?: string;
  readonly ports?: readonly WrittenContainerPort[];
}

interface WrittenContainerPort extends Omit<ContainerPort, 'protocol' | 'containerPort'> {
  readonly containerPort?: number;
  readonly protocol?: string;
}

const protocols = ['SCTP', 'TCP', 'UDP'];
const dnsPolicies = ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'];
const restartPolicies = ['Always', 'Never', 'OnFailure'];

/** Models pkg/apis/core/v1 SetDefaults_Pod and ValidatePodCreate (v1.37); the rest of the body is kept. */
export function admitPod(object: KubernetesObject, _settings: ClusterSettings): Admission<Pod> {
  const { value: body, refusal } = decode(object, podSchema);
  if (refusal) return { value: undefined, refusal };
  const errors = new FieldErrors();
  const spec = podSpecOf(body.spec as JsonObject | undefined);
  checkMetadata(object, body, dnsSubdomain, errors);
  checkPodSpec(spec, ['spec'], errors);
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

/** Models pkg/apis/core/validation ValidatePodSpec: containers and their ports, host names, policies. */
export function checkPodSpec(spec: WrittenPodSpec, path: JsonPath, errors: FieldErrors): void {
  const { containers = [], initContainers = [], dnsPolicy = '', restartPolicy = '' } = spec;
  if (containers.length === 0) errors.required([...path, 'containers']);
  const names = new Set<string>();
  checkContainers(containers, [...path, 'containers'], names, spec, errors);
  checkContainers(initContainers, [...path, 'initContainers'], names, spec, errors);
  if (!restartPolicies.includes(restartPolicy))
    errors.notSupported([...path, 'restartPolicy'], restartPolicy, restartPolicies);
  if (!dnsPolicies.includes(dnsPolicy)) errors.notSupported([...path, 'dnsPolicy'], dnsPolicy, dnsPolicies);
  const { nodeName, hostname, subdomain } = spec;
  if (nodeName) errors.invalidAll([...path, 'nodeName'], nodeName, dnsSubdomain(nodeName));
  if (hostname) errors.invalidAll([...path, 'hostname'], hostname, dnsLabel(hostname));
  if (subdomain) errors.invalidAll([...path, 'subdomain'], subdomain, dnsLabel(subdomain));
}

function checkContainers(
  containers: readonly WrittenContainer[],
  path: JsonPath,
  names: Set<string>,
  spec: WrittenPodSpec,
  errors: FieldErrors,
): void {
  const hostPorts = new Set<string>();
  for (const [i, { name = '', ports = [] }] of containers.entries()) {
    const at = [...path, i];
    if (name === '') errors.required([...at, 'name']);
    else {
      errors.invalidAll([...at, 'name'], name, dnsLabel(name));
      if (names.has(name)) errors.duplicate([...at, 'name'], name);
      names.add(name);
    }
    checkPorts(ports, [...at, 'ports'], spec.hostNetwork === true, errors);
    for (const [n, { hostPort, hostIP = '', protocol }] of ports.entries()) {
      if (!hostPort) continue;
      const key = `${protocol}/${hostIP}/${hostPort}`;
      if (hostPorts.has(key)) errors.duplicate([...at, 'ports', n, 'hostPort'], key);
      hostPorts.add(key);
    }
  }
}

/** Models validateContainerPorts. */
function checkPorts(ports: readonly WrittenContainerPort[], path: JsonPath, host: boolean, errors: FieldErrors): void {
  const names = new Set<string>();
  for (const [i, port] of ports.entries()) {
    const at = [...path, i];
    const { name, containerPort = 0, hostPort, hostIP, protocol = '' } = port;
    if (name) {
      const complaints = portName(name);
      errors.invalidAll([...at, 'name'], name, complaints);
      if (complaints.length === 0 && names.has(name)) errors.duplicate([...at, 'name'], name);
      names.add(name);
    }
    if (containerPort === 0) errors.required([...at, 'containerPort']);
    else errors.invalidAll([...at, 'containerPort'], containerPort, portNumber(containerPort));
    if (hostPort) {
      errors.invalidAll([...at, 'hostPort'], hostPort, portNumber(hostPort));
      if (host && hostPort !== containerPort)
        errors.invalid([...at, 'containerPort'], containerPort, 'must match `hostPort` when `hostNetwork` is true');
    }
    if (hostIP) errors.invalidAll([...at, 'hostIP'], hostIP, ipAddress(hostIP));
    if (!protocols.includes(protocol)) errors.notSupported([...at, 'protocol'], protocol, protocols);
  }
}

/**
 * Pods and their templates as they are decoded: every field of a pod and of a container. Of what networking never reads
 * only the JSON type is known.
 */

import { bool, closed, int32, int64, list, open, string, stringMap, word, type StructSchema } from './decode';
import { objectMeta, topLevel } from './metadata';

const opaque = (name: string) => open(name, {});

const containerFields = {
  name: string,
  image: string,
  command: list(string),
  args: list(string),
  workingDir: string,
  ports: list(
    closed('ContainerPort', {
      name: string,
      hostPort: int32,
      containerPort: int32,
      protocol: word('Protocol'),
      hostIP: string,
    }),
  ),
  envFrom: list(opaque('EnvFromSource')),
  env: list(closed('EnvVar', { name: string, value: string, valueFrom: opaque('EnvVarSource') })),
  resources: opaque('ResourceRequirements'),
  resizePolicy: list(opaque('ContainerResizePolicy')),
  restartPolicy: word('ContainerRestartPolicy'),
  restartPolicyRules: list(opaque('ContainerRestartRule')),
  volumeMounts: list(opaque('VolumeMount')),
  volumeDevices: list(opaque('VolumeDevice')),
  livenessProbe: opaque('Probe'),
  readinessProbe: opaque('Probe'),
  startupProbe: opaque('Probe'),
  lifecycle: opaque('Lifecycle'),
  terminationMessagePath: string,
  terminationMessagePolicy: word('TerminationMessagePolicy'),
  imagePullPolicy: word('PullPolicy'),
  securityContext: opaque('SecurityContext'),
  stdin: bool,
  stdinOnce: bool,
  tty: bool,
};

const container = closed('Container', containerFields);

export const podSpecSchema: StructSchema = closed('PodSpec', {
  volumes: list(opaque('Volume')),
  initContainers: list(container),
  containers: list(container),
  ephemeralContainers: list(closed('EphemeralContainer', { ...containerFields, targetContainerName: string })),
  restartPolicy: word('RestartPolicy'),
  terminationGracePeriodSeconds: int64,
  activeDeadlineSeconds: int64,
  dnsPolicy: word('DNSPolicy'),
  nodeSelector: stringMap,
  serviceAccountName: string,
  serviceAccount: string,
  automountServiceAccountToken: bool,
  nodeName: string,
  hostNetwork: bool,
  hostPID: bool,
  hostIPC: bool,
  shareProcessNamespace: bool,
  securityContext: opaque('PodSecurityContext'),
  imagePullSecrets: list(opaque('LocalObjectReference')),
  hostname: string,
  subdomain: string,
  affinity: opaque('Affinity'),
  schedulerName: string,
  tolerations: list(opaque('Toleration')),
  hostAliases: list(closed('HostAlias', { ip: string, hostnames: list(string) })),
  priorityClassName: string,
  priority: int32,
  dnsConfig: closed('PodDNSConfig', {
    nameservers: list(string),
    searches: list(string),
    options: list(closed('PodDNSConfigOption', { name: string, value: string })),
  }),
  readinessGates: list(opaque('PodReadinessGate')),
  runtimeClassName: string,
  enableServiceLinks: bool,
  preemptionPolicy: word('PreemptionPolicy'),
  overhead: opaque('ResourceList'),
  topologySpreadConstraints: list(opaque('TopologySpreadConstraint')),
  setHostnameAsFQDN: bool,
  os: opaque('PodOS'),
  hostUsers: bool,
  schedulingGates: list(opaque('PodSchedulingGate')),
  resourceClaims: list(opaque('PodResourceClaim')),
  resources: opaque('ResourceRequirements'),
  hostnameOverride: string,
  schedulingGroup: opaque('PodSchedulingGroup'),
  evictionResponders: list(opaque('EvictionResponder')),
});

export const podTemplateSchema: StructSchema = closed('PodTemplateSpec', { metadata: objectMeta, spec: podSpecSchema });

export const podSchema: StructSchema = topLevel('Pod', {
  spec: podSpecSchema,
  // Kubelets write it, and each release adds to it.
  status: open('PodStatus', {
    phase: word('PodPhase'),
    podIP: string,
    podIPs: list(open('PodIP', { ip: string })),
    hostIP: string,
    hostIPs: list(open('HostIP', { ip: string })),
    conditions: list(open('PodCondition', { type: word('PodConditionType'), status: word('ConditionStatus') })),
  }),
});

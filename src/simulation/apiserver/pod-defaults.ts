/** What the API server fills in where a pod or a pod template says nothing. What needs no change is shared. */

import type { JsonObject, JsonValue } from '#base/json';
import { number, struct, structs, text } from './pod-fields';
import { withPodRequests } from './pod-level-resources';
import { probeFields } from './pod-probes';

/** A copy that its maker still changes: cheaper than to spread one member after the other. */
type Draft = Record<string, JsonValue | undefined>;

/** Models pkg/apis/core/v1 SetDefaults_PodSpec and the defaults of all that is in it (v1.37). */
export function podSpecWithDefaults(spec: JsonObject): JsonObject {
  const draft: Draft = { ...spec };
  const account = text(spec, 'serviceAccountName') || text(spec, 'serviceAccount');
  if (spec.volumes !== undefined) draft.volumes = mapped(structs(spec, 'volumes'), volumeWithDefaults);
  for (const field of containerFields)
    if (spec[field] !== undefined) draft[field] = mapped(structs(spec, field), containerWithDefaults);
  draft.restartPolicy = text(spec, 'restartPolicy') || 'Always';
  draft.terminationGracePeriodSeconds ??= 30;
  draft.dnsPolicy = text(spec, 'dnsPolicy') || 'ClusterFirst';
  if (account !== '') draft.serviceAccountName = draft.serviceAccount = account;
  draft.securityContext ??= {};
  draft.schedulerName = text(spec, 'schedulerName') || 'default-scheduler';
  return draft;
}

const containerFields = ['initContainers', 'containers', 'ephemeralContainers'] as const;

/** What is filled in for a pod, but not for a template. Models SetDefaults_Pod; takes a spec that has its defaults. */
export function withPodDefaults(spec: JsonObject): JsonObject {
  const draft: Draft = { ...spec };
  const onHost = spec.hostNetwork === true;
  const complete = (container: JsonObject) => withRequests(onHost ? withHostPorts(container) : container);
  for (const field of ['containers', 'initContainers'] as const)
    if (spec[field] !== undefined) draft[field] = mapped(structs(spec, field), complete);
  if ((number(spec, 'terminationGracePeriodSeconds') ?? 0) < 0) draft.terminationGracePeriodSeconds = 1;
  draft.enableServiceLinks ??= true;
  return withPodRequests(draft);
}

function mapped(items: readonly JsonObject[], change: (item: JsonObject) => JsonObject): readonly JsonObject[] {
  let copy: JsonObject[] | undefined;
  for (let i = 0; i < items.length; i++) {
    const changed = change(items[i]!);
    if (changed === items[i]) continue;
    copy ??= [...items];
    copy[i] = changed;
  }
  return copy ?? items;
}

function withHostPorts(container: JsonObject): JsonObject {
  const ports = structs(container, 'ports');
  if (ports.length === 0) return container;
  return {
    ...container,
    ports: mapped(ports, (port) =>
      number(port, 'hostPort') || !number(port, 'containerPort') ? port : { ...port, hostPort: port.containerPort },
    ),
  };
}

/** What is limited and not asked for is asked for up to the limit. */
function withRequests(container: JsonObject): JsonObject {
  const resources = struct(container, 'resources');
  const limits = struct(resources, 'limits');
  if (!limits) return container;
  const requests = struct(resources, 'requests') ?? {};
  if (Object.keys(limits).every((name) => Object.hasOwn(requests, name))) return container;
  return { ...container, resources: { ...resources, requests: { ...limits, ...requests } } };
}

function containerWithDefaults(container: JsonObject): JsonObject {
  const draft: Draft = { ...container };
  if (container.ports !== undefined) draft.ports = mapped(structs(container, 'ports'), portWithDefaults);
  if (container.env !== undefined) draft.env = mapped(structs(container, 'env'), variableWithDefaults);
  draft.name ??= '';
  draft.terminationMessagePath = text(container, 'terminationMessagePath') || '/dev/termination-log';
  draft.terminationMessagePolicy = text(container, 'terminationMessagePolicy') || 'File';
  draft.imagePullPolicy = text(container, 'imagePullPolicy') || pullPolicy(text(container, 'image'));
  draft.resources ??= {};
  for (const field of probeFields) {
    const probe = container[field];
    if (probe !== undefined) draft[field] = probeWithDefaults(probe as JsonObject);
  }
  if (container.lifecycle !== undefined) draft.lifecycle = lifecycleWithDefaults(container.lifecycle as JsonObject);
  return draft;
}

function portWithDefaults(port: JsonObject): JsonObject {
  const unnamed = port.name === '';
  if (port.protocol && !unnamed) return port;
  const draft: Draft = { ...port, protocol: port.protocol || 'TCP' };
  if (unnamed) delete draft.name;
  return draft;
}

function variableWithDefaults(variable: JsonObject): JsonObject {
  const source = struct(variable, 'valueFrom');
  const complete = source && withFieldVersion(source);
  return complete === source ? variable : { ...variable, valueFrom: complete };
}

/** Models SetDefaults_ObjectFieldSelector; a divisor that is not there is printed as 0. */
function withFieldVersion(source: JsonObject): JsonObject {
  const reference = struct(source, 'fieldRef');
  const resource = struct(source, 'resourceFieldRef');
  if (resource && resource.divisor === undefined)
    return withFieldVersion({ ...source, resourceFieldRef: { ...resource, divisor: '0' } });
  if (!reference || text(reference, 'apiVersion') !== '') return source;
  return { ...source, fieldRef: { ...reference, apiVersion: 'v1' } };
}

/** Models SetDefaults_Probe. */
function probeWithDefaults(probe: JsonObject): JsonObject {
  const draft: Draft = { ...handlerWithDefaults(probe) };
  const grpc = struct(probe, 'grpc');
  if (grpc && grpc.service === undefined) draft.grpc = { ...grpc, service: '' };
  draft.timeoutSeconds = number(probe, 'timeoutSeconds') || 1;
  draft.periodSeconds = number(probe, 'periodSeconds') || 10;
  draft.successThreshold = number(probe, 'successThreshold') || 1;
  draft.failureThreshold = number(probe, 'failureThreshold') || 3;
  return draft;
}

function lifecycleWithDefaults(lifecycle: JsonObject): JsonObject {
  const { postStart, preStop } = lifecycle;
  return {
    ...lifecycle,
    ...(postStart !== undefined && { postStart: handlerWithDefaults(postStart as JsonObject) }),
    ...(preStop !== undefined && { preStop: handlerWithDefaults(preStop as JsonObject) }),
  };
}

/** Models SetDefaults_HTTPGetAction. */
function handlerWithDefaults(handler: JsonObject): JsonObject {
  const httpGet = struct(handler, 'httpGet');
  if (!httpGet) return handler;
  const path = text(httpGet, 'path') || '/';
  return { ...handler, httpGet: { ...httpGet, path, scheme: text(httpGet, 'scheme') || 'HTTP' } };
}

const pathPart = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const imageReference = new RegExp(
  `^(?:(?:[a-zA-Z0-9.-]+|\\[[0-9a-fA-F:]+\\])(?::\\d+)?/)?${pathPart}(?:/${pathPart})*(:[\\w][\\w.-]{0,127})?(@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$`,
);

/** Models SetDefaults_Container's look at the image: its newest version is pulled each time. */
function pullPolicy(image: string): string {
  const [found, tag, digest] = imageReference.exec(image) ?? [];
  if (found === undefined) return 'IfNotPresent';
  return tag === ':latest' || (tag === undefined && digest === undefined) ? 'Always' : 'IfNotPresent';
}

const readableByAll = 0o644;
const filesFrom = ['secret', 'configMap', 'downwardAPI', 'projected'];

/** Models SetDefaults_Volume and its likes. */
function volumeWithDefaults(volume: JsonObject): JsonObject {
  const draft: Draft = { ...volume };
  let empty = true;
  for (const kind in volume) {
    if (kind === 'name') continue;
    empty = false;
    draft[kind] = sourceWithDefaults(kind, volume[kind] as JsonObject);
  }
  if (empty) draft.emptyDir = {};
  return draft;
}

function sourceWithDefaults(kind: string, source: JsonObject): JsonObject {
  if (filesFrom.includes(kind)) {
    const draft: Draft = { ...source };
    if (kind === 'downwardAPI' && source.items !== undefined)
      draft.items = mapped(structs(source, 'items'), withFieldVersion);
    if (kind === 'projected' && source.sources !== undefined)
      draft.sources = mapped(structs(source, 'sources'), projectionWithDefaults);
    draft.defaultMode ??= readableByAll;
    return draft;
  }
  switch (kind) {
    case 'hostPath':
      return { ...source, type: source.type ?? '' };
    case 'image':
      return { ...source, pullPolicy: text(source, 'pullPolicy') || pullPolicy(text(source, 'reference')) };
    case 'iscsi':
      return { ...source, iscsiInterface: text(source, 'iscsiInterface') || 'default' };
    case 'rbd':
      return {
        ...source,
        pool: text(source, 'pool') || 'rbd',
        user: text(source, 'user') || 'admin',
        keyring: text(source, 'keyring') || '/etc/ceph/keyring',
      };
    case 'scaleIO':
      return {
        ...source,
        storageMode: text(source, 'storageMode') || 'ThinProvisioned',
        fsType: text(source, 'fsType') || 'xfs',
      };
    case 'azureDisk':
      return {
        ...source,
        cachingMode: source.cachingMode ?? 'ReadWrite',
        fsType: source.fsType ?? 'ext4',
        readOnly: source.readOnly ?? false,
        kind: source.kind ?? 'Shared',
      };
    case 'ephemeral':
      return ephemeralWithDefaults(source);
    default:
      return source;
  }
}

function ephemeralWithDefaults(source: JsonObject): JsonObject {
  const template = struct(source, 'volumeClaimTemplate');
  if (!template) return source;
  return { ...source, volumeClaimTemplate: { ...template, spec: claimWithDefaults(struct(template, 'spec') ?? {}) } };
}

/** Models SetDefaults_PersistentVolumeClaimSpec. */
export function claimWithDefaults(spec: JsonObject): JsonObject {
  return { ...spec, volumeMode: spec.volumeMode ?? 'Filesystem' };
}

const hour = 3600;

function projectionWithDefaults(projection: JsonObject): JsonObject {
  const token = struct(projection, 'serviceAccountToken');
  const fields = struct(projection, 'downwardAPI');
  const certificate = struct(projection, 'podCertificate');
  return {
    ...projection,
    ...(token && { serviceAccountToken: { ...token, expirationSeconds: token.expirationSeconds ?? hour } }),
    ...(fields && { downwardAPI: { ...fields, items: mapped(structs(fields, 'items'), withFieldVersion) } }),
    ...(certificate && {
      podCertificate: { ...certificate, maxExpirationSeconds: certificate.maxExpirationSeconds ?? 24 * hour },
    }),
  };
}

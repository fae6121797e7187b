/** Why an object may exist that no manifest of the scope shows: the reasons for "cannot know" instead of "there is none". */

import { printReference, type KubernetesObject } from '#model/object';
import type { AnalysisContext } from '../context';
import { list, scopeName } from './words';

/**
 * Why a Service of this name may be in the namespace all the same, as the end of a sentence; undefined where the scope
 * would show it. `near` says that something else there was most probably meant.
 */
export function whyServiceUnseen(
  name: string,
  namespace: string,
  near: 'near' | 'nothing near',
  context: AnalysisContext,
): string | undefined {
  const { scope } = context;
  if (scope.incomplete.length > 0) return list(scope.incomplete);
  const maker = operatorResource(name, namespace, context);
  if (maker) return `the operator of ${printReference(maker)} may make it`;
  if (near === 'near') return undefined;
  if (namespace === 'kube-system')
    return 'kube-system holds Services of the cluster itself, which no manifest here shows';
  if (scope.kind !== 'root' && scope.kind !== 'file')
    return `no Service ${name} is in ${scopeName(scope)}, which may be a part of what is applied`;
  return hasServices(namespace, context)
    ? undefined
    : `no Service of namespace ${namespace} is in ${scopeName(scope)}, which may be a part of what is applied`;
}

/** Whether the scope shows any Service of the namespace: else these are somewhere else. */
export function hasServices(namespace: string, { simulation }: AnalysisContext): boolean {
  for (const service of simulation.controlPlane.services()) if (service.metadata.namespace === namespace) return true;
  return false;
}

/** A custom resource by whose name an operator most probably calls its Services: `RabbitmqCluster queue`. */
export function operatorResource(
  name: string,
  namespace: string,
  { simulation }: AnalysisContext,
): KubernetesObject | undefined {
  for (const object of simulation.controlPlane.objects()) {
    if (object.namespace !== namespace || !isCustom(object.group) || isConfiguration(object)) continue;
    if (name === object.name || name.startsWith(`${object.name}-`)) return object;
  }
  return undefined;
}

/** Groups whose resources tell others what to do with Services, and make none. */
const configuring = new Set([
  'networking.istio.io', 'security.istio.io', 'telemetry.istio.io', 'extensions.istio.io', 'cert-manager.io',
  'external-secrets.io', 'cilium.io', 'projectcalico.org', 'crd.projectcalico.org', 'traefik.io', 'traefik.containo.us',
  'policy.linkerd.io', 'linkerd.io', 'keda.sh', 'kyverno.io', 'constraints.gatekeeper.sh', 'cloud.google.com',
]); // prettier-ignore
/** The same of single kinds. */
const configuringKinds = /^(?:ServiceMonitor|PodMonitor|PodMonitoring|PrometheusRule|Probe|AlertmanagerConfig|ManagedCertificate|FrontendConfig|BackendConfig)$/; // prettier-ignore

function isConfiguration({ group, kind }: KubernetesObject): boolean {
  return configuring.has(group) || configuringKinds.test(kind);
}

/** Groups of custom resources have a domain of their own; Kubernetes' own end with k8s.io. */
export function isCustom(group: string): boolean {
  return (
    (group.includes('.') && !/(?:^|\.)(?:[a-z]+\.)?(?:k8s|authentication)\.io$/.test(group)) ||
    /\.x-k8s\.io$/.test(group)
  );
}

/** The table of rules: which of them look at which kind of object. A new finding is a new file and a line here. */

import type { KubernetesObject } from '#model/object';
import type { AnalysisContext } from '../context';
import type { Report } from './report';
import { adopted, statefulSetNameTaken } from './adopted';
import { affinityBehindProxy } from './affinity-behind-proxy';
import { deniedCall } from './denied-call';
import { deniedIngress } from './denied-ingress';
import { disruptionBudgetPods } from './disruption-budget-pods';
import { endlessInitContainer } from './endless-init-container';
import { externalName } from './external-name';
import { familyWithoutEndpoints } from './family-without-endpoints';
import { gatewayListeners } from './gateway-listeners';
import { handWrittenEndpoints } from './hand-written-endpoints';
import { headlessTargetPort } from './headless-target-port';
import { ingressBackendRule } from './ingress-backend';
import { ingressClass } from './ingress-class';
import { ingressPaths } from './ingress-paths';
import { ingressTls } from './ingress-tls';
import { kubeProxyConfiguration } from './kube-proxy-configuration';
import { loadBalancerNodes } from './load-balancer-nodes';
import { externalTrafficLocal, internalTrafficLocal } from './local-traffic';
import { loopback } from './loopback';
import { missingReference } from './missing-reference';
import { nameClusterDomain } from './name-cluster-domain';
import { nameInText } from './name-in-text';
import { nameOfNoPod } from './name-of-no-pod';
import { nameOutsideClusterDns } from './name-outside-cluster-dns';
import { containerPortTwice, servicePortTwice } from './one-number-two-protocols';
import { observedEndpoints } from './observed-endpoints';
import { policyForgetsDns } from './policy-forgets-dns';
import { policyIpBlock } from './policy-ip-block';
import { policyPeers } from './policy-peers';
import { policyPods } from './policy-pods';
import { policyPort } from './policy-port';
import { portNameProtocol } from './port-name-protocol';
import { readinessGates } from './readiness-gates';
import { readinessProbe } from './readiness-probe';
import { refusedByApiServer } from './refused-by-api-server';
import { replacedByLaterDocument } from './replaced-by-later-document';
import { routeBackend } from './route-backend';
import { routeParent } from './route-parent';
import { selectorMatchesNothing } from './selector-matches-nothing';
import { selectorMatchesSeveralWorkloads } from './selector-matches-several-workloads';
import { selectorUnrelated } from './selector-unrelated';
import { selectorlessService } from './selectorless-service';
import { serviceLinkVariable } from './service-link-variable';
import { serviceNameRelease } from './service-name-release';
import { serviceUnreferenced } from './service-unreferenced';
import { sessionAffinity } from './session-affinity';
import { sharedAddress } from './shared-address';
import { sourceRanges } from './source-ranges';
import { statefulSetService } from './stateful-set-service';
import { targetPortName } from './target-port-name';
import { targetPortUndeclared } from './target-port-undeclared';
import { unreadyEndpoints } from './unready-endpoints';

export interface Rule {
  /** The findings that it can give; each has a page in docs/rules. */
  readonly codes: readonly string[];
  /** Pure: reads the control plane of the context and adds to the report. */
  readonly check: (object: KubernetesObject, context: AnalysisContext, report: Report) => void;
}

/** Codes that are told only where the settings give them a severity: right as they are in many places. */
export const offByDefault: ReadonlySet<string> = new Set(['service-unreferenced']);

/** For what is written, whether the cluster would hold it or not, by `GROUP/KIND`. */
export const writtenRulesByKind: ReadonlyMap<string, readonly Rule[]> = new Map([['/Service', [serviceNameRelease]]]);

/** For any object, in this order; where one of them finds something, the object does not exist for the rules below. */
export const existenceRules: readonly Rule[] = [replacedByLaterDocument, refusedByApiServer];

/** For whatever has a pod template, and for pods. */
const podRules: readonly Rule[] = [
  readinessProbe,
  readinessGates,
  endlessInitContainer,
  missingReference,
  containerPortTwice,
  serviceLinkVariable,
  nameInText,
  nameOfNoPod,
  nameClusterDomain,
  nameOutsideClusterDns,
  deniedCall,
  loopback,
];

/** For the routes of the Gateway API; which listener takes one is known of those for HTTP alone. */
const httpRouteRules: readonly Rule[] = [routeBackend, routeParent];

/** For accepted objects, by `GROUP/KIND`. */
export const rulesByKind: ReadonlyMap<string, readonly Rule[]> = new Map([
  ['/ConfigMap', [kubeProxyConfiguration, nameInText, nameOfNoPod, nameClusterDomain]],
  [
    '/Service',
    [
      selectorMatchesNothing,
      selectorMatchesSeveralWorkloads,
      selectorUnrelated,
      targetPortName,
      targetPortUndeclared,
      headlessTargetPort,
      unreadyEndpoints,
      selectorlessService,
      externalName,
      externalTrafficLocal,
      internalTrafficLocal,
      sharedAddress,
      sourceRanges,
      sessionAffinity,
      affinityBehindProxy,
      loadBalancerNodes,
      familyWithoutEndpoints,
      servicePortTwice,
      portNameProtocol,
      serviceUnreferenced,
      observedEndpoints,
    ],
  ],
  ['/Endpoints', [handWrittenEndpoints]],
  ['discovery.k8s.io/EndpointSlice', [handWrittenEndpoints]],
  ['/Pod', [...podRules, adopted]],
  ['/ReplicationController', podRules],
  ['apps/Deployment', podRules],
  ['apps/DaemonSet', podRules],
  ['apps/ReplicaSet', [...podRules, adopted]],
  ['apps/StatefulSet', [...podRules, statefulSetService, statefulSetNameTaken]],
  ['batch/Job', podRules],
  ['batch/CronJob', podRules],
  ['networking.k8s.io/Ingress', [ingressBackendRule, ingressClass, ingressPaths, ingressTls, deniedIngress]],
  ['networking.k8s.io/NetworkPolicy', [policyForgetsDns, policyPort, policyPeers, policyPods, policyIpBlock]],
  ['policy/PodDisruptionBudget', [disruptionBudgetPods]],
  ['gateway.networking.k8s.io/Gateway', [gatewayListeners]],
  ['gateway.networking.k8s.io/HTTPRoute', httpRouteRules],
  ['gateway.networking.k8s.io/GRPCRoute', httpRouteRules],
  ['gateway.networking.k8s.io/TLSRoute', [routeBackend]],
  ['gateway.networking.k8s.io/TCPRoute', [routeBackend]],
  ['gateway.networking.k8s.io/UDPRoute', [routeBackend]],
]);

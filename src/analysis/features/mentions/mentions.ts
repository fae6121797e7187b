/** All that one object mentions; read anew at each question, since that is quicker than keeping it for all objects. */

import type { KubernetesObject } from '#model/object';
import { mentionStrings } from './strings';
import { mentionGateway, mentionReferenceGrant, mentionRoute, mentionTargets } from './gateways';
import { mentionClusterPolicy, mentionDisruptionBudget, mentionNetworkPolicy } from './policies';
import {
  mentionCalledService,
  mentionEndpoints,
  mentionEndpointSlice,
  mentionIngress,
  mentionService,
} from './services';
import type { Mention } from './types';
import { mentionWorkload } from './workloads';
import { MentionWriter } from './writer';

export function mentionsOf(object: KubernetesObject, clusterDomain: string): readonly Mention[] {
  const writer = new MentionWriter(object);
  writer.namespace(['metadata', 'namespace']);
  mentionKind(writer, clusterDomain);
  mentionStrings(writer, clusterDomain);
  return writer.mentions;
}

function mentionKind(writer: MentionWriter, clusterDomain: string): void {
  const { group, kind, name } = writer.object;
  switch (`${group}/${kind}`) {
    case '/Namespace':
      writer.add({ kind: 'namespace', name }, ['metadata', 'name'], 'definition');
      return writer.namespaceLabels(['metadata', 'labels'], 'definition');
    case '/Service':
      return mentionService(writer, clusterDomain);
    case '/Endpoints':
      return mentionEndpoints(writer);
    case 'discovery.k8s.io/EndpointSlice':
      return mentionEndpointSlice(writer);
    case 'networking.k8s.io/Ingress':
      return mentionIngress(writer);
    case 'networking.k8s.io/NetworkPolicy':
      return mentionNetworkPolicy(writer);
    case 'policy/PodDisruptionBudget':
      return mentionDisruptionBudget(writer);
    case 'policy.networking.k8s.io/AdminNetworkPolicy':
    case 'policy.networking.k8s.io/BaselineAdminNetworkPolicy':
    case 'policy.networking.k8s.io/ClusterNetworkPolicy':
      return mentionClusterPolicy(writer);
    case 'gateway.networking.k8s.io/Gateway':
      return mentionGateway(writer);
    case 'gateway.networking.k8s.io/ReferenceGrant':
      return mentionReferenceGrant(writer);
    case 'gateway.networking.k8s.io/BackendTLSPolicy':
      return mentionTargets(writer);
    case 'apiregistration.k8s.io/APIService':
    case 'apiextensions.k8s.io/CustomResourceDefinition':
    case 'admissionregistration.k8s.io/ValidatingWebhookConfiguration':
    case 'admissionregistration.k8s.io/MutatingWebhookConfiguration':
      return mentionCalledService(writer);
    case 'rbac.authorization.k8s.io/RoleBinding':
    case 'rbac.authorization.k8s.io/ClusterRoleBinding':
      for (const { path } of writer.items(['subjects'])) writer.namespace([...path, 'namespace']);
      return;
    default:
      return group === 'gateway.networking.k8s.io' && kind.endsWith('Route') ? mentionRoute(writer) : mentionWorkload(writer); // prettier-ignore
  }
}

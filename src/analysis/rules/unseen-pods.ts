/** Why pods may exist that no manifest shows: the reasons for "cannot know" instead of "matches nothing". */

import type { JsonPath } from '#base/json';
import { valueAt } from '#base/json';
import type { KubernetesObject } from '#model/object';
import { printReference } from '#model/object';
import type { ControlPlane } from '#simulation/types';
import type { AnalysisContext } from '../context';
import type { Search } from './meant-pods';
import { mendable, printUnapplied, unappliedTo } from './unapplied';
import { list, scopeName } from './words';

/**
 * Why it cannot be known which pods the Service selects, as the end of a sentence; undefined where it can be.
 * The surest reasons come first.
 */
export function whyUnknown(object: KubernetesObject, search: Search, context: AnalysisContext): string | undefined {
  const { scope } = context;
  return (
    namespaceNotSaid(object, search) ??
    (scope.incomplete.length > 0 ? list(scope.incomplete) : undefined) ??
    patchesDecide(object, search, context) ??
    replicasDecide(search) ??
    labelOfRunningPods(search) ??
    (meansOwnNamespace(search) ? undefined : unseenMaker(object, context)) ??
    (search.scopeHasWorkloads || search.refused
      ? undefined
      : `no workload in ${scopeName(scope)}${whereItWouldMatch(search)}`) ??
    (mayBePart(search, context)
      ? `no workload in ${scopeName(scope)} comes near${whereItWouldMatch(search)}`
      : undefined)
  );
}

/**
 * Whether the scope may be a part of what is applied to the cluster: a folder where nothing comes near, and a
 * kustomization or chart beside another scope whose pods match. What was given as one cluster is one.
 */
function mayBePart({ near, workload, refused, exactElsewhere }: Search, { scope }: AnalysisContext): boolean {
  if (scope.kind === 'root' || scope.kind === 'file' || workload || refused) return false;
  if (near?.credible && near.distance !== 'other-scope') return false;
  return scope.kind === 'folder' || exactElsewhere?.distance === 'other-scope';
}

/** A manifest without a namespace goes to whichever `kubectl -n` or a kustomization says. */
function namespaceNotSaid(object: KubernetesObject, { exactElsewhere }: Search): string | undefined {
  if (!exactElsewhere || exactElsewhere.distance !== 'other-namespace') return undefined;
  const { object: maker } = exactElsewhere.pods;
  if (object.namespaceGiven && maker.namespaceGiven) return undefined;
  const silent = object.namespaceGiven ? `${maker.kind} ${maker.name}` : 'it';
  return `${silent} does not say its namespace, and ${printReference(maker)} would match`;
}

/** A patch of a kustomization may change the selector, give pods the labels, or mend what makes them. */
function patchesDecide(
  object: KubernetesObject,
  { refused }: Search,
  { scope, simulation }: AnalysisContext,
): string | undefined {
  if (scope.unapplied.length === 0) return undefined;
  const { controlPlane } = simulation;
  const changes = new Set(unappliedTo(object, [['spec', 'selector']], scope));
  const keys = Object.keys(controlPlane.service(`${object.namespace}/${object.name}`)?.spec.selector ?? {});
  for (const { maker, path } of podMakersOf(object.namespace, controlPlane)) {
    const labels = keys.map((key) => [...path.map(String), 'metadata', 'labels', key]);
    for (const change of unappliedTo(maker, labels, scope)) if (!change.removes) changes.add(change);
  }
  const mended = refused && mendable(refused, scope);
  if (mended?.remaining.length === 0) for (const change of mended.changes) changes.add(change);
  return changes.size > 0 ? printUnapplied([...changes]) : undefined;
}

/** What has a pod template in the namespace, refused or not, with the way to it. */
function* podMakersOf(
  namespace: string,
  controlPlane: ControlPlane,
): Iterable<{ readonly maker: KubernetesObject; readonly path: JsonPath }> {
  for (const { object, templatePath } of controlPlane.podGroups(namespace)) yield { maker: object, path: templatePath };
  for (const { object } of controlPlane.refusals()) {
    if (object.namespace !== namespace) continue;
    const path = object.kind === 'CronJob' ? ['spec', 'jobTemplate', 'spec', 'template'] : ['spec', 'template'];
    if (object.kind === 'Pod') yield { maker: object, path: [] };
    else if (valueAt(object.body, path) !== undefined) yield { maker: object, path };
  }
}

/** A label of a single replica, `statefulset.kubernetes.io/pod-name: db-3`, that there would be with more replicas. */
function replicasDecide({ near }: Search): string | undefined {
  if (near?.distance !== 'namespace' || near.comparison.differences.length > 0) return undefined;
  return `it depends on the number of replicas of ${printReference(near.pods.object)}`;
}

/** Some labels say what a running pod has become: a leader, a primary, unsealed. No template has them. */
const runtimeKeys = /(?:^|[-./])(?:role|leader|primary|master|active|sealed|initialized|elected)$/;

function labelOfRunningPods({ near }: Search): string | undefined {
  if (near?.distance !== 'namespace' || near.comparison.agreeing === 0) return undefined;
  const { differences } = near.comparison;
  if (!differences.every(({ key, found }) => !found && runtimeKeys.test(key))) return undefined;
  return `${list(differences.map(({ key }) => key))} may be set on the running pods of ${printReference(near.pods.object)}`;
}

/** Whether pods that are here were meant, rather than ones that nobody sees. */
function meansOwnNamespace({ near, workload, refused }: Search): boolean {
  return workload !== undefined || refused !== undefined || (near?.distance === 'namespace' && near.credible);
}

function whereItWouldMatch({ exactElsewhere }: Search): string {
  const scope = exactElsewhere?.pods.scope;
  return scope ? `; ${printReference(exactElsewhere.pods.object)} in ${scopeName(scope)} would match` : '';
}

/** Why the namespace may hold pods that no manifest shows, whatever their labels. */
export function unseenMaker(object: Pick<KubernetesObject, 'namespace'>, context: AnalysisContext): string | undefined {
  if (object.namespace === 'kube-system')
    return 'kube-system holds pods of the cluster itself, which no manifest here shows';
  const maker = podMakingResource(context.simulation.controlPlane, object.namespace);
  return maker && `the pods of ${printReference(maker)} are made by its operator`;
}

/** Custom resources whose operators make pods; `*` stands for all kinds of the group. */
const podMakers: ReadonlyMap<string, readonly string[]> = new Map([
  ['monitoring.coreos.com', ['Prometheus', 'PrometheusAgent', 'Alertmanager', 'ThanosRuler']],
  ['monitoring.googleapis.com', ['OperatorConfig', 'PodMonitoring', 'Rules']],
  ['leaderworkerset.x-k8s.io', ['*']],
  ['jobset.x-k8s.io', ['*']],
  ['planetscale.com', ['*']],
  ['elasticsearch.k8s.elastic.co', ['*']],
  ['kibana.k8s.elastic.co', ['*']],
  ['kafka.strimzi.io', ['Kafka', 'KafkaConnect', 'KafkaBridge', 'KafkaMirrorMaker2']],
  ['acid.zalan.do', ['postgresql']],
  ['postgres-operator.crunchydata.com', ['PostgresCluster']],
  ['postgresql.cnpg.io', ['Cluster', 'Pooler']],
  ['mysql.oracle.com', ['InnoDBCluster']],
  ['rabbitmq.com', ['RabbitmqCluster']],
  ['databases.spotahome.com', ['RedisFailover']],
  ['argoproj.io', ['Rollout', 'Workflow']],
  ['apps.kruise.io', ['*']],
  ['apps.openshift.io', ['DeploymentConfig']],
  ['serving.knative.dev', ['*']],
  ['ray.io', ['*']],
  ['helm.toolkit.fluxcd.io', ['HelmRelease']],
  ['helm.cattle.io', ['HelmChart']],
]);

/** Groups that Kubernetes itself serves: none of their kinds makes pods in a way that is not shown. */
function isBuiltIn(group: string): boolean {
  return (
    !group.includes('.') ||
    /(?:^|\.)(?:apps|batch|networking|discovery|policy|autoscaling|rbac\.authorization|storage|admissionregistration|apiextensions|apiregistration|coordination|scheduling|node|events|certificates|gateway\.networking)\.k8s\.io$/.test(
      group,
    )
  );
}

/** A resource of the namespace that makes pods, known by its kind or by holding a pod template or a number of replicas. */
function podMakingResource(controlPlane: ControlPlane, namespace: string): KubernetesObject | undefined {
  for (const object of controlPlane.objects()) {
    if (isBuiltIn(object.group) || (object.namespace !== namespace && object.namespace !== '')) continue;
    const kinds = podMakers.get(object.group);
    if (kinds?.includes('*') || kinds?.includes(object.kind) || looksLikePodMaker(object)) return object;
  }
  return undefined;
}

function looksLikePodMaker({ body }: KubernetesObject): boolean {
  return (
    valueAt(body, ['spec', 'template', 'spec', 'containers']) !== undefined ||
    valueAt(body, ['spec', 'podTemplate']) !== undefined ||
    typeof valueAt(body, ['spec', 'replicas']) === 'number' ||
    typeof valueAt(body, ['spec', 'image']) === 'string'
  );
}

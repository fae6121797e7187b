/** What the user may list and watch: asked of the API server before anything is read. */

import { isJsonObject, type JsonObject, type JsonValue } from '#base/json';
import type { Connection } from './connection';
import { LiveError } from './errors';
import type { WatchedKind } from './kinds';

export type Permission = 'allowed' | 'forbidden' | 'unknown';

const reviews = '/apis/authorization.k8s.io/v1';

export type ReadingVerb = 'list' | 'watch';

/** Whether all the verbs are allowed on objects of the kind, in all namespaces (undefined) or in one. */
export async function mayRead(
  connection: Connection,
  verbs: readonly ReadingVerb[],
  kind: WatchedKind,
  namespace: string | undefined,
): Promise<Permission> {
  const answers = await Promise.all(verbs.map((verb) => mayDo(connection, verb, kind, namespace)));
  if (answers.includes('forbidden')) return 'forbidden';
  return answers.includes('unknown') ? 'unknown' : 'allowed';
}

async function mayDo(
  connection: Connection,
  verb: ReadingVerb,
  kind: WatchedKind,
  namespace: string | undefined,
): Promise<Permission> {
  const attributes = {
    verb,
    group: kind.group,
    resource: kind.resource,
    namespace: namespace ?? '',
    ...(kind.only ? { name: kind.only.name } : {}),
  };
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: attributes },
  };
  const answer = await orUnknown(connection.review(`${reviews}/selfsubjectaccessreviews`, body));
  const status = isJsonObject(answer?.status) ? answer.status : undefined;
  if (status === undefined) return 'unknown';
  return status.allowed === true ? 'allowed' : 'forbidden';
}

/** What may be read in one namespace, by one question; asks for each kind where the answer is not complete. */
export async function permissionsIn(
  connection: Connection,
  verbs: readonly ReadingVerb[],
  kinds: readonly WatchedKind[],
  namespace: string,
): Promise<ReadonlyMap<WatchedKind, Permission>> {
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectRulesReview',
    spec: { namespace },
  };
  const answer = await orUnknown(connection.review(`${reviews}/selfsubjectrulesreviews`, body));
  const status = isJsonObject(answer?.status) ? answer.status : undefined;
  const rules = Array.isArray(status?.resourceRules) ? (status.resourceRules as readonly JsonValue[]) : [];
  const entries = await Promise.all(
    kinds.map(async (kind) => {
      const allowed = verbs.every((verb) => rules.some((rule) => covers(rule, verb, kind)));
      if (allowed) return [kind, 'allowed'] as const;
      if (status !== undefined && status.incomplete !== true) return [kind, 'forbidden'] as const;
      return [kind, await mayRead(connection, verbs, kind, namespace)] as const;
    }),
  );
  return new Map(entries);
}

/** Models k8s.io/kubernetes/pkg/apis/rbac/v1/evaluation_helpers.go VerbMatches, APIGroupMatches, ResourceMatches (v1.37). */
function covers(rule: JsonValue, verb: string, { group, resource, only }: WatchedKind): boolean {
  if (!isJsonObject(rule)) return false;
  const names = listOf(rule.resourceNames);
  return (
    has(rule.verbs, verb) &&
    has(rule.apiGroups, group) &&
    has(rule.resources, resource) &&
    (names.length === 0 || (only !== undefined && names.includes(only.name)))
  );
}

function has(list: JsonValue | undefined, wanted: string): boolean {
  const values = listOf(list);
  return values.includes('*') || values.includes(wanted);
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}

/** Who may not even ask tries, and learns it then. */
async function orUnknown(answer: Promise<JsonObject>): Promise<JsonObject | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof LiveError && (error.kind === 'forbidden' || error.kind === 'absent')) return undefined;
    throw error;
  }
}

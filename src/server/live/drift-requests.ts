/** Questions about files and cluster side by side: what applying would change, and how a request would end then. */

import { changedFields } from '#analysis/applied-fields';
import { namePlaceOf } from '#analysis/places';
import { traceRequest } from '#analysis/trace/trace';
import { printReference, type KubernetesObject } from '#model/object';
import type { DryRun } from '#live/index';
import { driftRequest, driftTextsRequest, dryRunRequest, outlookRequest, type DifferingObject } from '#protocol/live';
import type { Answer } from '../answering';
import type { Session, View } from '../session';
import { wirePlace } from '../wire';
import { loadLiveClient } from './client';

const unknown = { error: 'There is no picture of a cluster to compare with.' };

export function registerDriftRequests(answer: Answer, current: () => Session | undefined): void {
  answer(driftRequest, async ({ scope }) => {
    const session = current();
    const found = await session?.applied.difference(scope);
    const after = session?.applied.view(scope);
    if (!session || !found || !after) return unknown;
    const { services, others, onlyInFiles, onlyInCluster, refused, unseen } = found.difference;
    const objects = new Map(found.applied.written.map((object) => [object.key, object]));
    const written = (object: KubernetesObject) => differing(object, after);
    const observed = (object: KubernetesObject) => differing(object, session.live);
    return {
      now: session.live.status.scope,
      after: session.applied.nameOf(scope),
      services: services.map(({ service, change, fields, endpointsAdded, endpointsRemoved }) => {
        const key = `/Service/${service}`;
        const object = objects.get(key);
        const of = object ? written(object) : { key, reference: `Service ${service}` };
        return {
          ...of,
          service,
          change,
          fields: [...fields],
          endpointsAdded: [...endpointsAdded],
          endpointsRemoved: [...endpointsRemoved],
        };
      }),
      others: others.map(({ object, fields }) => ({ ...written(object), fields: [...fields] })),
      onlyInFiles: onlyInFiles.map(written),
      onlyInCluster: onlyInCluster.map(observed),
      unseen: [...unseen],
      refused: refused.map(({ object, message }) => ({ ...written(object), message })),
    };
  });

  answer(driftTextsRequest, async ({ scope, key }) => {
    await current()?.applied.prepare(scope);
    return current()?.applied.texts(scope, key) ?? unknown;
  });

  answer(dryRunRequest, async ({ scope }) => {
    const session = current();
    const client = await loadLiveClient();
    try {
      const ran = await session?.applied.dryRun(scope);
      if (!session || !ran) return unknown;
      const own = new Set(ran.results.flatMap(({ object: { kind, name } }) => (kind === 'Namespace' ? [name] : [])));
      const before = session.live.workspace().scopes[0]?.simulation.controlPlane;
      return {
        results: ran.results.map((run) => ({
          ...differing(run.object, ran.view),
          ...outcomeOf(run, before?.object(run.object.key), own),
        })),
      };
    } catch (error) {
      if (error instanceof client.LiveError) return { error: error.message };
      throw error;
    }
  });

  answer(outlookRequest, async ({ scope, request }) => {
    const session = current();
    await session?.applied.prepare(scope);
    const after = session?.applied.view(scope);
    if (!session || !after) return { worlds: [] };
    const worlds = [
      { world: 'now' as const, view: session.live },
      { world: 'after apply' as const, view: after },
    ];
    return {
      worlds: worlds.flatMap(({ world, view }) => {
        const [state] = view.workspace().scopes;
        if (!state) return [];
        const traced = traceRequest(request, view.workspace(), state);
        const verdict = 'error' in traced ? traced.error : traced.verdict;
        return [{ scope: state.scope.name, world, verdict }];
      }),
    };
  });
}

/** What `kubectl apply` would have made just before. */
function isInNewNamespace({ object, outcome, message }: DryRun, own: ReadonlySet<string>): boolean {
  const { namespace } = object;
  return outcome === 'refused' && own.has(namespace) && message === `namespaces "${namespace}" not found`;
}

/** Of a kind that is not read it cannot be said what would change; `own` are the namespaces that the files create. */
function outcomeOf(run: DryRun, now: KubernetesObject | undefined, own: ReadonlySet<string>) {
  const { outcome, message, result } = run;
  if (isInNewNamespace(run, own)) return { outcome: 'not checked' as const, message: unchecked, fields: [] };
  if (outcome !== 'accepted' || !result || !now) return { outcome, message, fields: [] };
  const fields = [...changedFields(now.body, result)];
  return { outcome: fields.length === 0 ? ('unchanged' as const) : ('would be changed' as const), message, fields };
}

const unchecked = 'the same files create its namespace, which a dry run does not store';

function differing(object: KubernetesObject, view: View): DifferingObject {
  const place = wirePlace(namePlaceOf(object, view.workspace()), view.paths);
  return { key: object.key, reference: printReference(object), ...(place && { place }) };
}

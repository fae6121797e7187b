/** Questions about files and cluster side by side: what applying would change, and how a request would end then. */

import { namePlaceOf } from '#analysis/places';
import { traceRequest } from '#analysis/trace/trace';
import { printReference, type KubernetesObject } from '#model/object';
import { driftRequest, driftTextsRequest, outlookRequest, type DifferingObject } from '#protocol/live';
import type { Answer } from '../answering';
import type { Session, View } from '../session';
import { wirePlace } from '../wire';

const unknown = { error: 'There is no picture of a cluster to compare with.' };

export function registerDriftRequests(answer: Answer, current: () => Session | undefined): void {
  answer(driftRequest, async ({ scope }) => {
    const session = current();
    const found = await session?.applied.difference(scope);
    const after = session?.applied.view(scope);
    if (!session || !found || !after) return unknown;
    const { services, others, onlyInFiles, onlyInCluster, refused } = found.difference;
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
      refused: refused.map(({ object, message }) => ({ ...written(object), message })),
    };
  });

  answer(driftTextsRequest, ({ scope, key }) => current()?.applied.texts(scope, key) ?? unknown);

  answer(outlookRequest, ({ scope, request }) => {
    const session = current();
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

function differing(object: KubernetesObject, view: View): DifferingObject {
  const place = wirePlace(namePlaceOf(object, view.workspace()), view.paths);
  return { key: object.key, reference: printReference(object), ...(place && { place }) };
}

/** Messages about a live cluster: choosing, connecting, how live it is, its objects as documents. No credential is in any. */

import * as v from 'valibot';
import { request } from './request';
import { place, traceRequest } from './values';

const failure = v.object({ error: v.string() });

/** The scheme of the documents that show a cluster's objects: `service-topology-cluster:/CONTEXT/NAMESPACE/KIND-NAME.yaml`. */
export const clusterScheme = 'service-topology-cluster';

/** `kubeconfig`: a file, or several as in KUBECONFIG; without it what kubectl would read. */
const kubeconfig = v.optional(v.string());

/** The contexts of the kubeconfig; nothing is run and nothing is asked of a cluster. */
export const contextsRequest = request(
  'live/contexts',
  v.object({ kubeconfig }),
  v.union([
    v.object({
      contexts: v.array(
        v.object({ name: v.string(), cluster: v.string(), user: v.string(), namespace: v.optional(v.string()) }),
      ),
      current: v.optional(v.string()),
      files: v.array(v.string()),
      warnings: v.array(v.string()),
    }),
    failure,
  ]),
);

/** What is connected to: without `namespaces` all that may be read. */
export const clusterChoice = v.object({
  context: v.string(),
  kubeconfig,
  namespaces: v.optional(v.array(v.string())),
});
export type ClusterChoice = v.InferOutput<typeof clusterChoice>;

/** Connects, in place of what was connected; answers once there is a first picture. Runs what the kubeconfig says. */
export const connectRequest = request('live/connect', clusterChoice, v.union([failure, v.object({})]));

export const disconnectRequest = request('live/disconnect', v.object({}), v.object({}));

/** Where the cluster is not live: does not wait for the next try. What is known of it stays. */
export const tryNowRequest = request('live/tryNow', v.object({}), v.object({}));

/** The namespaces that are known of the cluster that is connected. */
export const namespacesRequest = request(
  'live/namespaces',
  v.object({}),
  v.object({ namespaces: v.array(v.string()), fallback: v.string() }),
);

/** A kind that may not be read. */
const refusedKind = v.object({
  /** As kubectl names it, with the namespace where it is one alone: `pods in namespace shop`. */
  resource: v.string(),
  unknown: v.string(),
});

/** How live what is shown is. */
export const liveStatusNotification = {
  method: 'serviceTopology/live/status',
  params: v.object({
    /** `failed`: there is no connection, and none is tried before `nextTry`. */
    state: v.picklist(['off', 'connecting', 'live', 'reconnecting', 'stale', 'failed']),
    context: v.string(),
    /** The name of the scope that shows the cluster. */
    scope: v.string(),
    /** `https://HOST:PORT`. */
    server: v.optional(v.string()),
    version: v.optional(v.string()),
    /** Those that are read; undefined: all. */
    namespaces: v.optional(v.array(v.string())),
    /** Since when it is not live, in milliseconds since 1970. */
    since: v.optional(v.number()),
    /** Why it is not live. */
    message: v.optional(v.string()),
    /** Of what failed: when it is tried again, in milliseconds since 1970; undefined where only a user can do something. */
    nextTry: v.optional(v.number()),
    refused: v.array(refusedKind),
    /** Whether there is a picture of it, be it an old one. */
    known: v.boolean(),
  }),
};
export type LiveStatus = v.InferOutput<typeof liveStatusNotification.params>;

/** The text of an object's document. */
export const clusterDocumentRequest = request(
  'live/document',
  v.object({ uri: v.string() }),
  v.union([v.object({ text: v.string() }), failure]),
);

/** The name of the scope that shows a cluster after a scope of files was applied to it. */
export function appliedScope(cluster: string, files: string): string {
  return `${cluster} after apply of ${files}`;
}

const fieldChange = v.object({ field: v.string(), before: v.optional(v.string()), after: v.optional(v.string()) });

/** An object that differs; `key` leads to its texts. */
const differing = v.object({
  key: v.string(),
  /** `Deployment shop/web`. */
  reference: v.string(),
  place: v.optional(place),
});

/** What applying a scope of files would change in the cluster that is connected. */
export const driftRequest = request(
  'live/drift',
  v.object({ scope: v.string() }),
  v.union([
    failure,
    v.object({
      /** The names of the scopes: the cluster now, and after the files were applied to it. */
      now: v.string(),
      after: v.string(),
      services: v.array(
        v.object({
          ...differing.entries,
          service: v.string(),
          change: v.picklist(['added', 'removed', 'changed']),
          fields: v.array(fieldChange),
          endpointsAdded: v.array(v.string()),
          endpointsRemoved: v.array(v.string()),
        }),
      ),
      others: v.array(v.object({ ...differing.entries, fields: v.array(fieldChange) })),
      onlyInFiles: v.array(differing),
      onlyInCluster: v.array(differing),
      refused: v.array(v.object({ ...differing.entries, message: v.string() })),
      /** Kinds that could not be compared. */
      unseen: v.array(v.string()),
    }),
  ]),
);
export type Drift = Extract<v.InferOutput<typeof driftRequest.result>, { readonly now: string }>;
export type DifferingObject = v.InferOutput<typeof differing>;

/** An object as it is in the cluster and as the files would have it, in the fields of which the files speak. */
export const driftTextsRequest = request(
  'live/driftTexts',
  v.object({ scope: v.string(), key: v.string() }),
  v.union([failure, v.object({ now: v.string(), after: v.string() })]),
);

/** Sends a scope of files to the API server for a dry run, which stores nothing. Only when a user has said so. */
export const dryRunRequest = request(
  'live/dryRun',
  v.object({ scope: v.string() }),
  v.union([
    failure,
    v.object({
      results: v.array(
        v.object({
          ...differing.entries,
          outcome: v.picklist([
            'would be created',
            'would be changed',
            'unchanged',
            'accepted',
            'refused',
            'not checked',
          ]),
          message: v.optional(v.string()),
          /** What would be other than it is, defaults and webhooks' work included. */
          fields: v.array(fieldChange),
        }),
      ),
    }),
  ]),
);
export type DryRunResult = Extract<
  v.InferOutput<typeof dryRunRequest.result>,
  { readonly results: unknown }
>['results'][number];

/** How the same request ends in the cluster now, and after the scope of files was applied. */
export const outlookRequest = request(
  'live/outlook',
  v.object({ scope: v.string(), request: traceRequest }),
  v.object({
    worlds: v.array(v.object({ scope: v.string(), world: v.picklist(['now', 'after apply']), verdict: v.string() })),
  }),
);

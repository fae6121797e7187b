/** Two scopes, or one scope as it is saved and as it is edited, beside each other. */

import * as v from 'valibot';
import { request } from './request';
import { tone } from './trace';
import { place, proxyMode, traceRequest } from './values';

const failure = v.object({ error: v.string() });

/** What is compared. With `saved` the first side is the scope with these documents, by URI, as they are on disk. */
export const comparedScopes = v.object({
  first: v.string(),
  second: v.string(),
  saved: v.optional(v.array(v.string())),
});
export type ComparedScopes = v.InferOutput<typeof comparedScopes>;

/** An object of one side; `key` leads to its text. */
const comparedObject = v.object({ key: v.string(), reference: v.string(), place: v.optional(place) });
export type ComparedObject = v.InferOutput<typeof comparedObject>;

const fieldChange = v.object({ field: v.string(), before: v.optional(v.string()), after: v.optional(v.string()) });

const comparedPair = v.object({ first: comparedObject, second: comparedObject, fields: v.array(fieldChange) });
export type ComparedPair = v.InferOutput<typeof comparedPair>;

const end = v.object({ verdict: v.string(), tone });

/** A request that somebody watches in one of the scopes. */
const watchedRequest = v.object({ side: v.picklist(['first', 'second']), request: traceRequest });

export const comparisonRequest = request(
  'scopes/comparison',
  v.object({ compared: comparedScopes, requests: v.array(watchedRequest) }),
  v.union([
    failure,
    v.object({
      /** Namespaces of the first scope that are called otherwise in the second. */
      namespaces: v.array(v.object({ first: v.string(), second: v.string() })),
      services: v.array(comparedPair),
      others: v.array(comparedPair),
      onlyInFirst: v.array(comparedObject),
      onlyInSecond: v.array(comparedObject),
      refused: v.array(
        v.object({ ...comparedObject.entries, side: v.picklist(['first', 'second']), message: v.string() }),
      ),
      rules: v.optional(
        v.object({
          node: v.string(),
          mode: proxyMode,
          family: v.picklist(['IPv4', 'IPv6']),
          onlyInFirst: v.number(),
          onlyInSecond: v.number(),
        }),
      ),
      /** Of the requests those that end otherwise, as they are called on each side. */
      requests: v.array(
        v.object({
          first: v.object({ request: traceRequest, ...end.entries }),
          second: v.object({ request: traceRequest, ...end.entries }),
        }),
      ),
      tests: v.array(v.object({ name: v.string(), place, first: v.string(), second: v.string() })),
      /** What keeps the comparison from being whole. */
      notes: v.array(v.string()),
    }),
  ]),
);
export type ScopesComparison = Extract<
  v.InferOutput<typeof comparisonRequest.result>,
  { readonly namespaces: unknown }
>;

/** An object of each side as YAML; '' where there is none. */
export const comparisonTextsRequest = request(
  'scopes/comparisonTexts',
  v.object({ compared: comparedScopes, first: v.optional(v.string()), second: v.optional(v.string()) }),
  v.union([failure, v.object({ first: v.string(), second: v.string() })]),
);

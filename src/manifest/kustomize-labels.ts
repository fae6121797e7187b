/** The labels that kustomizations add: which ones they are, and where in an object they go. */

import { isJsonObject, type JsonObject, type JsonValue } from '#base/json';
import type { Labels } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import { objectsIn } from './json-parts';
import type { KustomizeLabels } from './types';

const none: Labels = {};
const noLabels: KustomizeLabels = { metadata: none, templates: none, selectors: none };

/**
 * What one kustomization adds by itself; undefined where that is nothing.
 * Models sigs.k8s.io/kustomize api/internal/target LabelTransformer: each of `labels`, then `commonLabels`.
 */
export function labelsOf(kustomization: JsonObject): KustomizeLabels | undefined {
  let found: KustomizeLabels | undefined;
  for (const entry of objectsIn(kustomization['labels'])) {
    const pairs = pairsOf(entry['pairs']);
    if (!pairs) continue;
    const selectors = entry['includeSelectors'] === true;
    const templates = selectors || entry['includeTemplates'] === true;
    const added = { metadata: pairs, templates: templates ? pairs : none, selectors: selectors ? pairs : none };
    found = mergeLabels(found, added);
  }
  const common = pairsOf(kustomization['commonLabels']);
  return common ? mergeLabels(found, { metadata: common, templates: common, selectors: common }) : found;
}

function pairsOf(value: JsonValue | undefined): Labels | undefined {
  if (!isJsonObject(value)) return undefined;
  const pairs = Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return pairs.length > 0 ? Object.fromEntries(pairs) : undefined;
}

/** Both; for a key of both the later value, which is that of the kustomization further out. */
export function mergeLabels(before: KustomizeLabels = noLabels, later: KustomizeLabels): KustomizeLabels {
  return {
    metadata: { ...before.metadata, ...later.metadata },
    templates: { ...before.templates, ...later.templates },
    selectors: { ...before.selectors, ...later.selectors },
  };
}

/** A field that labels go to. Only `create` makes what is missing on the way. */
interface LabelField {
  readonly path: readonly string[];
  readonly create: boolean;
}

interface KindFields {
  /** Undefined: the kind in any group. */
  readonly group?: string;
  readonly templates: readonly LabelField[];
  readonly selectors: readonly LabelField[];
}

const metadataLabels = create('metadata/labels');
const templateLabels = create('spec/template/metadata/labels');
const matchLabels = create('spec/selector/matchLabels');

/** Selectors by which pods are scheduled. */
const scheduling = [
  ...['podAffinity', 'podAntiAffinity'].flatMap((affinity) => [
    `affinity/${affinity}/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels`,
    `affinity/${affinity}/requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels`,
  ]),
  'topologySpreadConstraints/labelSelector/matchLabels',
].map((path) => existing(`spec/template/spec/${path}`));

/** Models sigs.k8s.io/kustomize api/internal/konfig/builtinpluginconsts commonlabels.go and metadatalabels.go. */
const fieldsByKind: ReadonlyMap<string, KindFields> = new Map<string, KindFields>([
  ['Service', { group: '', templates: [], selectors: [create('spec/selector')] }],
  ['ReplicationController', { group: '', templates: [templateLabels], selectors: [create('spec/selector')] }],
  ['Deployment', { templates: [templateLabels], selectors: [matchLabels, ...scheduling] }],
  ['ReplicaSet', { templates: [templateLabels], selectors: [matchLabels] }],
  ['DaemonSet', { templates: [templateLabels], selectors: [matchLabels] }],
  ['StatefulSet', { group: 'apps', templates: [templateLabels], selectors: [matchLabels, ...scheduling] }],
  ['Job', { group: 'batch', templates: [templateLabels], selectors: [existing('spec/selector/matchLabels')] }],
  [
    'CronJob',
    {
      group: 'batch',
      templates: [create('spec/jobTemplate/metadata/labels'), create('spec/jobTemplate/spec/template/metadata/labels')],
      selectors: [existing('spec/jobTemplate/spec/selector/matchLabels')],
    },
  ],
  ['PodDisruptionBudget', { group: 'policy', templates: [], selectors: [existing('spec/selector/matchLabels')] }],
  [
    'NetworkPolicy',
    {
      group: 'networking.k8s.io',
      templates: [],
      selectors: ['podSelector', 'ingress/from/podSelector', 'egress/to/podSelector'].map((selector) =>
        existing(`spec/${selector}/matchLabels`),
      ),
    },
  ],
]);

function create(path: string): LabelField {
  return { path: path.split('/'), create: true };
}

function existing(path: string): LabelField {
  return { path: path.split('/'), create: false };
}

/** The body of the object with the labels added; the body itself where nothing changes. */
export function bodyWithLabels({ group, kind, body }: KubernetesObject, labels: KustomizeLabels): JsonObject {
  let labelled = add(body, metadataLabels, labels.metadata);
  const fields = fieldsByKind.get(kind);
  if (!fields || (fields.group !== undefined && fields.group !== group)) return labelled;
  for (const field of fields.templates) labelled = add(labelled, field, labels.templates);
  for (const field of fields.selectors) labelled = add(labelled, field, labels.selectors);
  return labelled;
}

function add(body: JsonObject, field: LabelField, labels: Labels): JsonObject {
  if (Object.keys(labels).length === 0) return body;
  const added = addAt(body, field, 0, labels);
  return isJsonObject(added) ? added : body;
}

/** Goes into each item of a list on the way. What is neither mapping nor list stays as it is. */
function addAt(value: JsonValue | undefined, field: LabelField, depth: number, labels: Labels): JsonValue | undefined {
  if (value === undefined || value === null) {
    if (!field.create) return value;
    return addAt({}, field, depth, labels);
  }
  if (Array.isArray(value)) {
    return value.map((item: JsonValue) => addAt(item, field, depth, labels) ?? null);
  }
  if (!isJsonObject(value)) return value;
  const step = field.path[depth];
  if (step === undefined) return { ...value, ...labels };
  const before = Object.hasOwn(value, step) ? value[step] : undefined;
  const after = addAt(before, field, depth + 1, labels);
  return after === before ? value : { ...value, [step]: after };
}

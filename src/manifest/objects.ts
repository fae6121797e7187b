/** From a document's value to the Kubernetes objects in it. */

import { isJsonObject, valueAt, type JsonObject, type JsonPath, type JsonValue } from '#base/json';
import { isClusterScoped, objectKey, type KubernetesObject } from '#model/object';
import { isChartPath, isKustomizationPath, isReachabilityPath, isWhatIfPath } from './paths';
import type { DocumentContent } from './types';

/** Something that keeps a part of a document from being an object. */
export interface ObjectProblem {
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** The place to show, or its nearest existing ancestor. */
  readonly path: JsonPath;
}

export interface DocumentReading {
  readonly content: DocumentContent;
  readonly problems: readonly ObjectProblem[];
}

const noProblems: readonly ObjectProblem[] = [];

/** What a document's value is, as the document `document` of the file. */
export function readDocument(value: JsonValue, file: string, document: number): DocumentReading {
  if (isChartPath(file) && isJsonObject(value)) return { content: { kind: 'chart', value }, problems: noProblems };
  if (isKustomizationPath(file) && (value === null || isJsonObject(value))) {
    return { content: { kind: 'kustomization', value: value ?? {} }, problems: noProblems };
  }
  if (!isJsonObject(value) || isReachabilityPath(file) || isWhatIfPath(file))
    return { content: { kind: 'other' }, problems: noProblems };
  if (isKustomizeKind(value)) return { content: { kind: 'kustomization', value }, problems: noProblems };
  const objects: KubernetesObject[] = [];
  const problems: ObjectProblem[] = [];
  const claims = collect(value, [], { file, document, objects, problems });
  if (objects.some(isTemplated)) return { content: { kind: 'template' }, problems: noProblems };
  const content: DocumentContent = claims && objects.length > 0 ? { kind: 'objects', objects } : { kind: 'other' };
  return { content, problems };
}

/** Whether the object has template actions where an object cannot have braces: it is none before somebody fills it in. */
function isTemplated({ name, namespace, body }: KubernetesObject): boolean {
  if (name.includes('{{') || namespace.includes('{{')) return true;
  const labels = valueAt(body, ['metadata', 'labels']);
  return (
    isJsonObject(labels) && Object.values(labels).some((value) => typeof value === 'string' && value.includes('{{'))
  );
}

interface Collection {
  readonly file: string;
  readonly document: number;
  readonly objects: KubernetesObject[];
  readonly problems: ObjectProblem[];
}

function isKustomizeKind(value: JsonObject): boolean {
  return typeof value['apiVersion'] === 'string' && value['apiVersion'].startsWith('kustomize.config.k8s.io/');
}

/** Adds the objects of a body; false where it does not claim to be a Kubernetes object. */
function collect(body: JsonObject, path: JsonPath, into: Collection): boolean {
  const { apiVersion, kind } = body;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || apiVersion === '' || kind === '') {
    return noteHalfTyped(body, path, into);
  }
  if (isList(kind, body)) return collectItems(body, path, into);
  if (isForeign(apiVersion, kind)) return false;
  const metadata = isJsonObject(body['metadata']) ? body['metadata'] : {};
  if (isNameless(metadata) && (isConfiguration(apiVersion, kind) || !isMeantAsObject(body, apiVersion))) return false;
  const name = nameOf(metadata, body['metadata'], kind, path, into.problems);
  if (name !== undefined) into.objects.push(objectOf(apiVersion, kind, name, metadata, { body, path, into }));
  return true;
}

/** `kind: Service` with `metadata` and `spec` but no apiVersion is a forgotten line, not another kind of file. */
function noteHalfTyped(body: JsonObject, path: JsonPath, into: Collection): boolean {
  const { apiVersion, kind } = body;
  const typed = (value: JsonValue | undefined) => typeof value === 'string' && value !== '';
  const missing = typed(kind) && !typed(apiVersion) ? 'apiVersion' : typed(apiVersion) && !typed(kind) ? 'kind' : '';
  if (missing === '' || !isJsonObject(body['metadata']) || !('name' in body['metadata'])) return false;
  const what = missing === 'apiVersion' ? `this ${String(kind)}` : 'this object';
  const state = body[missing] === undefined || body[missing] === null ? 'has no' : 'has no usable';
  const message = `${what} ${state} ${missing}; the API server refuses it, and it is left out here`;
  into.problems.push({ code: 'object-untyped', severity: 'error', message, path: [...path, missing] });
  return false;
}

function isList(kind: string, body: JsonObject): boolean {
  return kind.endsWith('List') && Array.isArray(body['items']);
}

function collectItems(list: JsonObject, path: JsonPath, into: Collection): boolean {
  const items = list['items'] as readonly JsonValue[];
  for (const [index, item] of items.entries()) {
    if (isJsonObject(item)) collect(withTypeOfList(item, list), [...path, 'items', index], into);
  }
  return true;
}

/** Items of a typed list (`ServiceList`) need not say what they are. */
function withTypeOfList(item: JsonObject, list: JsonObject): JsonObject {
  const kind = list['kind'] as string;
  if (kind === 'List' || typeof item['kind'] === 'string') return item;
  return { apiVersion: list['apiVersion'], kind: kind.slice(0, -'List'.length), ...item };
}

const foreignGroups =
  /^(?:skaffold|kind\.x-k8s\.io|k3d\.io|ctlptl\.dev|krm\.kcl\.dev|client\.authentication\.k8s\.io)(?:\/|$)/;

/** Whether nobody sends this to an API server, though it looks so: files of build tools, kubeconfigs. */
function isForeign(apiVersion: string, kind: string): boolean {
  return foreignGroups.test(apiVersion) || (kind === 'Config' && apiVersion === 'v1');
}

/** Whether this is a kind of file that configures one of Kubernetes' own programs, and needs no name. */
function isConfiguration(apiVersion: string, kind: string): boolean {
  return (
    /Config(?:uration)?$/.test(kind) ||
    /(?:^|\.)(?:kubeadm|config|audit|apiserver)\.(?:\w+\.)?k8s\.io\//.test(apiVersion)
  );
}

/** Reports of tools and the like have an apiVersion and a kind, too: an object of an unknown group has metadata. */
function isMeantAsObject(body: JsonObject, apiVersion: string): boolean {
  return isJsonObject(body['metadata']) || builtInGroups.test(apiVersion);
}

const builtInGroups =
  /^(?:v1$|(?:apps|batch|autoscaling|policy|(?:networking|discovery|rbac\.authorization|storage|admissionregistration|apiextensions|scheduling|node)\.k8s\.io)\/)/;

function isNameless({ name, generateName }: JsonObject): boolean {
  return (name === undefined || name === null) && (generateName === undefined || generateName === null);
}

function nameOf(
  metadata: JsonObject,
  written: JsonValue | undefined,
  kind: string,
  path: JsonPath,
  problems: ObjectProblem[],
): string | undefined {
  const { name, generateName } = metadata;
  if (typeof name === 'string' && name !== '') return name;
  if (name !== undefined && name !== null && name !== '') {
    const message = `the name of this ${kind} is ${describe(name)}, not a string: put it in quotes`;
    problems.push({ code: 'object-name-type', severity: 'error', message, path: [...path, 'metadata', 'name'] });
    return undefined;
  }
  if (typeof generateName === 'string' && generateName !== '') return generateName;
  const why = typeof written === 'string' ? `: its metadata is the text ${JSON.stringify(written)}${/^[\w-]+:\S/.test(written) ? ' (a space is missing after the colon)' : ''}` : ''; // prettier-ignore
  const message = `this ${kind} has no metadata.name${why}; the API server refuses it, and it is left out here`;
  problems.push({ code: 'object-nameless', severity: 'error', message, path: [...path, 'metadata', 'name'] });
  return undefined;
}

function describe(value: JsonValue): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  return typeof value === 'number' ? `the number ${value}` : `the boolean ${String(value)}`;
}

function objectOf(
  apiVersion: string,
  kind: string,
  name: string,
  metadata: JsonObject,
  { body, path, into }: { readonly body: JsonObject; readonly path: JsonPath; readonly into: Collection },
): KubernetesObject {
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : apiVersion.slice(0, slash);
  const version = slash < 0 ? apiVersion : apiVersion.slice(slash + 1);
  const given = metadata['namespace'];
  const namespaceGiven = typeof given === 'string' && given !== '';
  const namespace = isClusterScoped(kind) ? '' : namespaceGiven ? given : 'default';
  const origin = { kind: 'manifest', file: into.file, document: into.document, path } as const;
  const key = objectKey(group, kind, namespace, name);
  return { key, group, version, kind, namespace, namespaceGiven, name, body, origin };
}

/** Where a document's value holds what a Secret keeps: the Secrets themselves, texts that hold one, and what makes one. */

import { isJsonObject, type JsonObject, type JsonPath, type JsonValue } from '#base/json';

/** A part of a document, and the text (JSON, which is YAML too) that can stand in its place. */
export interface SecretPart {
  readonly path: JsonPath;
  readonly instead: string;
}

/** A part inside of another one is not told apart from it. */
export function secretsOf(value: JsonValue): readonly SecretPart[] {
  const found: SecretPart[] = [];
  collect(value, [], found);
  return found;
}

function collect(value: JsonValue, path: JsonPath, found: SecretPart[]): void {
  if (typeof value === 'string') {
    if (writtenSecret.test(value)) found.push({ path, instead: '""' });
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) collect(item, [...path, index], found);
  } else if (isJsonObject(value)) collectFromObject(value, path, found);
}

/** A manifest of a Secret inside of a text: an annotation of kubectl, a ConfigMap, a patch. */
const writtenSecret = /\bkind["']?\s*:\s*["']?Secret(?:List)?\b/i;

function collectFromObject(value: JsonObject, path: JsonPath, found: SecretPart[]): void {
  if (isSecret(value)) {
    found.push({ path, instead: identityOf(value) });
    return;
  }
  const makesSecrets = isKind(value, 'SecretGenerator');
  for (const [key, member] of Object.entries(value)) {
    const at = [...path, key];
    if (key === 'items' && isKind(value, 'SecretList')) cutItems(member, at, found);
    else if (key === 'literals' && makesSecrets) cutLiterals(member, at, found);
    else if (key === 'secretGenerator') cutGenerators(member, at, found);
    else if (key === 'patch' && typeof member === 'string' && mayPatchSecret(value, member))
      found.push({ path: at, instead: '""' });
    else if (member !== undefined) collect(member, at, found);
  }
}

/** A reference to a Secret has neither: `{kind: Secret, name: tls}`. */
function isSecret(value: JsonObject): boolean {
  return isKind(value, 'Secret') && ('metadata' in value || 'data' in value || 'stringData' in value);
}

function isKind(value: JsonObject, kind: string): boolean {
  return typeof value['kind'] === 'string' && value['kind'].toLowerCase() === kind.toLowerCase();
}

/** What the object is called stays: findings about names may need it. */
function identityOf(value: JsonObject, kind: JsonValue = value['kind'] ?? 'Secret'): string {
  const metadata = isJsonObject(value['metadata']) ? value['metadata'] : {};
  const { name, namespace } = metadata;
  return JSON.stringify({ apiVersion: value['apiVersion'] ?? 'v1', kind, metadata: { name, namespace } });
}

function cutItems(items: JsonValue | undefined, path: JsonPath, found: SecretPart[]): void {
  for (const [index, item] of listOf(items))
    found.push({ path: [...path, index], instead: isJsonObject(item) ? identityOf(item, 'Secret') : 'null' });
}

function cutGenerators(generators: JsonValue | undefined, path: JsonPath, found: SecretPart[]): void {
  for (const [index, generator] of listOf(generators))
    if (isJsonObject(generator)) cutLiterals(generator['literals'], [...path, index, 'literals'], found);
}

/** Of `key=value` the key stays. */
function cutLiterals(literals: JsonValue | undefined, path: JsonPath, found: SecretPart[]): void {
  for (const [index, literal] of listOf(literals)) {
    const key = typeof literal === 'string' ? literal.split('=')[0] : '';
    found.push({ path: [...path, index], instead: JSON.stringify(`${key}=`) });
  }
}

/** A kustomization's inline patch of Secrets, or of what may be one. */
function mayPatchSecret(entry: JsonObject, patch: string): boolean {
  const kind = isJsonObject(entry['target']) ? entry['target']['kind'] : undefined;
  if (typeof kind === 'string' && !/secret/i.test(kind) && /^[A-Za-z]+$/.test(kind)) return writtenSecret.test(patch);
  return kind !== undefined || writtenSecret.test(patch) || /\/(?:data|stringData)\b/.test(patch);
}

/** Whether it is a list of operations (RFC 6902) of which none touches what Secrets hold. */
export function isHarmlessPatch(value: JsonValue | undefined): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((operation) => {
      if (!isJsonObject(operation) || typeof operation['op'] !== 'string') return false;
      const { path } = operation;
      return typeof path === 'string' && /^\/(?:metadata|spec|webhooks|rules|subsets|endpoints)(?:\/|$)/.test(path);
    })
  );
}

function listOf(value: JsonValue | undefined): readonly (readonly [number, JsonValue])[] {
  return Array.isArray(value) ? [...value.entries()] : [];
}

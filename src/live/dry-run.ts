/** A server-side dry run: what the API server says to applying objects. It stores nothing; Secrets are not sent. */

import { isJsonObject, type JsonObject, type JsonValue } from '#base/json';
import type { KubernetesObject } from '#model/object';
import type { Connection } from './connection';
import { LiveError } from './errors';

export interface DryRun {
  readonly object: KubernetesObject;
  /** `not checked`: not sent. */
  readonly outcome: 'would be created' | 'accepted' | 'refused' | 'not checked';
  /** Why it was refused or not checked. */
  readonly message: string | undefined;
  /** The object as it would be stored, with defaults. */
  readonly result: JsonObject | undefined;
}

/** So many are asked at a time. */
const atOnce = 6;

/** In the order of the objects, which are sent as they are, in the namespaces that they have. */
export async function dryRun(connection: Connection, objects: readonly KubernetesObject[]): Promise<readonly DryRun[]> {
  const resources = new Resources(connection);
  const results: DryRun[] = [];
  const queue = [...objects.entries()];
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) results[next[0]] = await dryRunOf(next[1], connection, resources);
  }; // prettier-ignore
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}

async function dryRunOf(object: KubernetesObject, connection: Connection, resources: Resources): Promise<DryRun> {
  const untold = { object, message: undefined, result: undefined } as const;
  if (object.group === '' && object.kind === 'Secret')
    return { ...untold, outcome: 'not checked', message: 'Secrets are not sent' };
  try {
    const path = await resources.path(object);
    if (path === undefined) return { ...untold, outcome: 'refused', message: `the cluster serves no ${object.kind} of ${apiVersionOf(object)}` }; // prettier-ignore
    const { created, body } = await connection.dryRun(path, manifestOf(object));
    return { ...untold, outcome: created ? 'would be created' : 'accepted', result: body };
  } catch (error) {
    // Of a server that is gone every other object would say the same.
    if (!(error instanceof LiveError) || error.status === undefined) throw error;
    return { ...untold, outcome: 'refused', message: error.said ?? error.message };
  }
}

/** A status is not applied, and nobody may send the list of who manages what. */
function manifestOf({ body, namespace, name }: KubernetesObject): JsonObject {
  const { status: _, metadata, ...rest } = body;
  const { managedFields: _fields, resourceVersion: _version, uid: _uid, ...own } = isJsonObject(metadata) ? metadata : {}; // prettier-ignore
  return { ...rest, metadata: { ...own, name, ...(namespace === '' ? {} : { namespace }) } };
}

function apiVersionOf({ group, version }: Pick<KubernetesObject, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`;
}

/** Under which paths a cluster serves its kinds; each group is asked for once. */
class Resources {
  readonly #connection: Connection;
  readonly #groups = new Map<string, Promise<readonly JsonValue[]>>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Of an object; undefined where its kind is not served. */
  async path(object: KubernetesObject): Promise<string | undefined> {
    const base = `/${object.group === '' ? 'api' : 'apis'}/${apiVersionOf(object)}`;
    const served = this.#groups.get(base) ?? this.#list(base);
    this.#groups.set(base, served);
    const resource = (await served).find(
      (item) => isJsonObject(item) && item.kind === object.kind && typeof item.name === 'string' && !item.name.includes('/'), // prettier-ignore
    );
    if (!isJsonObject(resource) || typeof resource.name !== 'string') return undefined;
    const place = resource.namespaced === true ? `/namespaces/${encodeURIComponent(object.namespace)}` : '';
    return `${base}${place}/${resource.name}/${encodeURIComponent(object.name)}`;
  }

  async #list(base: string): Promise<readonly JsonValue[]> {
    try {
      const { resources } = await this.#connection.get(base);
      return Array.isArray(resources) ? (resources as readonly JsonValue[]) : [];
    } catch (error) {
      if (error instanceof LiveError && error.kind === 'absent') return [];
      throw error;
    }
  }
}

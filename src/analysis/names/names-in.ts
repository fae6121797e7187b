/** Host names in the texts of an object: environment variables, arguments, commands, and the data of ConfigMaps. */

import { isJsonObject, valueAt, type JsonPath, type JsonValue } from '#base/json';
import type { Span } from '#base/text';
import type { KubernetesObject } from '#model/object';
import { scanText } from './scan';

/** What makes a text a host: a URL, `host:port`, a variable such as `DB_HOST`, or a name below `svc`. */
export type NameForm = 'url' | 'address' | 'variable' | 'service';

export interface NameInText {
  /** From the object to the text. */
  readonly path: JsonPath;
  /** Of the host in the text, in UTF-16 units. */
  readonly range: Span;
  /** As it is written. */
  readonly host: string;
  readonly port?: number;
  readonly portRange?: Span;
  /** Lower case: `http`, `postgres`. */
  readonly scheme?: string;
  readonly form: NameForm;
  /** The variable, key or flag that has the text as its value. */
  readonly variable?: string;
}

/** A text that may hold names. */
export interface TextOfObject {
  readonly path: JsonPath;
  readonly text: string;
  /** What it is the value of: `DB_HOST`, `db-host`. */
  readonly variable: string | undefined;
}

/** Larger texts are dashboards and programs. */
const longestText = 200_000;

const known = new WeakMap<KubernetesObject, readonly NameInText[]>();
const none: readonly NameInText[] = [];

/** The names in the order of their places; the same array for the same object. */
export function namesIn(object: KubernetesObject): readonly NameInText[] {
  const before = known.get(object);
  if (before) return before;
  const found = textsOf(object).flatMap(({ path, text, variable }) =>
    text.length > longestText
      ? []
      : scanText(text, variable).map((name): NameInText => ({
          path,
          ...(variable !== undefined && { variable }),
          ...name,
        })),
  );
  const names = found.length === 0 ? none : found;
  known.set(object, names);
  return names;
}

export function textsOf(object: KubernetesObject): readonly TextOfObject[] {
  if (object.group === '' && object.kind === 'ConfigMap') return dataOf(object);
  const template = podSpecPath(object);
  if (!template) return [];
  return (['initContainers', 'containers'] as const).flatMap((list) => {
    const containers = valueAt(object.body, [...template, list]);
    if (!Array.isArray(containers)) return [];
    return containers.flatMap((container: JsonValue, index) => textsOfContainer(container, [...template, list, index]));
  });
}

const workloads = new Set(['apps/Deployment', 'apps/StatefulSet', 'apps/DaemonSet', 'apps/ReplicaSet', 'batch/Job', '/ReplicationController']); // prettier-ignore

function podSpecPath({ group, kind }: KubernetesObject): JsonPath | undefined {
  if (group === '' && kind === 'Pod') return ['spec'];
  if (group === 'batch' && kind === 'CronJob') return ['spec', 'jobTemplate', 'spec', 'template', 'spec'];
  return workloads.has(`${group}/${kind}`) ? ['spec', 'template', 'spec'] : undefined;
}

function dataOf({ body }: KubernetesObject): readonly TextOfObject[] {
  const data = body.data;
  if (!isJsonObject(data)) return [];
  return Object.entries(data).flatMap(([key, text]) =>
    typeof text === 'string' ? { path: ['data', key], text, variable: key } : [],
  );
}

function textsOfContainer(container: JsonValue, path: JsonPath): readonly TextOfObject[] {
  if (!isJsonObject(container)) return [];
  const env = Array.isArray(container.env) ? container.env : [];
  const variables = env.flatMap((variable: JsonValue, index): TextOfObject[] => {
    if (!isJsonObject(variable) || typeof variable.value !== 'string') return [];
    const name = typeof variable.name === 'string' ? variable.name : undefined;
    return [{ path: [...path, 'env', index, 'value'], text: variable.value, variable: name }];
  });
  return [...variables, ...words(container.command, [...path, 'command']), ...words(container.args, [...path, 'args'])];
}

/** The words of a command line; one that follows a flag is its value: `--db-host`, `db`. */
function words(list: JsonValue | undefined, path: JsonPath): readonly TextOfObject[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((text: JsonValue, index) => {
    const before = list[index - 1];
    const flag = typeof before === 'string' ? /^--?([A-Za-z][\w.-]+)$/.exec(before)?.[1] : undefined;
    return typeof text === 'string' ? { path: [...path, index], text, variable: flag } : [];
  });
}

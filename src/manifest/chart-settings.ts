/** What the settings say about Helm charts: which releases of one there are, and what they are rendered with. */

import { isJsonObject, type JsonObject, type JsonPath, type JsonValue } from '#base/json';
import type { Range } from '#base/text';
import { normalizeFolder } from './paths';

/** One release of a chart. */
export interface ChartSettings {
  /** Folder of the chart, a path of the workspace. */
  readonly chart: string;
  /** Tells several releases of a chart apart; undefined for the only one. */
  readonly name: string | undefined;
  /** Undefined for the chart's own name. */
  readonly release?: string;
  readonly namespace?: string;
  /** As written: relative to the chart, else to the workspace. */
  readonly valueFiles: readonly string[];
  /** Merged after the files. */
  readonly values?: JsonObject;
  /** `a.b=c`, as `--set` takes them. */
  readonly set: readonly string[];
  readonly kubernetesVersion?: string;
  /** Where it is said, in the settings' value. */
  readonly path: JsonPath;
  /** Where it is said, where that is a file. */
  readonly at?: ChartSettingsPlace;
}

export interface ChartSettingsPlace {
  readonly file: string;
  readonly chart: Range;
  /** Of each value file. */
  readonly valueFiles: readonly Range[];
}

/** How the members of a release are read; each gives undefined, and tells why, for what it does not take. */
export interface ReleaseReaders {
  refuse(path: JsonPath, expected: string): undefined;
  unknownKey(path: JsonPath, known: readonly string[]): void;
  version(value: JsonValue, path: JsonPath): string | undefined;
}

const releaseKeys = ['name', 'release', 'namespace', 'valueFiles', 'values', 'set', 'kubernetesVersion'];

/** A mapping from folders of charts to a release or a list of releases. */
export function readCharts(
  value: unknown,
  path: JsonPath,
  readers: ReleaseReaders,
): readonly ChartSettings[] | undefined {
  const expected = 'a mapping from folders of charts to what they are rendered with';
  if (!isJsonObject(value)) return readers.refuse(path, expected);
  return Object.entries(value).flatMap(([written, given]) => {
    const at = [...path, written];
    const chart = normalizeFolder(written);
    if (chart === undefined) return readers.refuse(at, 'a folder of the workspace') ?? [];
    if (given === undefined || given === null) return [release({}, chart, at, readers)];
    if (isJsonObject(given)) return [release(given, chart, at, readers)];
    if (!Array.isArray(given)) return readers.refuse(at, 'a release, or a list of releases') ?? [];
    return severalReleases(given as readonly JsonValue[], chart, at, readers);
  });
}

function severalReleases(items: readonly JsonValue[], chart: string, at: JsonPath, readers: ReleaseReaders) {
  const names = new Set<string>();
  return items.flatMap((item, index) => {
    const path = [...at, index];
    if (!isJsonObject(item)) return readers.refuse(path, 'a release: a mapping with a name') ?? [];
    const read = release(item, chart, path, readers);
    const name = read.name ?? read.release ?? `${index + 1}`;
    if (names.has(name)) return readers.refuse([...path, 'name'], 'unlike the names of the other releases') ?? [];
    names.add(name);
    return [{ ...read, name }];
  });
}

function release(given: JsonObject, chart: string, path: JsonPath, readers: ReleaseReaders): ChartSettings {
  for (const key of Object.keys(given)) if (!releaseKeys.includes(key)) readers.unknownKey([...path, key], releaseKeys);
  const text = (key: string) => {
    const value = given[key];
    if (value === undefined || value === null) return undefined;
    return typeof value === 'string' && value !== '' ? value : readers.refuse([...path, key], 'a text');
  };
  const texts = (key: string) => {
    const value = given[key];
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) return readers.refuse([...path, key], 'a list') ?? [];
    return value.flatMap((item: JsonValue, index) =>
      typeof item === 'string' && item !== '' ? [item] : (readers.refuse([...path, key, index], 'a text') ?? []),
    );
  };
  const { values, kubernetesVersion } = given;
  const isSaid = values !== undefined && values !== null;
  return {
    chart,
    name: text('name'),
    release: text('release'),
    namespace: text('namespace'),
    valueFiles: texts('valueFiles'),
    values: !isSaid || isJsonObject(values) ? (values ?? undefined) : readers.refuse([...path, 'values'], 'a mapping'),
    set: texts('set'),
    kubernetesVersion:
      kubernetesVersion === undefined || kubernetesVersion === null
        ? undefined
        : readers.version(kubernetesVersion, [...path, 'kubernetesVersion']),
    path,
  };
}

/** The releases as they are in a workspace in which the folder that they are said in stands behind `prefix`. */
export function chartsBelow(charts: readonly ChartSettings[], prefix: string): readonly ChartSettings[] {
  if (prefix === '') return charts;
  return charts.map((settings) => ({
    ...settings,
    chart: settings.chart === '' ? prefix.slice(0, -1) : prefix + settings.chart,
    ...(settings.at && { at: { ...settings.at, file: prefix + settings.at.file } }),
  }));
}

/** Of a chart the last part that says something about it counts. */
export function mergeCharts(parts: readonly (readonly ChartSettings[] | undefined)[]): readonly ChartSettings[] {
  return parts.reduce<readonly ChartSettings[]>((before, later) => {
    if (!later) return before;
    const said = new Set(later.map(({ chart }) => chart));
    return [...before.filter(({ chart }) => !said.has(chart)), ...later];
  }, []);
}

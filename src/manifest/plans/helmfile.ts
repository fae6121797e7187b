/** Helmfiles: the releases of charts of this repository, with their values in the default environment. */

import { isJsonObject, valueAt, type JsonObject, type JsonPath, type JsonValue } from '#base/json';
import { baseNameOf, folderOf, resolvePath } from '../paths';
import type { ManifestFile } from '../types';
import { listAt, objectAt, textAt, textsOf, valuesOf, type Finds } from './asking';
import { chartDraft, valueFileOf } from './charts';
import { isMissing, type PlanContext } from './context';
import { fillGo, isGlobMatch } from './templates';
import type { Place } from './types';

/** A Helmfile with what it is made of. */
interface Helmfile {
  readonly file: ManifestFile;
  readonly folder: string;
  /** Later parts of the file count over earlier ones. */
  readonly state: JsonObject;
  readonly releases: readonly Release[];
  /** The values of the default environment; undefined where they are not all known. */
  readonly values: JsonObject | undefined;
}

interface Release {
  readonly value: JsonObject;
  readonly document: number;
  readonly path: JsonPath;
}

/** The environment that is taken where nobody names another one. */
const environment = 'default';

export function isHelmfilePath(path: string): boolean {
  return /^helmfile\.ya?ml$/.test(baseNameOf(path)) || /(?:^|\/)helmfile\.d\/[^/]+\.ya?ml$/.test(path);
}

/** Adds the plans of all Helmfiles, and of those that they name. */
export function planHelmfiles(context: PlanContext, finds: Finds): void {
  const open = [...context.files.values()].filter(({ path }) => isHelmfilePath(path));
  const seen = new Set(open);
  for (const file of open) {
    const helmfile = readHelmfile(file, context, finds);
    for (const release of helmfile.releases) planRelease(release, helmfile, context, finds);
    for (const other of included(helmfile, context)) {
      if (seen.has(other)) continue;
      seen.add(other);
      open.push(other);
    }
  }
}

function readHelmfile(file: ManifestFile, context: PlanContext, finds: Finds): Helmfile {
  const folder = folderOf(file.path);
  context.looked.add(file.path);
  const releases: Release[] = [];
  let state: JsonObject = {};
  for (const base of basesOf(file, folder, context)) state = merged(state, base);
  for (const [document, value] of valuesOf(file).entries()) {
    if (value === undefined) {
      const what = 'this part of the Helmfile is a template that is no YAML before it is rendered: it is not read here';
      finds.unavailable(what, { file: file.path, document, path: [] });
    }
    if (!isJsonObject(value)) continue;
    state = merged(state, value);
    for (const [index, release] of listAt(value, ['releases']).entries())
      if (isJsonObject(release)) releases.push({ value: release, document, path: ['releases', index] });
  }
  return { file, folder, state, releases, values: environmentValues(state, folder, context) };
}

/** What the file's `bases` say, in their order. */
function basesOf(file: ManifestFile, folder: string, context: PlanContext): readonly JsonObject[] {
  const named = valuesOf(file).flatMap((value) => listAt(value, ['bases']));
  return named.flatMap((written) => {
    const path = typeof written === 'string' ? resolvePath(folder, written) : undefined;
    const base = path === undefined ? undefined : context.files.get(path);
    if (!base) return [];
    context.looked.add(base.path);
    return valuesOf(base).filter(isJsonObject);
  });
}

/** Models helmfile pkg/state create.go: mappings are merged, and releases stay with their documents. */
function merged(before: JsonObject, later: JsonObject): JsonObject {
  const members: Record<string, JsonValue | undefined> = { ...before };
  for (const [key, value] of Object.entries(later)) {
    const old = members[key];
    members[key] = isJsonObject(old) && isJsonObject(value) ? merged(old, value) : value;
  }
  return members;
}

/** The values of `values` and of the default environment; undefined where one of their files is not known. */
function environmentValues(state: JsonObject, folder: string, context: PlanContext): JsonObject | undefined {
  let values: JsonObject = {};
  const entries = [...listAt(state, ['values']), ...listAt(state, ['environments', environment, 'values'])];
  for (const entry of entries) {
    if (isJsonObject(entry)) values = merged(values, entry);
    else if (typeof entry === 'string') {
      const path = resolvePath(folder, fillGo(entry, environmentOnly) ?? entry);
      const file = path === undefined ? undefined : context.files.get(path);
      const found = file && valuesOf(file)[0];
      if (!file || !isJsonObject(found ?? {})) return undefined;
      context.looked.add(file.path);
      if (isJsonObject(found)) values = merged(values, found);
    }
  }
  return values;
}

function environmentOnly(path: JsonPath): JsonValue | undefined {
  return path.join('.') === 'Environment.Name' ? environment : undefined;
}

/** Other Helmfiles that one names. */
function included({ state, folder }: Helmfile, { files }: PlanContext): readonly ManifestFile[] {
  return listAt(state, ['helmfiles']).flatMap((entry) => {
    const written = typeof entry === 'string' ? entry : textAt(entry, ['path']);
    const pattern = written === undefined ? undefined : resolvePath(folder, written);
    if (pattern === undefined) return [];
    return [...files.values()].filter(({ path }) => path === pattern || isGlobMatch(pattern, path));
  });
}

function planRelease(written: Release, helmfile: Helmfile, context: PlanContext, finds: Finds): void {
  const { file, state } = helmfile;
  const release = withTemplates(written.value, state);
  const fill = fillerFor(release, helmfile);
  const name = fill(textAt(release, ['name']) ?? '');
  const chartText = fill(textAt(release, ['chart']) ?? '');
  const place = (path: JsonPath): Place => ({ file: file.path, document: written.document, path: [...written.path, ...path] });
  if (name === undefined || chartText === undefined || name === '' || chartText === '') {
    if (name !== '' && chartText !== '') finds.unavailable('a release whose name or chart is a template is not known here', place([])); // prettier-ignore
    return;
  }
  const wanted = isInstalled(release, helmfile);
  if (wanted === 'no') return;
  const folder = chartFolder(chartText, helmfile, context);
  const chart = folder === undefined ? undefined : context.charts.get(folder);
  if (!chart) {
    if (/^\.{0,2}\//.test(chartText)) {
      const what = folder !== undefined && context.folders.has(folder) ? 'holds no Chart.yaml' : 'is not there, or is left out here';
      finds.missing('render-path-missing', `${chartText} ${what}; no chart is rendered from it`, place(['chart']));
    } else finds.unavailable(`the chart ${chartText} of a registry is not available here`, place(['chart']));
    return;
  }
  const unavailable = wanted === 'yes' ? [] : [`whether it is installed is not known here: ${wanted.unknown}`];
  const values = releaseValues(release, { helmfile, context, finds, place, fill, unavailable });
  const namespace = textAt(state, ['namespace']) ?? fill(textAt(release, ['namespace']) ?? '');
  const set = settings(listAt(release, ['set']), fill, unavailable);
  const setString = settings(listAt(release, ['setString']), fill, unavailable);
  const draft = chartDraft(
    chart,
    {
      id: `helmfile:${file.path}#${namespace === undefined || namespace === '' ? '' : `${namespace}/`}${name}`,
      asker: `release ${name}`,
      qualified: `release ${namespace === undefined || namespace === '' ? '' : `${namespace}/`}${name}`,
      askedBy: place(['chart']),
      release: name,
      namespace: namespace === '' ? undefined : namespace,
      valueFiles: values.files,
      inlineValues: values.texts,
      set: set.map(({ text }) => text),
      setString: setString.map(({ text }) => text),
      setAt: [
        ...set.map(({ index }) => place(['set', index, 'value'])),
        ...setString.map(({ index }) => place(['setString', index, 'value'])),
      ],
      kubernetesVersion: textAt(release, ['kubeVersion']) ?? textAt(state, ['kubeVersion']),
      unavailable,
    },
    context,
  );
  finds.drafts.push({ ...draft, reads: [...new Set([...draft.reads, file.path])].sort() });
} // prettier-ignore

/** Models helmfile pkg/state inherited.go: what a release says itself counts over what it inherits. */
function withTemplates(release: JsonObject, state: JsonObject): JsonObject {
  let inherited: JsonObject = {};
  const entries = listAt(release, ['inherit']);
  for (const entry of entries.length > 0 ? entries : [valueAt(release, ['inherit']) ?? null]) {
    const template = objectAt(state, ['templates', textAt(entry, ['template']) ?? '']);
    if (!template) continue;
    const except = new Set(listAt(entry, ['except']));
    inherited = merged(inherited, Object.fromEntries(Object.entries(template).filter(([key]) => !except.has(key))));
  }
  return merged(inherited, release);
}

/** Fills in what templates of a release name; undefined for what is more than a name. */
function fillerFor(release: JsonObject, { values }: Helmfile): (text: string) => string | undefined {
  const named: Readonly<Record<string, string | undefined>> = {
    'Environment.Name': environment,
    'Release.Name': textAt(release, ['name']),
    'Release.Namespace': textAt(release, ['namespace']),
    'Release.Chart': textAt(release, ['chart']),
    Namespace: textAt(release, ['namespace']),
  };
  const lookUp = (path: JsonPath): JsonValue | undefined => {
    const [first, second, ...rest] = path;
    if (first === 'Release' && second === 'Labels') return valueAt(release, ['labels', ...rest]);
    if (first === 'Values' || first === 'StateValues') return valueAt(values, path.slice(1));
    if (first === 'Environment' && second === 'Values') return valueAt(values, rest);
    const text = named[path.join('.')];
    return text?.includes('{{') ? undefined : text;
  };
  // `{{`{{ .Release.Name }}`}}` is how one template writes another.
  return (text) => fillGo(text.replace(/\{\{-?\s*`(\{\{.*?\}\})`\s*-?\}\}/g, '$1'), lookUp);
}

/** Models helmfile pkg/state ConditionEnabled: `installed`, then the value that `condition` names. */
function isInstalled(release: JsonObject, { values }: Helmfile): 'yes' | 'no' | { readonly unknown: string } {
  const { installed } = release;
  if (installed === false || installed === 'false') return 'no';
  if (typeof installed === 'string' && installed.includes('{{')) return { unknown: `installed is ${installed}` };
  const condition = textAt(release, ['condition']);
  if (condition === undefined) return 'yes';
  if (!values) return { unknown: `the value ${condition} of the environment` };
  return valueAt(values, condition.split('.')) === true ? 'yes' : 'no';
}

/** A folder beside the Helmfile, else a chart of a registry. */
function chartFolder(chart: string, { folder }: Helmfile, { charts }: PlanContext): string | undefined {
  const path = resolvePath(folder, chart);
  return path !== undefined && (charts.has(path) || /^\.{1,2}\//.test(chart)) ? path : undefined;
}

interface Surroundings {
  readonly helmfile: Helmfile;
  readonly context: PlanContext;
  readonly finds: Finds;
  readonly place: (path: JsonPath) => Place;
  readonly fill: (text: string) => string | undefined;
  readonly unavailable: string[];
}

/** Files and values in place, in one order; a file behind values in place is taken in place too, so that it counts over them. */
function releaseValues(release: JsonObject, surroundings: Surroundings) {
  const { context, finds, place, fill, unavailable } = surroundings;
  const files: string[] = [];
  const texts: string[] = [];
  const isLax = /^(?:warn|info|debug)$/i.test(textAt(release, ['missingFileHandler']) ?? textAt(surroundings.helmfile.state, ['missingFileHandler']) ?? ''); // prettier-ignore
  for (const field of ['values', 'valuesTemplate']) {
    for (const [index, entry] of listAt(release, [field]).entries()) {
      if (isJsonObject(entry)) {
        const filled = filledValue(entry, fill);
        if (filled.left.length > 0) unavailable.push(`values that are templates are left as they are: ${filled.left.join(', ')}`); // prettier-ignore
        texts.push(JSON.stringify(filled.value));
      }
      if (typeof entry !== 'string') continue;
      const written = fill(entry);
      if (written === undefined || written.endsWith('.gotmpl')) {
        unavailable.push(`the values of ${entry} are not available here: they are a template`);
        continue;
      }
      for (const found of filesOf(written, surroundings)) {
        const file = 'path' in found ? context.files.get(found.path) : undefined;
        if ('missing' in found) {
          if (!isLax) finds.missing('value-file-missing', found.missing, place([field, index]));
        } else if (texts.length === 0) files.push(found.path);
        else if (file) {
          context.looked.add(file.path);
          texts.push(file.text);
        } else unavailable.push(`the values of ${found.path} are not read here`);
      }
    }
  }
  if (listAt(release, ['secrets']).length > 0) unavailable.push('the values of its secrets are not available here');
  const changes = ['jsonPatches', 'strategicMergePatches', 'transformers', 'dependencies', 'forceNamespace', 'postRenderer'].filter((key) => isSaid(release[key])); // prettier-ignore
  if (changes.length > 0) unavailable.push(`not applied here: ${changes.join(', ')}`);
  return { files, texts };
}

function isSaid(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null && value !== false && !(Array.isArray(value) && value.length === 0);
}

/** The files that an entry names: it may be a pattern. */
function filesOf(written: string, { helmfile, context }: Surroundings) {
  const { folder } = helmfile;
  const pattern = resolvePath(folder, written);
  if (pattern !== undefined && /[*?[{]/.test(pattern)) {
    const found = [...context.files.keys()].filter((path) => isGlobMatch(pattern, path)).sort();
    if (found.length > 0) return found.map((path) => ({ path }));
  }
  if (pattern !== undefined && !isMissing(pattern, context)) return [{ path: pattern }];
  return [valueFileOf(written, [folder], context)];
}

/** A value with its texts filled in, and the names of those that are more than names. */
function filledValue(value: JsonValue, fill: (text: string) => string | undefined, path = '') {
  const left: string[] = [];
  const walk = (inner: JsonValue, at: string): JsonValue => {
    if (typeof inner === 'string') {
      const text = inner.includes('{{') ? fill(inner) : inner;
      if (text === undefined) left.push(at);
      return text ?? inner;
    }
    if (typeof inner !== 'object' || inner === null) return inner;
    if (Array.isArray(inner)) return (inner as readonly JsonValue[]).map((item, index) => walk(item, `${at}[${index}]`));
    return Object.fromEntries(Object.entries(inner).map(([key, member]) => [key, walk(member as JsonValue, at === '' ? key : `${at}.${key}`)])); // prettier-ignore
  };
  return { value: walk(value, path), left };
} // prettier-ignore

/** `set` and `setString`: a name with a value, or a list of values. */
function settings(
  entries: readonly JsonValue[],
  fill: (text: string) => string | undefined,
  unavailable: string[],
): readonly { readonly text: string; readonly index: number }[] {
  return entries.flatMap((entry, index) => {
    if (!isJsonObject(entry)) return [];
    const { name = '', value } = textsOf(entry);
    const list = listAt(entry, ['values']);
    const text = list.length > 0 ? `{${list.map(String).join(',')}}` : fill(value ?? '')?.replaceAll(',', '\\,');
    if (entry['file'] === undefined && text !== undefined) return [{ text: `${name}=${text}`, index }];
    unavailable.push(`the value ${name} is not known here: it is taken from a file or a template`);
    return [];
  });
}

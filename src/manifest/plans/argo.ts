/** Argo CD Applications: the folders of this repository that they deploy, and with what. */

import { isJsonObject, type JsonObject, type JsonPath, type JsonValue } from '#base/json';
import { listAt, objectAt, placeIn, textAt, textsOf, type Asking, type Finds } from './asking';
import { applicationsOf, type Application } from './application-sets';
import { chartDraft, valueFileOf } from './charts';
import { isMissing, readsOfKustomization, type Chart, type PlanContext } from './context';
import { topsFor, whereaboutsOf, type NamedFolder } from './repository';
import { resolvePath } from '../paths';

/** A source of an Application, and where it stands. */
interface Source {
  readonly value: JsonObject;
  readonly path: JsonPath;
}

/** The Applications that a document is or makes. */
export function applicationsIn(asking: Asking, context: PlanContext, finds: Finds): readonly Application[] {
  const { object } = asking;
  if (object.group !== 'argoproj.io') return [];
  if (object.kind === 'ApplicationSet') return applicationsOf(asking, context, finds);
  const spec = objectAt(object.body, ['spec']);
  if (object.kind !== 'Application' || !spec) return [];
  const { name, namespace } = object;
  return [{ asking, name, namespace, spec, path: ['spec'], notes: [], unavailable: [] }];
}

/** What an Application says about folders of repositories. */
export function foldersOfApplication(application: Application): readonly NamedFolder[] {
  return sourcesOf(application).flatMap(({ value }) => namedFolder(value, application) ?? []);
}

/** Models argo-cd pkg/apis/application/v1alpha1 ApplicationSpec GetSources: `sources` count in place of `source`. */
function sourcesOf({ spec, path }: Application): readonly Source[] {
  const several = listAt(spec, ['sources']);
  if (several.length > 0)
    return several.flatMap((value, index) =>
      isJsonObject(value) ? [{ value, path: [...path, 'sources', index] }] : [],
    );
  const value = objectAt(spec, ['source']);
  return value ? [{ value, path: [...path, 'source'] }] : [];
}

function namedFolder(source: JsonObject, { asking }: Application): NamedFolder | undefined {
  const path = textAt(source, ['path']);
  return path === undefined ? undefined : { url: textAt(source, ['repoURL']), path, file: asking.file };
}

/** Adds a plan for each source of the Application that is a chart or a kustomization of this workspace. */
export function planApplication(
  application: Application,
  here: ReadonlySet<string>,
  context: PlanContext,
  finds: Finds,
): void {
  const sources = sourcesOf(application);
  const planned = sources.filter(({ value }) => textAt(value, ['path']) !== undefined).length;
  for (const [index, source] of sources.entries()) {
    const { asking } = application;
    const chart = textAt(source.value, ['chart']);
    if (chart !== undefined) {
      const registry = textAt(source.value, ['repoURL']) ?? 'a registry';
      finds.unavailable(`the chart ${chart} of ${registry} is not available here`, placeIn(asking, [...source.path, 'chart'])); // prettier-ignore
      continue;
    }
    const named = namedFolder(source.value, application);
    if (!named) continue;
    const place = placeIn(asking, [...source.path, 'path']);
    const where = whereaboutsOf(named, here, context);
    if (where.kind === 'missing') finds.missing('render-path-missing', where.message, place);
    else if (where.kind === 'elsewhere') finds.unavailable(where.what, place);
    else {
      const notes = [...application.notes, ...(where.note === undefined ? [] : [where.note])];
      const suffix = planned > 1 ? `[${index}]` : '';
      planSource({ application, source, sources, folder: where.folder, notes, suffix, here, context, finds });
    }
  }
}

/** A source whose folder is here. */
interface Located {
  readonly application: Application;
  readonly source: Source;
  readonly sources: readonly Source[];
  readonly folder: string;
  readonly notes: readonly string[];
  /** Tells several sources of an Application apart. */
  readonly suffix: string;
  readonly here: ReadonlySet<string>;
  readonly context: PlanContext;
  readonly finds: Finds;
}

/** Models argo-cd reposerver/repository GetAppSourceType: what is written first, then what the folder holds. */
function planSource(located: Located): void {
  const { source, folder, context } = located;
  if (source.value['plugin'] !== undefined) {
    const place = placeIn(located.application.asking, [...source.path, 'plugin']);
    located.finds.unavailable('a config management plugin is not run here', place);
    return;
  }
  if (source.value['directory'] !== undefined) return;
  const chart = context.charts.get(folder);
  if (chart && !objectAt(source.value, ['kustomize'])) planHelm(chart, located);
  else if (context.kustomizations.has(folder)) planKustomize(located);
}

function idOf({ application, suffix }: Located): string {
  const { asking, namespace, name } = application;
  return `application:${asking.file}#${namespace}/${name}${suffix}`;
}

function askerOf({ application, suffix }: Located): string {
  return `Application ${application.name}${suffix}`;
}

function qualifiedOf({ application, suffix }: Located): string {
  return `Application ${application.namespace}/${application.name}${suffix}`;
}

/** Models argo-cd reposerver/repository helmTemplate: value files, then values, then parameters. */
function planHelm(chart: Chart, located: Located): void {
  const { application, source, context, finds } = located;
  const helm = objectAt(source.value, ['helm']) ?? {};
  const env = environmentOf(located);
  const namespace = textAt(helm, ['namespace']) ?? textAt(application.spec, ['destination', 'namespace']);
  const unavailable = [...application.unavailable];
  for (const [index, file] of listAt(helm, ['fileParameters']).entries()) {
    const name = textAt(file, ['name']) ?? `${index}`;
    unavailable.push(`the parameter ${name} is taken from a file, which is not read here`);
  }
  const parameters = listAt(helm, ['parameters']).flatMap((each, index) => {
    const at = placeIn(application.asking, [...source.path, 'helm', 'parameters', index, 'value']);
    return isJsonObject(each) ? [{ ...parameterOf(each, env), at }] : [];
  });
  const plain = parameters.filter(({ isText }) => !isText);
  const texts = parameters.filter(({ isText }) => isText);
  finds.drafts.push(
    chartDraft(
      chart,
      {
        id: idOf(located),
        asker: askerOf(located),
        qualified: qualifiedOf(located),
        askedBy: placeIn(application.asking, [...source.path, 'path']),
        release: textAt(helm, ['releaseName']) ?? application.name,
        namespace,
        valueFiles: valueFilesOf(helm, located, env, unavailable),
        inlineValues: valuesIn(helm),
        set: plain.map(({ text }) => text),
        setString: texts.map(({ text }) => text),
        setAt: [...plain, ...texts].map(({ at }) => at),
        kubernetesVersion: textAt(helm, ['kubeVersion']),
        includeCrds: helm['skipCrds'] !== true,
        unavailable,
        notes: located.notes,
      },
      context,
    ),
  );
}

/** `valuesObject` counts in place of `values`. */
function valuesIn(helm: JsonObject): readonly string[] {
  const object = objectAt(helm, ['valuesObject']);
  if (object) return [JSON.stringify(object)];
  const text = textAt(helm, ['values']);
  return text === undefined ? [] : [text];
}

/** Models argo-cd util/helm: commas are part of the value, unless it is a list in braces. */
function parameterOf(parameter: JsonObject, env: (text: string) => string) {
  const { name, value } = textsOf(parameter);
  const text = env(value ?? '');
  const escaped = /^\{.*\}$/.test(text) ? text : text.replace(/(^|[^\\]),/g, '$1\\,');
  return { text: `${name ?? ''}=${escaped}`, isText: parameter['forceString'] === true };
}

function valueFilesOf(
  helm: JsonObject,
  located: Located,
  env: (text: string) => string,
  unavailable: string[],
): readonly string[] {
  const { application, source, context, finds } = located;
  return listAt(helm, ['valueFiles']).flatMap((entry, index) => {
    if (typeof entry !== 'string' || entry === '') return [];
    const written = env(entry);
    if (/^https?:\/\//.test(written)) {
      unavailable.push(`the values of ${written} are not available here`);
      return [];
    }
    const found = valueFileIn(written, located);
    if (found.kind === 'file') return [found.path];
    if (found.kind === 'elsewhere') unavailable.push(found.what);
    else if (helm['ignoreMissingValueFiles'] !== true) {
      const path = [...source.path, 'helm', 'valueFiles', index];
      finds.missing('value-file-missing', found.message, placeIn(application.asking, path));
    }
    return [];
  });

  function valueFileIn(written: string, { folder, sources, here }: Located) {
    const reference = /^\$([^/]+)\/(.*)$/.exec(written);
    if (reference) return referenced(reference[1]!, reference[2]!, sources, here);
    // A leading slash means the repository's top.
    const roots = written.startsWith('/') ? topsFor(application.asking.file).toReversed() : [folder];
    const found = valueFileOf(written.replace(/^\/+/, ''), roots, context);
    return 'path' in found
      ? ({ kind: 'file', path: found.path } as const)
      : ({ kind: 'missing', message: found.missing } as const);
  }

  /** `$values/charts/web.yaml`: a file of the source that is called `values`. */
  function referenced(ref: string, path: string, sources: readonly Source[], here: ReadonlySet<string>) {
    const target = sources.find(({ value }) => textAt(value, ['ref']) === ref);
    if (!target) return { kind: 'missing', message: `$${ref} names no source: none of them has the ref ${ref}` } as const;
    const url = textAt(target.value, ['repoURL']);
    const top = topsFor(application.asking.file).find((folder) => {
      const file = resolvePath(folder, path);
      return file !== undefined && !isMissing(file, context);
    });
    if (top !== undefined) return { kind: 'file', path: resolvePath(top, path)! } as const;
    const isHere = whereaboutsOf({ url, path, file: application.asking.file }, here, context).kind === 'missing';
    if (isHere) return { kind: 'missing', message: `${path} is not there, or is left out here; without it Helm refuses to render this` } as const; // prettier-ignore
    return { kind: 'elsewhere', what: `the values $${ref}/${path} of ${url ?? 'another repository'} are not available here` } as const; // prettier-ignore
  } // prettier-ignore
}

/** Models argo-cd util/kustomize Build: what `kustomize edit` writes before the build. */
function planKustomize(located: Located): void {
  const { application, source, folder, context, finds } = located;
  const kustomize = objectAt(source.value, ['kustomize']);
  const additions = kustomize && additionsOf(kustomize, environmentOf(located));
  finds.drafts.push({
    id: idOf(located),
    asker: askerOf(located),
    qualified: qualifiedOf(located),
    askedBy: placeIn(application.asking, [...source.path, 'path']),
    request: { kind: 'kustomize', folder, ...(additions && { additions: JSON.stringify(additions, null, 2) }) },
    namespace: textAt(application.spec, ['destination', 'namespace']),
    unavailable: application.unavailable,
    notes: located.notes,
    reads: readsOfKustomization(folder, context, additions),
  });
}

function additionsOf(kustomize: JsonObject, env: (text: string) => string): JsonObject | undefined {
  const fields: Record<string, JsonValue> = {};
  for (const field of ['namePrefix', 'nameSuffix', 'namespace']) {
    const text = textAt(kustomize, [field]);
    if (text !== undefined) fields[field] = env(text);
  }
  const images = listAt(kustomize, ['images']).flatMap((text) => (typeof text === 'string' ? [imageOf(env(text))] : []));
  if (images.length > 0) fields['images'] = images;
  const replicas = listAt(kustomize, ['replicas']).filter(isJsonObject).map(({ name, count }): JsonObject => ({ name, count: Number(count) })); // prettier-ignore
  if (replicas.length > 0) fields['replicas'] = replicas;
  const labels = objectAt(kustomize, ['commonLabels']);
  if (labels && kustomize['labelWithoutSelector'] === true) {
    const templates = kustomize['labelIncludeTemplates'] === true;
    fields['labels'] = [{ pairs: textsOf(labels), ...(templates && { includeTemplates: true }) }];
  } else if (labels) fields['commonLabels'] = textsOf(labels);
  const annotations = objectAt(kustomize, ['commonAnnotations']);
  if (annotations) fields['commonAnnotations'] = textsOf(annotations);
  for (const field of ['patches', 'components']) {
    const list = listAt(kustomize, [field]);
    if (list.length > 0) fields[field] = list;
  }
  return Object.keys(fields).length === 0 ? undefined : fields;
} // prettier-ignore

/** Models kustomize edit set image: `NAME=NEW:TAG`, `NAME:TAG`, `NAME@DIGEST`. */
function imageOf(text: string): JsonObject {
  const equals = text.indexOf('=');
  const target = equals < 0 ? text : text.slice(equals + 1);
  const [whole, digest] = target.split('@');
  const colon = whole!.lastIndexOf(':');
  const hasTag = colon > whole!.lastIndexOf('/');
  const base = hasTag ? whole!.slice(0, colon) : whole!;
  const name = equals < 0 ? base : text.slice(0, equals);
  return {
    name,
    ...(equals >= 0 && base !== '' && { newName: base }),
    ...(digest === undefined ? hasTag && { newTag: whole!.slice(colon + 1) } : { digest }),
  };
}

/** Models argo-cd newEnv: the variables of the build that the Application decides. */
function environmentOf({ application, source }: Located): (text: string) => string {
  const known: Readonly<Record<string, string | undefined>> = {
    ARGOCD_APP_NAME: application.name,
    ARGOCD_APP_NAMESPACE: textAt(application.spec, ['destination', 'namespace']),
    ARGOCD_APP_PROJECT_NAME: textAt(application.spec, ['project']) ?? 'default',
    ARGOCD_APP_SOURCE_REPO_URL: textAt(source.value, ['repoURL']),
    ARGOCD_APP_SOURCE_PATH: textAt(source.value, ['path']),
    ARGOCD_APP_SOURCE_TARGET_REVISION: textAt(source.value, ['targetRevision']),
  };
  return (text) => text.replace(/\$(?:\{(\w+)\}|(\w+))/g, (whole, a?: string, b?: string) => known[a ?? b ?? ''] ?? whole);
} // prettier-ignore

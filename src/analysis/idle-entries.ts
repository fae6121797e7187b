/** Entries of kustomizations that select nothing, which kustomize passes over in silence: told at the field that nothing fits. */

import { isJsonObject, valueAt, type JsonPath } from '#base/json';
import { emptyRange } from '#base/text';
import { isKustomizationPath, kustomizationsOf, locateNearest } from '#manifest/index';
import type { IdleEntry, Rendered } from '#manifest/render-types';
import type { ManifestFile, ManifestProblem } from '#manifest/types';
import { nearestName } from './rules/near-names';
import { list } from './rules/words';

export const idleCode = 'kustomization-selects-nothing';

type Files = ReadonlyMap<string, ManifestFile>;

/** What a selector may select, as the files name it. */
interface Candidate {
  readonly kind: string;
  readonly name: string;
}

/** Of one file. An entry that selects something in one of the renders that read it is right. */
export function idleProblems(path: string, renders: readonly Rendered[], files: Files): readonly ManifestProblem[] {
  const readers = renders.filter(({ read }) => read.includes(path));
  const [first, ...others] = readers.map(({ idle = [] }) => idle.filter(({ file }) => file === path));
  const file = files.get(path);
  const index = file?.documents.find(({ content }) => content.kind === 'kustomization')?.index;
  if (!file || index === undefined || !first) return [];
  const isIdleEverywhere = (entry: IdleEntry) => others.every((idle) => idle.some((other) => isSame(entry, other)));
  const isComponent = kustomizationIn(file, ['kind']) === 'Component';
  return first.filter(isIdleEverywhere).flatMap((entry): readonly ManifestProblem[] => {
    const { at, message, isSlip } =
      entry.what === 'image' ? imageWords(entry, file, readers, files) : selectorWords(entry, file, readers, files);
    if (!isSlip && (isComponent || isForWhoeverComes(entry, file))) return [];
    const range = locateNearest(file, index, at)?.value ?? emptyRange;
    return [{ code: idleCode, severity: 'warning', message, range, document: index }];
  });
}

function isSame(a: IdleEntry, b: IdleEntry): boolean {
  return a.what === b.what && a.path.join('/') === b.path.join('/');
}

/** A component is for whoever takes it in, and what selects all of a kind for whichever there are. */
function isForWhoeverComes({ what, path }: IdleEntry, file: ManifestFile): boolean {
  const selector = kustomizationIn(file, path);
  return what !== 'image' && ['name', ...givenLater.map(([field]) => field)].every((field) => textIn(selector, field) === undefined); // prettier-ignore
}

interface Words {
  /** The field that nothing fits. */
  readonly at: JsonPath;
  readonly message: string;
  /** Whether something here is nearly what is selected. */
  readonly isSlip: boolean;
}

/**
 * What a kustomization gives after its patches, and before its replacements.
 * Models sigs.k8s.io/kustomize api/internal/target configureBuiltinTransformers.
 */
const givenLater = [
  ['labelSelector', 'labels'],
  ['annotationSelector', 'annotations'],
  ['namespace', 'namespace'],
] as const;

function selectorWords(entry: IdleEntry, file: ManifestFile, renders: readonly Rendered[], files: Files): Words {
  const selector = kustomizationIn(file, entry.path);
  const field = (name: string) => textIn(selector, name);
  const all = candidatesOf(renders, files);
  const [kind, name] = [field('kind'), field('name')];
  const kinds = all.map((each) => each.kind);
  const named = all.filter((each) => fits(kind, each.kind)).map((each) => each.name);
  const elsewhere = [...new Set(all.filter((each) => each.name === name).map((each) => each.kind))];
  const say = (at: string | undefined, cause: string, slip = ''): Words => ({
    at: at === undefined ? entry.path : [...entry.path, at],
    message: `this ${entry.what} changes nothing, and kustomize says nothing about it: ${cause}${slip}`,
    isSlip: slip !== '',
  });
  if (kind !== undefined && named.length === 0) return say('kind', `there is no ${kind} here`, meant(kind, kinds));
  if (name !== undefined && !named.some((each) => fits(name, each))) {
    const cause = `there is no ${kind ?? 'object'} ${name} here`;
    if (elsewhere.length > 0)
      return say('kind', cause, `; ${name} is the name of ${list(elsewhere.map((each) => `a ${each}`))}`);
    return say('name', cause, meant(name, named));
  }
  for (const [at, given] of givenLater) {
    const isLater = entry.what === 'patch' && field(at) !== undefined;
    const later = isLater ? `; what this kustomization gives comes after its patches` : '';
    if (field(at) !== undefined) return say(at, `nothing here has the ${given} ${field(at)}${later}`);
  }
  for (const part of ['group', 'version'])
    if (field(part) !== undefined) return say(part, `nothing here has the ${part} ${field(part)}`);
  return say(undefined, 'it selects nothing here');
}

function imageWords({ path }: IdleEntry, file: ManifestFile, renders: readonly Rendered[], files: Files): Words {
  const name = String(kustomizationIn(file, path));
  const images = new Set<string>();
  for (const { path: read, text } of filesOf(renders, files)) {
    if (isKustomizationPath(read)) continue;
    for (const [, image] of text.matchAll(/^[\s-]*image:\s*["']?([^\s"'#]+)/gm)) images.add(untagged(image!));
  }
  const slip = meant(name, images);
  const message = `this changes no image, and kustomize says nothing about it: no container here has the image ${name}${slip}`; // prettier-ignore
  return { at: path, message, isSlip: slip !== '' };
}

/** Models sigs.k8s.io/kustomize api/internal/image: a colon before the last slash is that of a registry's port. */
function untagged(image: string): string {
  const [named = ''] = image.split('@');
  const colon = named.indexOf(':', named.lastIndexOf('/'));
  return colon < 0 ? named : named.slice(0, colon);
}

function meant(wanted: string | undefined, names: Iterable<string>): string {
  const nearest = wanted === undefined ? undefined : nearestName(wanted, names);
  return nearest === undefined ? '' : `; did you mean ${nearest}?`;
}

/** A pattern may be long to match, and is left to the engine. */
function fits(pattern: string | undefined, text: string): boolean {
  return pattern === undefined || pattern === text || !/^[\w.-]+$/.test(pattern);
}

/** What kustomizations list and generate: what a wrong target has in common with its own patch says nothing. */
function candidatesOf(renders: readonly Rendered[], files: Files): readonly Candidate[] {
  const read = filesOf(renders, files).filter(({ path }) => isKustomizationPath(path));
  const kustomizations = kustomizationsOf(read, { files, kustomized: new Set() });
  const listed = new Set([...kustomizations.values()].flatMap((kustomization) => kustomization.files));
  const objects = [...listed].flatMap((path) =>
    (files.get(path)?.documents ?? []).flatMap(({ content }) => (content.kind === 'objects' ? content.objects : [])),
  );
  return [...objects, ...read.flatMap(generatedIn)];
}

function generatedIn(file: ManifestFile): readonly Candidate[] {
  return Object.entries({ configMapGenerator: 'ConfigMap', secretGenerator: 'Secret' }).flatMap(([field, kind]) => {
    const generators = kustomizationIn(file, [field]);
    const list: readonly unknown[] = Array.isArray(generators) ? generators : [];
    return list.flatMap((generator) => {
      const name = textIn(generator, 'name');
      return name === undefined ? [] : { kind, name };
    });
  });
}

function filesOf(renders: readonly Rendered[], files: Files): readonly ManifestFile[] {
  return [...new Set(renders.flatMap(({ read }) => read))].flatMap((path) => files.get(path) ?? []);
}

function kustomizationIn(file: ManifestFile, path: JsonPath) {
  for (const { content } of file.documents)
    if (content.kind === 'kustomization' && isJsonObject(content.value)) return valueAt(content.value, path);
  return undefined;
}

function textIn(value: unknown, name: string): string | undefined {
  const found = isJsonObject(value) ? value[name] : undefined;
  return typeof found === 'string' && found !== '' ? found : undefined;
}

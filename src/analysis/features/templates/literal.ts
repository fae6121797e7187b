/**
 * What templates say without being rendered: labels, selectors, names and ports that are written out. It is told as what
 * is written alike in the chart's templates; who selects whom in a cluster is for the rendered manifests to say.
 */

import { assertNever } from '#base/assert';
import type { Position, Range } from '#base/text';
import { fieldAt, mendedFile, readManifest } from '#manifest/index';
import type { FieldAtPosition, ManifestFile } from '#manifest/types';
import type { KubernetesObject } from '#model/object';
import { defaultSettings } from '#model/settings';
import { code, escape } from '../../markdown';
import type { Place } from '../../types';
import type { Workspace } from '../../workspace';
import { few } from '../few';
import { keyOf } from '../mentions/keys';
import { placeOfMention } from '../mentions/mention-places';
import { mentionsOf } from '../mentions/mentions';
import type { Meaning, Mention } from '../mentions/types';
import { templateText } from './actions';
import { chartOf, isTemplatePath, templatesOf } from './chart';

/** Stands for each character that an action writes: no manifest has it. */
const opaque = '\uE000';

const known = new WeakMap<ManifestFile, ManifestFile>();

/** The template with opaque text in place of its actions; each line and column is the same place. */
function literalFile(file: ManifestFile): ManifestFile {
  let literal = known.get(file);
  if (!literal) known.set(file, (literal = readLiteral(file)));
  return literal;
}

function readLiteral(file: ManifestFile): ManifestFile {
  let text = '';
  let end = 0;
  for (const action of templateText(file).actions) {
    text += file.text.slice(end, action.start) + file.text.slice(action.start, action.end).replaceAll(/[^\r\n]/g, opaque); // prettier-ignore
    end = action.end;
  }
  text += file.text.slice(end);
  // A line of nothing but actions is none of the manifest; a release puts its objects in one namespace.
  const lines = new RegExp(`^([ \\t]*(?:namespace:)?[ \\t]*(?:${opaque}+[ \\t]*)+)$`, 'gm');
  const literal = readManifest(
    file.path,
    text.replaceAll(lines, (line) => ' '.repeat(line.length)),
  );
  const mended = mendedFile(literal);
  return mended ? readManifest(file.path, mended.text) : literal;
}

/** What is written out at a position of a template, and where it is written alike in the chart. */
export interface LiteralAt {
  readonly range: Range;
  readonly meaning: Meaning;
  readonly object: KubernetesObject;
  /** The place itself too, in the order of the files. */
  readonly alike: readonly LiteralPlace[];
}

export interface LiteralPlace extends Place {
  readonly object: KubernetesObject;
  readonly mention: Mention;
}

export function literalAt(workspace: Workspace, path: string, position: Position): LiteralAt | undefined {
  const file = workspace.file(path);
  const chart = file && chartOf(workspace, path);
  if (!file || !chart || !isTemplatePath(chart, path)) return undefined;
  const all = templatesOf(workspace, chart).flatMap((each) => placesIn(literalFile(each)));
  const field = fieldAt(literalFile(file), position);
  const own = field && all.find((place) => place.file === path && isAt(place, field));
  if (!own) return undefined;
  const { meaning } = own.mention;
  const key = keyOf(meaning);
  const alike = all.filter(({ mention }) => keyOf(mention.meaning) === key);
  return { range: own.range, meaning, object: own.object, alike };
}

/** Whether it stands at the field; a pair of a label and its value is one. */
function isAt({ object: { origin }, mention }: LiteralPlace, { document, path }: FieldAtPosition): boolean {
  return origin.document === document && JSON.stringify([...origin.path, ...mention.path]) === JSON.stringify(path);
}

/** All that is written out in a template and means something to others; keys of labels mean it with their values. */
function placesIn(file: ManifestFile): LiteralPlace[] {
  const files = { file: () => file };
  const objects = file.documents.flatMap(({ content }) => (content.kind === 'objects' ? content.objects : []));
  return objects.flatMap((object) =>
    mentionsOf(object, defaultSettings.clusterDomain).flatMap((mention) => {
      const isWritten = mention.part === 'value' && !keyOf(mention.meaning).includes(opaque);
      const place = isWritten ? placeOfMention({ object, mention }, files) : undefined;
      return place ? { ...place, object, mention } : [];
    }),
  );
}

export function definitionOfLiteral({ alike, range }: LiteralAt): Place[] {
  const isSelf = (place: LiteralPlace) => place.range === range;
  const wanted = alike.filter(isSelf).some(({ mention }) => mention.role === 'definition') ? 'reference' : 'definition'; // prettier-ignore
  return alike.flatMap((place) => (place.mention.role === wanted && !isSelf(place) ? { file: place.file, range: place.range } : [])); // prettier-ignore
}

export function hoverOfLiteral({ alike, range, meaning }: LiteralAt): string | undefined {
  const others = alike.filter((place) => place.range !== range);
  if (others.length === 0) return undefined;
  const rows = others.map(({ file, range: { start }, object, mention }) => {
    const what = mention.role === 'definition' && meaning.kind === 'label' ? 'labels of' : 'in';
    return `- ${what} ${escape(nameOf(object))}, ${escape(file)}:${start.line + 1}`;
  });
  return [`${code(textOf(meaning))} stands also in these templates, as they are written (nothing is rendered for this):`, ...few(rows)].join('\n'); // prettier-ignore
}

/** The name is known where it is written out. */
function nameOf({ kind, name }: KubernetesObject): string {
  return name.includes(opaque) ? `a ${kind}` : `${kind} ${name}`;
}

function textOf(meaning: Meaning): string {
  switch (meaning.kind) {
    case 'label':
    case 'namespace-label':
      return `${meaning.key}: ${meaning.value}`;
    case 'service':
      return meaning.service.slice(meaning.service.indexOf('/') + 1);
    case 'service-port':
      return String(meaning.port);
    case 'gateway':
      return meaning.gateway;
    case 'label-key':
    case 'namespace-label-key':
      return meaning.key;
    case 'container-port':
    case 'namespace':
    case 'listener':
      return meaning.name;
    default:
      return assertNever(meaning);
  }
}

/** What a scope says at places of a file: about the objects that stand in it, or that were rendered from it. */

import { comparePositions } from '#base/text';
import { lineIndexOf } from '#manifest/index';
import type { ManifestFile } from '#manifest/types';
import type { KubernetesObject } from '#model/object';
import type { ObjectFindings } from './context';
import type { AboutObject } from './control/control';
import { ignoresOf } from './control/ignores';
import { placedWhereItDiffers, type EnginesOfFiles } from './differing-place';
import type { Files } from './places';
import type { ScopeEngine } from './scope-engine';
import type { Place } from './types';

export function saidAt(engine: ScopeEngine, path: string, files: Files & EnginesOfFiles): readonly AboutObject[] {
  const { rendered } = engine.scope;
  if (rendered === undefined) return about(engine, engine.objectsOfFile(path));
  const renderedFile = files.file(rendered);
  // What is said waits for its place.
  if (engine.isHeld && path !== rendered) return [];
  const own = path === rendered ? engine.objectsOfFile(path) : [...engine.objectsMentioning(path)];
  const said = about(engine, inOrder(own)).map((each) => ({
    ...each,
    about: placed(renderedFile ? withoutAnnotated(each, renderedFile) : each.about, engine, files),
  }));
  return path === rendered ? said : said.flatMap((each) => inFile(each.about, path, files.file(path)));
}

function placed(found: ObjectFindings, engine: ScopeEngine, all: EnginesOfFiles): ObjectFindings {
  const findings = found.findings.map((finding) => placedWhereItDiffers(finding, engine, all));
  return findings.every((finding, i) => finding === found.findings[i]) ? found : { ...found, findings };
}

function about(engine: ScopeEngine, objects: readonly KubernetesObject[]): AboutObject[] {
  return objects.flatMap((object) => {
    const found = engine.findingsAbout(object);
    return found ? [{ origin: object.origin, about: found }] : [];
  });
}

/** Derived in whatever order, they are told in that of the rendered text. */
function inOrder(objects: readonly KubernetesObject[]): KubernetesObject[] {
  return [...objects].sort((a, b) => a.origin.document - b.origin.document);
}

/** An annotation comes through every engine; a comment is looked for where the finding stands. */
function withoutAnnotated({ origin, about: found }: AboutObject, rendered: ManifestFile): ObjectFindings {
  const codes = new Set(
    ignoresOf(rendered).flatMap(({ code, covers }) =>
      covers.kind === 'object' && covers.document === origin.document ? [code] : [],
    ),
  );
  if (codes.size === 0) return found;
  return { ...found, findings: found.findings.filter(({ code }) => !codes.has(code)) };
}

/** The part that stands in the file, by the document there. */
function inFile(found: ObjectFindings, path: string, file: ManifestFile | undefined): AboutObject[] {
  const isHere = ({ place }: { readonly place: Place }) => place.file === path;
  const here = [...found.findings, ...found.unknowns, ...(found.open ?? [])].filter(isHere);
  const documents = new Set(here.map(({ place }) => documentAt(file, place)));
  return [...documents].map((document) => {
    const isInDocument = (said: { readonly place: Place }) => isHere(said) && documentAt(file, said.place) === document;
    return {
      origin: { document, path: [] },
      about: {
        findings: found.findings.filter(isInDocument),
        unknowns: found.unknowns.filter(isInDocument),
        open: (found.open ?? []).filter(isInDocument),
        searched: found.searched,
      },
    };
  });
}

function documentAt(file: ManifestFile | undefined, { range }: Place): number {
  if (!file) return 0;
  const lines = lineIndexOf(file);
  const found = file.documents.findLast(({ span }) => comparePositions(lines.position(span.start), range.start) <= 0);
  return found?.index ?? 0;
}

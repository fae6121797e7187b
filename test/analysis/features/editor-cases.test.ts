/**
 * Editor features, case by case: each file below test/cases is a sentence, a workspace with cursors (‸), and what the
 * editor gets there. `vitest run test/analysis/features -u` writes what came out into the files.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { calleesOf, callersOf, callItemAt, type Call } from '#analysis/features/call-hierarchy';
import { completions } from '#analysis/features/completion/completion';
import { definition } from '#analysis/features/definition';
import { documentLinks } from '#analysis/features/document-links';
import { workspaceSymbols } from '#analysis/features/workspace-symbols';
import { refactorings } from '#analysis/features/refactorings/refactorings';
import { highlights, references } from '#analysis/features/references';
import { inlayHints } from '#analysis/features/inlay-hints';
import { lenses, lensTitle } from '#analysis/features/lens';
import { rename, renameTarget } from '#analysis/features/rename';
import { createWorkspace, type Workspace } from '#analysis/workspace';
import { defaultSettings } from '#model/settings';
import { nodeEngine } from '#render/node';
import { renderToRest } from '#server/renders/at-rest';
import { RenderWork } from '#server/renders/render-work';
import { SourceFiles } from '#server/renders/source-files';
import { haveEngines } from '../../render/support';
import { root } from '../../support/program';
import { fill, parseCase, printRange, renderCase, sayHover, workspaceOf, type Say } from './case-file';

const cases = join(import.meta.dirname, '../../cases');

const sayReferences: Say = (workspace, { file, position }, print) => {
  const found = references(workspace, file, position, 'all');
  const here = highlights(workspace, file, position);
  return [
    ...definition(workspace, file, position).map((place) => `definition ${print(place)}`),
    ...found.map((place) => `${here.some((each) => print(each) === print(place)) ? 'highlight' : 'reference'} ${print(place)}`), // prettier-ignore
    ...(found.length === 0 ? ['no references'] : []),
  ];
};

/** What a new name of each kind would change; a name that is none, to see the refusal. */
const sayRename: Say = (workspace, { file, position }, print) => {
  const target = renameTarget(workspace, file, position);
  if (!target) return ['no rename'];
  const lines = [`rename ${print({ file, range: target.range })}`];
  for (const name of ['new-name', 'web', 'Not.A-Name!']) {
    const renamed = rename(workspace, file, position, name);
    if ('refused' in renamed) lines.push(`${name}: refused: ${renamed.refused}`);
    else lines.push(`${name}: ${renamed.edits.length} edits`);
    if ('refused' in renamed || name !== 'new-name') continue;
    for (const edit of renamed.edits)
      lines.push(
        `  ${print(edit)} → ${edit.newText}${edit.immutable === undefined ? '' : ` (${edit.immutable})`}${edit.isIdentity ? ' (another object)' : ''}`,
      );
  }
  return lines;
};

/** Lenses and hints are those of files, not of a place. */
function sayLenses(workspace: Workspace, files: Iterable<string>): string[] {
  const whole = { start: { line: 0, character: 0 }, end: { line: 1e6, character: 0 } };
  return [...files].flatMap((file) => [
    `--- ${file}`,
    ...lenses(workspace, file).map((lens) => `${lens.position.line + 1}:${lens.position.character + 1} ${lensTitle(workspace, file, lens) ?? '(nothing)'}`), // prettier-ignore
    ...inlayHints(workspace, file, whole).map(({ position, label, tooltip }) => `${position.line + 1}:${position.character + 1} ${label} (${tooltip})`), // prettier-ignore
  ]);
}

/** What is offered, and what it would replace. */
const sayCompletions: Say = (workspace, { file, position }, print) => {
  const found = completions(workspace, file, position, 'alone');
  if (!found) return ['nothing'];
  const beside = completions(workspace, file, position, 'beside schemas')?.items ?? [];
  return [
    `replaces ${print({ file, range: found.range })}`,
    ...found.items.map(({ label, insert, detail, documentation }) =>
      `  ${label}${insert === label ? '' : ` (${JSON.stringify(insert)})`}: ${documentation ?? detail}${beside.some((each) => each.label === label) ? '' : ' (by schema)'}`), // prettier-ignore
  ];
};

/** Who reaches it, and whom it reaches. */
const sayCalls: Say = (workspace, { file, position }, print) => {
  const item = callItemAt(workspace, file, position);
  if (!item) return ['no calls'];
  const line = (word: string, file: string, { item: other, ranges }: Call) =>
    `  ${word} ${other.kind} ${other.namespace}/${other.name}: ${ranges.map((range) => print({ file, range })).join(', ')}`;
  return [
    `${item.kind} ${print(item.place)}`,
    ...callersOf(workspace, item).map((call) => line('from', call.item.place.file, call)),
    ...calleesOf(workspace, item).map((call) => line('to', item.place.file, call)),
  ];
};

/** What a chart's text says: hover, definition, references and completion. */
const sayTemplates: Say = (workspace, at, print) => {
  const { file, position } = at;
  const offered = completions(workspace, file, position, 'alone');
  return [
    ...sayHover(workspace, at, print),
    ...references(workspace, file, position, 'all').map((place) => `reference ${print(place)}`),
    ...(offered ? [`replaces ${print({ file, range: offered.range })}`] : []),
    ...(offered?.items ?? []).map(({ label, detail, documentation }) => `  ${label}: ${detail} ${documentation ?? ''}`.trimEnd()), // prettier-ignore
  ];
};

/** What each refactoring would write, and where. */
const sayRefactorings: Say = (workspace, { file, position }, print) => {
  const found = refactorings(workspace, file, position);
  if (found.length === 0) return ['no refactoring'];
  return found.flatMap(({ title, kind, edits }) => [
    `${kind}: ${title}`,
    ...edits.flatMap((edit) => [`  at ${print(edit)}`, ...edit.newText.trimEnd().split('\n').map((each) => `    ${each}`.trimEnd())]), // prettier-ignore
  ]);
};

const features: Readonly<Record<string, Say>> = {
  calls: sayCalls,
  references: sayReferences,
  rename: sayRename,
  completion: sayCompletions,
  refactorings: sayRefactorings,
  templates: sayTemplates,
};

describe('lens', () => {
  for (const name of readdirSync(join(cases, 'lens')).sort()) {
    it(name, async () => {
      const path = join(cases, 'lens', name);
      const { introduction, files } = parseCase(readFileSync(path, 'utf8'));
      const said = sayLenses(workspaceOf(files), files.keys());
      const given = [...files].flatMap(([file, text]) => [`=== ${file}`, text.trimEnd(), '']);
      await expect([introduction, '', ...given, ...said, ''].join('\n')).toMatchFileSnapshot(path);
    });
  }
});

describe('links', () => {
  for (const name of readdirSync(join(cases, 'links')).sort()) {
    it(name, async () => {
      const path = join(cases, 'links', name);
      const { introduction, files } = parseCase(readFileSync(path, 'utf8'));
      const workspace = workspaceOf(files);
      const given = [...files].flatMap(([file, text]) => [`=== ${file}`, text.trimEnd(), '']);
      const said = [...files.keys()].flatMap((file) => [
        `--- ${file}`,
        ...documentLinks(workspace, file).map(({ range, target, tooltip }) => `${printRange(range)} → ${tooltip}, ${target.file}:${printRange(target.range)}`), // prettier-ignore
      ]);
      const symbols = workspaceSymbols(workspace, '').map(({ name: symbol, kind, container, place }) => `${kind} ${container}/${symbol} ${place.file}:${printRange(place.range)}`); // prettier-ignore
      await expect([introduction, '', ...given, ...said, '--- symbols', ...symbols, ''].join('\n')).toMatchFileSnapshot(
        path,
      );
    });
  }
});

/** Several scopes in one workspace, as kustomizations make them. */
describe('kustomizations', () => {
  for (const name of readdirSync(join(cases, 'kustomizations')).sort()) {
    it(name, async () => {
      const path = join(cases, 'kustomizations', name);
      const given = parseCase(readFileSync(path, 'utf8'));
      const workspace = fill(createWorkspace({ settings: defaultSettings, roots: [] }), given.files);
      const say: Say = (...at) => [...sayHover(...at), ...sayReferences(...at), ...sayRename(...at)];
      await expect(renderCase(given, say, workspace)).toMatchFileSnapshot(path);
    });
  }
});

/** The same where the engines render what the scopes have. */
describe.skipIf(!haveEngines())('rendered', () => {
  const engine = nodeEngine(join(root, 'dist'));
  const nothingElse = { list: () => Promise.resolve([]), read: () => Promise.resolve(undefined) };
  afterAll(() => {
    engine.dispose();
  });

  for (const name of readdirSync(join(cases, 'rendered')).sort()) {
    it(name, async () => {
      const path = join(cases, 'rendered', name);
      const given = parseCase(readFileSync(path, 'utf8'));
      const workspace = fill(createWorkspace({ settings: defaultSettings, roots: [] }), given.files);
      const work = new RenderWork(engine, new SourceFiles(nothingElse), {
        rendered: (plan, result) => {
          workspace.setRendered(plan, result);
        },
      });
      // Each scope is one that somebody looks at.
      await renderToRest(work, workspace, () => true);
      const say: Say = (...at) => [...sayHover(...at), ...sayReferences(...at), ...sayRename(...at), ...sayCompletions(...at)]; // prettier-ignore
      await expect(renderCase(given, say, workspace)).toMatchFileSnapshot(path);
    });
  }
});

for (const [feature, say] of Object.entries(features)) {
  describe(feature, () => {
    for (const name of readdirSync(join(cases, feature)).sort()) {
      it(name, async () => {
        const path = join(cases, feature, name);
        await expect(renderCase(parseCase(readFileSync(path, 'utf8')), say)).toMatchFileSnapshot(path);
      });

      it(`${name}, with the line ends of Windows`, () => {
        const { introduction, files } = parseCase(readFileSync(join(cases, feature, name), 'utf8'));
        const other = new Map([...files].map(([path, text]) => [path, text.replaceAll('\n', '\r\n')]));
        const said = renderCase({ introduction, files: other }, say).replaceAll('\r', '');
        expect(said).toBe(renderCase({ introduction, files }, say));
      });
    }
  });
}

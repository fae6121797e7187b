/**
 * Which renders a workspace asks for, case by case: each file of test/cases/plans is a sentence, a workspace, and its
 * plans. `vitest run test/manifest/plans.test.ts -u` writes what came out into the files.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { readManifest, readSettingsFile } from '#manifest/index';
import { defaultPlanSettings, plansOf, type PlanReading, type WorkspacePlan } from '#manifest/plans/index';
import { printPath } from '#base/json';

const folder = join(import.meta.dirname, '../cases/plans');
const names = readdirSync(folder).filter((name) => name.endsWith('.case')).sort(); // prettier-ignore
const result = '=== plans';

interface Case {
  readonly head: string;
  readonly files: ReadonlyMap<string, string>;
}

function parse(text: string): Case {
  const [head = '', ...rest] = text.split(/^=== /m);
  const files = rest.map((part): [string, string] => {
    const end = part.indexOf('\n');
    return [part.slice(0, end).trim(), part.slice(end + 1).trimEnd() + '\n'];
  });
  return { head: head.trim(), files: new Map(files.filter(([name]) => name !== 'plans')) };
}

function readingOf({ files }: Case, before?: PlanReading): PlanReading {
  const settings = readSettingsFile(files.get('.service-topology.yaml') ?? '').settings;
  const read = [...files].filter(([path]) => path !== '.service-topology.yaml').map(([path, text]) => readManifest(path, text)); // prettier-ignore
  const { charts = [], bases = [], kubernetesVersion } = settings;
  return plansOf(read, { ...defaultPlanSettings, charts, bases, kubernetesVersion }, before);
}

function render(given: Case): string {
  const { plans, bases, problems, elsewhere } = readingOf(given);
  const parts = [...given.files].map(([path, text]) => `=== ${path}\n${text}`);
  const said = [
    ...plans.map((plan) => printPlan(plan)),
    ...(bases.length > 0 ? [`bases: ${bases.map(({ name }) => name).join(', ')}`] : []),
    ...[...problems].flatMap(([path, found]) => found.map(({ code, message, range }) => `${path}:${range.start.line + 1}:${range.start.character + 1} ${code}: ${message}`)), // prettier-ignore
    ...elsewhere.map(({ file, path, what }) => `${file} ${printPath(path)}: ${what}`),
  ];
  return [given.head + '\n', ...parts, `${result}\n${said.length > 0 ? said.join('\n') : 'none'}\n`].join('\n');
}

/** What is empty, or the folder's files alone, is not told. */
function printPlan({
  id,
  name,
  request,
  askedBy,
  namespace,
  unavailable,
  reads,
  offered,
  notes,
  isAsWritten,
}: WorkspacePlan): string {
  const facts: [string, string | undefined][] = [
    ['id', id],
    ['asked by', askedBy && `${askedBy.file} ${askedBy.document} ${printPath(askedBy.path)}`.trim()],
    ['namespace', namespace],
    ['as written', isAsWritten ? 'yes' : undefined],
    ...(request.kind === 'helm'
      ? ([
          ['release', `${request.release} in ${request.namespace}`],
          ['values', request.valueFiles.join(' ')],
          ['inline', request.inlineValues.map((text) => text.trim()).join(' ')],
          ['set', request.set.join(' ')],
          ['set as text', request.setString?.join(' ')],
          ['version', request.kubernetesVersion],
          ['crds', request.includeCrds ? 'included' : undefined],
        ] as [string, string | undefined][])
      : ([
          ['adds', request.additions],
          ['substitutes', request.substitute && JSON.stringify(request.substitute)],
        ] as [string, string | undefined][])),
    ['reads', reads.join(' ')],
    ['offered', offered.join(' ')],
    ['unavailable', unavailable.join('; ')],
    ['notes', notes.join('; ')],
  ];
  const lines = facts.flatMap(([key, value]) =>
    value ? [`  ${key}: ${value.trim().replaceAll('\n', '\n    ')}`] : [],
  );
  const place = request.folder === '' ? '.' : request.folder;
  return [`${name} = ${request.kind} ${place}`, ...lines].join('\n');
}

const odd = fc.constantFrom<unknown>(
  null,
  '',
  'x',
  -1,
  true,
  [],
  {},
  [null],
  [[]],
  ['x', {}],
  { name: 3 },
  '{{ .x',
  '../../..',
);

/** The documents of a file with something else at one place of one of them. */
function spoiled(text: string, picks: readonly number[], value: unknown): string {
  const documents = parseAllDocuments(text);
  const document = documents[(picks[0] ?? 0) % Math.max(1, documents.length)];
  const path: (string | number)[] = [];
  let current: unknown = document?.toJS();
  for (const pick of picks.slice(1)) {
    if (typeof current !== 'object' || current === null) break;
    const keys = Object.keys(current);
    const key = keys[pick % Math.max(1, keys.length)];
    if (key === undefined) break;
    path.push(Array.isArray(current) ? Number(key) : key);
    current = (current as Record<string, unknown>)[key];
  }
  if (path.length > 0) document?.setIn(path, value);
  return documents.map(String).join('---\n');
}

describe('what nobody would write', () => {
  const cases = names.map((name) => parse(readFileSync(join(folder, name), 'utf8')));

  it('never throws, and tells plans apart', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.array(fc.nat(50), { minLength: 2, maxLength: 9 }), odd, (one, file, picks, value) => {
        const given = cases[one % cases.length]!;
        const paths = [...given.files.keys()].filter((path) => !path.includes('/templates/') && !path.includes('helmfile.d'));
        const path = paths[file % paths.length]!;
        const files = new Map([...given.files, [path, spoiled(given.files.get(path)!, picks, value)]]);
        const { plans } = readingOf({ ...given, files });
        expect(new Set(plans.map(({ name }) => name)).size).toBe(plans.length);
        expect(new Set(plans.map(({ id }) => id)).size).toBe(plans.length);
      }),
      { numRuns: 400 },
    );
  });
}); // prettier-ignore

describe.each(names)('%s', (name) => {
  const path = join(folder, name);
  const given = parse(readFileSync(path, 'utf8'));

  it('has the plans that the case says', async () => {
    await expect(render(given)).toMatchFileSnapshot(path);
  });

  it('gives the same values again, in whatever order the files come', () => {
    const before = readingOf(given);
    const turned = { ...given, files: new Map([...given.files].reverse()) };
    const after = readingOf(turned, before);
    for (const [index, plan] of after.plans.entries()) expect(plan).toBe(before.plans[index]);
    expect(after.plans).toHaveLength(before.plans.length);
  });

  it('has names and ids that tell the plans apart', () => {
    const { plans, bases } = readingOf(given);
    for (const values of [
      plans.map((plan) => plan.id),
      plans.map((plan) => plan.name),
      [...plans, ...bases].map((plan) => plan.id),
    ])
      // prettier-ignore
      expect(new Set(values).size).toBe(values.length);
  });
});

/**
 * Puts small faults into the rules, one at a time, and runs the cases of the findings against each: prints the faults
 * that nobody notices. `npm run test:mutation [-- --all | --rules | WORD …]`
 * Without anything some 600 mutants, evenly spread; `--rules`: each rule switched off, each word to the report and each
 * mark of a dependency left out; a word: all mutants of the files whose names have it.
 * What no case notices goes to the type checker; mutants of the table of equal ones are left out.
 * Ends with 1 where a rule, a finding or a dependency can be left out unnoticed, or the table is not right.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { equalMutants } from './equal.mjs';
import { createTypeCheck } from './types.mjs';

const root = resolve(import.meta.dirname, '../..');
const rules = join(root, 'src/analysis/rules');
const cache = join(root, 'node_modules/.cache/mutation', String(process.pid));
const usualNumber = 600;
/** Without these something would not be said, or not be said anew. */
const graveKinds = ['rule', 'statement', 'dependency'];

const words = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const [isAll, isRules] = ['--all', '--rules'].map((flag) => process.argv.includes(flag));

async function bundle(entry, options) {
  const outfile = join(cache, `${entry}.mjs`);
  await build({
    entryPoints: [join(import.meta.dirname, `${entry}.ts`)],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile,
    logLevel: 'error',
    ...options,
  });
  return import(pathToFileURL(outfile).href);
}

/** The rules' files with their mutants, by path. */
function instrumentRules(instrument) {
  const files = new Map();
  const mutants = [];
  for (const name of readdirSync(rules).sort()) {
    if (name === 'index.ts' || name === 'report.ts') continue;
    const path = join(rules, name);
    const made = instrument(name, readFileSync(path, 'utf8'), mutants.length);
    files.set(path, made.text);
    mutants.push(...made.mutants);
  }
  return { files, mutants };
}

function loadHarness(files) {
  return bundle('harness', {
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    alias: { vitest: join(import.meta.dirname, 'vitest-shim.ts') },
    plugins: [
      {
        name: 'mutants',
        setup({ onLoad }) {
          onLoad({ filter: /src[\\/]analysis[\\/]rules[\\/]/ }, ({ path }) => {
            const contents = files.get(path);
            return contents === undefined ? undefined : { contents, loader: 'ts' };
          });
        },
      },
    ],
  });
}

/** The switch: which mutant is on, which ones were passed, and how often, so that a loop without end comes to one. */
const state = { on: -1, passed: new Set(), steps: 0, most: Infinity };
globalThis.mutant = (id) => {
  if (++state.steps > state.most) throw new Error('without end');
  state.passed.add(id);
  return id === state.on;
};

function run(work) {
  state.steps = 0;
  try {
    return work();
  } catch (error) {
    return `failed: ${error.message}`;
  }
}

function chosenOf(mutants) {
  const named = mutants.filter(({ file }) => words.length === 0 || words.some((word) => file.includes(word)));
  if (isAll || words.length > 0) return named;
  if (isRules) return named.filter(({ kind }) => graveKinds.includes(kind));
  const step = Math.max(1, Math.floor(named.length / usualNumber));
  return named.filter(({ kind }, index) => graveKinds.includes(kind) || index % step === 0);
}

const { instrument } = await bundle('instrument', { packages: 'external' });
const { files, mutants } = instrumentRules(instrument);
const { readCases } = await loadHarness(files);
rmSync(cache, { recursive: true });
const began = performance.now();
const cases = readCases(join(root, 'test/cases/findings')).map((each) => {
  state.passed = new Set();
  const told = run(() => each.told());
  const steps = state.steps;
  return { ...each, base: told, passed: state.passed, steps };
});

/** Whether one of the cases that come by the mutant tells something else. */
function isNoticed({ id, isOfDependency }) {
  const met = cases.filter(({ passed }) => passed.has(id)).sort((a, b) => a.steps - b.steps);
  state.on = id;
  const noticed = met.some((each) => {
    state.most = 100_000 + 20 * each.steps;
    const told = run(() => each.told()) !== each.base;
    state.most = Infinity;
    return told || (isOfDependency && run(() => each.followsEdits()) !== true);
  });
  state.on = -1;
  return noticed ? 'noticed' : met.length === 0 ? 'never met' : 'survived';
}

const equal = new Set(equalMutants.flatMap(({ file, changes }) => changes.map((change) => `${file}: ${change}`)));
const idOf = ({ file, change }) => `${file}: ${change}`;
const known = new Set(mutants.map(idOf));
const idle = [...equal].filter((id) => !known.has(id));
for (const id of idle) console.log(`the table of equal mutants has one that is none: ${id}`);

const isRefused = createTypeCheck(join(root, 'src/analysis/tsconfig.json'), root);
const chosen = chosenOf(mutants);
const survivors = [];
const unlike = [];
let [refused, left] = [0, 0];
const byKind = new Map();
for (const mutant of chosen) {
  const isEqual = equal.has(idOf(mutant));
  const result = isNoticed(mutant);
  if (isEqual && result !== 'noticed') {
    left++;
    continue;
  }
  if (isEqual) unlike.push(mutant);
  if (result !== 'noticed' && isRefused(join(rules, mutant.file), mutant.edit)) {
    refused++;
    continue;
  }
  const counts = byKind.get(mutant.kind) ?? { all: 0, noticed: 0 };
  counts.all++;
  if (result === 'noticed') counts.noticed++;
  else survivors.push({ ...mutant, result });
  byKind.set(mutant.kind, counts);
}

for (const { file, line, kind, change, result } of survivors)
  console.log(`src/analysis/rules/${file}:${line}  ${kind}, ${result}: ${change}`);
const all = chosen.length - refused - left;
const noticed = all - survivors.length;
const percent = ((100 * noticed) / Math.max(1, all)).toFixed(1);
console.log(
  [...byKind].map(([kind, { all, noticed: some }]) => `${kind} ${some}/${all}`).join(', '),
  `\n${noticed} of ${all} mutants noticed (${percent} %; there are ${mutants.length}; the type checker refuses ${refused}, ${left} are equal) by ${cases.length} cases in ${((performance.now() - began) / 1000).toFixed(0)} s`,
);
for (const { file, line, change } of unlike.filter(
  (each) => mutants.filter((other) => idOf(other) === idOf(each)).length === 1,
))
  console.log(`src/analysis/rules/${file}:${line}  is in the table of equal mutants, and is noticed: ${change}`);
if (idle.length > 0 || survivors.some(({ kind }) => graveKinds.includes(kind))) process.exitCode = 1;

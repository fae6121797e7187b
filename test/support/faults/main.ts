/** What `npm run bench:findings FOLDER` runs: the score by kind of fault, and what is said of the manifests as they are. */

import { allFindings, isAlarm, runKind, type NamedWorkspace } from './inject';
import { faultKinds } from './kinds/index';
import { loadWorkspaces } from './load';
import type { KindScore, Verdict } from './types';

const [folder, ...flags] = process.argv.slice(2);
const limit = numberOf('--each') ?? 6;
const seed = valueOf('--seed') ?? '1';
const only = valueOf('--only');
const isVerbose = flags.includes('--verbose');

function valueOf(flag: string): string | undefined {
  const at = flags.indexOf(flag);
  return at < 0 ? undefined : flags[at + 1];
}

function numberOf(flag: string): number | undefined {
  const text = valueOf(flag);
  return text === undefined ? undefined : Number(text);
}

function print(text = ''): void {
  process.stdout.write(`${text}\n`);
}

function count(verdicts: readonly Verdict[], result: Verdict['result']): number {
  return verdicts.filter((verdict) => verdict.result === result).length;
}

function printScore(scores: readonly KindScore[]): void {
  print(`${'fault'.padEnd(52)} put in  found  other cause  unknown  missed  noise  no fault`);
  const row = (name: string, verdicts: readonly Verdict[], dropped: number) => {
    const noise = verdicts.filter((verdict) => verdict.noise.length > 0).length;
    const numbers = [verdicts.length, count(verdicts, 'found'), count(verdicts, 'other cause'), count(verdicts, 'unknown'), count(verdicts, 'missed'), noise, dropped]; // prettier-ignore
    const widths = [6, 7, 13, 9, 8, 7, 10];
    print(name.padEnd(52) + numbers.map((number, i) => String(number).padStart(widths[i]!)).join(''));
  };
  for (const { kind, verdicts, dropped } of scores) row(kind, verdicts, dropped);
  const all = scores.flatMap(({ verdicts }) => verdicts);
  row('all', all, scores.reduce((sum, { dropped }) => sum + dropped, 0)); // prettier-ignore
  const found = all.filter(({ result }) => result === 'found');
  const severities = ['error', 'warning', 'info', 'hint'].map((severity) => `${found.filter((each) => each.severity === severity).length} ${severity}`); // prettier-ignore
  print(`\nfound with the cause: ${percent(found.length, all.length)} of ${all.length} faults of ${scores.length} kinds, as ${severities.join(', ')}`); // prettier-ignore
}

function percent(part: number, whole: number): string {
  return whole === 0 ? 'none' : `${((part / whole) * 100).toFixed(1)} %`;
}

function printVerdicts(scores: readonly KindScore[]): void {
  for (const verdict of scores.flatMap(({ verdicts }) => verdicts)) {
    const isClean = verdict.result === 'found' && verdict.noise.length === 0 && verdict.falseAlarms.length === 0;
    if (isClean && !isVerbose) continue;
    print(`\n${verdict.result}: ${verdict.kind}, in ${verdict.application}\n  ${verdict.change}`);
    for (const line of verdict.told) print(`  told: ${line}`);
    for (const line of verdict.noise) print(`  noise: ${line}`);
    for (const line of verdict.falseAlarms) print(`  false alarm before the fault: ${line}`);
  }
}

/** What is said of warning level and above, for a careful reader to judge. */
function printAlarms(workspaces: readonly NamedWorkspace[]): void {
  const applications = workspaces.flatMap(({ workspace }) => workspace.scopes).filter(({ simulation }) => [...simulation.controlPlane.services()].length > 0 && [...simulation.controlPlane.pods()].length > 0); // prettier-ignore
  print(`\nUnmodified: ${applications.length} applications (scopes with a Service and a pod)`);
  let alarms = 0;
  for (const { name, workspace } of workspaces)
    for (const { code, severity, message, details, place } of allFindings(workspace).filter(isAlarm)) {
      alarms++;
      print(`${severity} ${code} ${name}/${place.file}:${place.range.start.line + 1}\n  ${[message, ...details.map(({ text }) => text)].join('\n  ')}`); // prettier-ignore
    }
  print(`${alarms} findings of warning level and above`);
}

async function run(): Promise<void> {
  if (folder === undefined || folder.startsWith('--')) {
    process.stderr.write(
      'usage: npm run bench:findings -- FOLDER [--each N] [--seed TEXT] [--only WORDS] [--verbose]\n',
    );
    process.exitCode = 2;
    return;
  }
  const workspaces = await loadWorkspaces(folder);
  const kinds = faultKinds.filter(({ name }) => only === undefined || name.includes(only));
  const scores = kinds.map((kind) => runKind(kind, workspaces, limit, seed));
  printVerdicts(scores);
  print();
  printScore(scores);
  if (only === undefined) printAlarms(workspaces);
}

void run();

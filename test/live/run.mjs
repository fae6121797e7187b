/**
 * Runs the tests against a real control plane, whose programs it builds where the cache has none.
 * `npm run test:live [-- --build PROGRAM | --skip-without-go | VITEST’S ARGUMENTS]`
 *   --build            builds what is missing (only PROGRAM, where one is named), and runs nothing
 *   --skip-without-go  says what is missing on a machine without Go, and calls that no failure
 */
import { spawnSync } from 'node:child_process';
import { buildPrograms, lacking, unusablePrograms } from './build.mjs';
import { programFolder, programs } from './programs.mts';

const given = process.argv.slice(2);
const maySkip = given.includes('--skip-without-go');
const onlyBuild = given.includes('--build');
const args = given.filter((word) => word !== '--skip-without-go' && word !== '--build');

const named = onlyBuild ? programs.filter(({ name }) => args.includes(name)) : [];
const wanted = unusablePrograms().filter((program) => named.length === 0 || named.includes(program));
if (wanted.length > 0) {
  const lacks = lacking();
  if (lacks !== undefined) {
    console.log(`skipped: the tests against a real API server: ${lacks}`);
    if (maySkip) console.log('0 passed, 0 failed');
    process.exit(maySkip ? 0 : 2);
  }
  console.log(`building ${wanted.map(({ name }) => name).join(', ')} into ${programFolder}, once; all of them take some 12 minutes on two cores`); // prettier-ignore
  try {
    await buildPrograms(wanted);
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
if (onlyBuild) {
  console.log(`all there: ${programFolder}`);
  process.exit(0);
}
const run = spawnSync('vitest', ['run', '--project', 'live', ...args], {
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
process.exit(run.status ?? 1);

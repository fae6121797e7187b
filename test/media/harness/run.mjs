/**
 * For looking at the panels without VS Code.
 * `node test/media/harness/run.mjs serve [PORT]` serves them, bundled anew with each load;
 * `node test/media/harness/run.mjs pictures [NAME…]` writes pictures to test/output/media/, or those with a part of a name.
 */
import { join } from 'node:path';
import { load, root } from './load.mjs';

const output = join(root, 'test/output/media');

const [command, ...rest] = process.argv.slice(2);
if (command === 'serve') {
  const { startHarness } = await load('server');
  const harness = await startHarness(root, Number(rest[0] ?? 4173));
  console.log(harness.url('topology', 'shop'));
  console.log(harness.url('trace', 'refused'));
} else if (command === 'pictures') {
  const { takePictures } = await load('pictures');
  const taken = await takePictures(root, output, rest);
  console.log(`${taken} pictures; all of them: ${join(output, 'index.html')}`);
} else {
  console.error('run.mjs serve [PORT] | pictures [NAME…]');
  process.exitCode = 2;
}

/**
 * Writes src/simulation/apiserver/schema/go-types.ts from the sources of k8s.io/api, oldest release first. Needs Go and,
 * where its module cache does not have them, the module proxy: `node scripts/schema/generate.mjs`.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

const versions = ['0.29.0', '0.30.0', '0.31.0', '0.32.0', '0.33.0', '0.34.0', '0.35.0', '0.36.0', '0.37.2'];
const folder = new URL('./', import.meta.url);
const target = new URL('../../src/simulation/apiserver/schema/go-types.ts', import.meta.url);

const run = spawnSync('go', ['run', 'main.go', ...versions.map((version) => `v${version}`)], {
  cwd: folder,
  encoding: 'utf8',
  env: { ...process.env, GOFLAGS: '-mod=mod' },
});
if (run.status !== 0) throw new Error(run.stderr || String(run.error));

writeFileSync(
  target,
  `/**
 * The Go structs of the Kubernetes API as the server decodes them. Made by scripts/schema/generate.mjs from the sources
 * of k8s.io/api v${versions[0]} to v${versions.at(-1)} (Apache License 2.0); do not edit.
 *
 * A line is a type: \`PACKAGE.Name\` and its fields, each \`name:type\`, or \`= type\` for what is another type by name.
 * \`name?\` is left out where it is empty.
 * \`[]\` is a list, \`{}\` a map with text for keys. \`Embedded>name\` stands for a field of a struct inside. \`name@33\` is
 * known since 1.33, \`name@-35\` was until 1.35; what has neither was there in 1.${versions[0].split('.')[1]} already.
 */
export const goTypes = \`
${run.stdout}\`;
`,
);

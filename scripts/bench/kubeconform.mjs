/**
 * Kubeconform's schema check of the same files, to set ours beside. It is built from its Go module, and the schemas
 * come from the Python package kubernetes-validate; where Go or pip is missing there is nothing to compare with.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Wall time in milliseconds, or why there is none. */
export function timeKubeconform(folder, cache) {
  const prepared = prepare(cache);
  if (typeof prepared === 'string') return prepared;
  const began = performance.now();
  const run = spawnSync(
    prepared.program,
    [
      '-n',
      '2',
      '-summary',
      '-ignore-filename-pattern',
      String.raw`\.service-topology\.yaml$`,
      '-schema-location',
      prepared.schemas,
      folder,
    ],
    { encoding: 'utf8' },
  );
  const milliseconds = performance.now() - began;
  return run.status === 0 && !/ 0 resources/.test(run.stdout)
    ? milliseconds
    : `kubeconform failed: ${run.stdout}${run.stderr}`.slice(0, 300);
}

function prepare(cache) {
  mkdirSync(cache, { recursive: true });
  const program = join(cache, 'kubeconform');
  if (!existsSync(program)) {
    const go = spawnSync('go', ['install', 'github.com/yannh/kubeconform/cmd/kubeconform@latest'], {
      env: { ...process.env, GOBIN: cache },
      encoding: 'utf8',
    });
    if (go.status !== 0) return `no Go to build kubeconform with: ${go.error?.message ?? go.stderr.slice(-200)}`;
  }
  const schemas = join(cache, 'schemas');
  if (!existsSync(schemas)) {
    const pip = spawnSync('pip', ['download', '--no-deps', '-q', '-d', cache, 'kubernetes-validate'], {
      encoding: 'utf8',
    });
    const wheel = readdirSync(cache).find((name) => name.endsWith('.whl'));
    if (pip.status !== 0 || !wheel) return 'no pip to get the schemas with';
    const unzip = spawnSync('unzip', [
      '-qo',
      join(cache, wheel),
      'kubernetes_validate/kubernetes-json-schema/*',
      '-d',
      cache,
    ]);
    if (unzip.status !== 0) return 'no unzip to unpack the schemas with';
    writeSchemas(join(cache, 'kubernetes_validate/kubernetes-json-schema'), schemas);
  }
  return { program, schemas: join(schemas, '{{.ResourceKind}}{{.KindSuffix}}.json') };
}

/** The two schemas that the bench needs, with their references resolved in place. */
function writeSchemas(from, to) {
  const release = readdirSync(from)
    .filter((name) => /^v1\.\d+\.\d+-local$/.test(name))
    .sort((a, b) => Number(a.split('.')[1]) - Number(b.split('.')[1]))
    .at(-1);
  const folder = join(from, release);
  const definitions = JSON.parse(readFileSync(join(folder, '_definitions.json'), 'utf8')).$defs;
  const inline = (value) => {
    if (Array.isArray(value)) return value.map(inline);
    if (value === null || typeof value !== 'object') return value;
    if (typeof value.$ref === 'string') return inline(definitions[value.$ref.split('/').at(-1)]);
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, inline(part)]));
  };
  mkdirSync(to);
  for (const name of ['service-v1.json', 'deployment-apps-v1.json'])
    writeFileSync(join(to, name), JSON.stringify(inline(JSON.parse(readFileSync(join(folder, name), 'utf8')))));
}

/** The engines render byte for byte what the real kustomize and helm print, and fail where these fail. */

import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HelmRequest, RenderFiles, RenderRequest, RenderResult } from '#manifest/render-types';
import { nodeEngine } from '#render/node';
import { renderTools } from '../../scripts/render-tools.mjs';
import { built, filesOf, fixtures, haveEngines, run } from './support';

const tools = haveEngines() ? await renderTools() : { lack: 'the engines are not built' };
if (tools.lack) console.log(`skipped: the engines are not compared with the real tools: ${tools.lack}`);

/** A chart and what is said on the command line. */
interface ChartCase {
  readonly chart: string;
  readonly values?: readonly string[];
  readonly set?: readonly string[];
  readonly setString?: readonly string[];
  readonly version?: string;
  readonly crds?: boolean;
  readonly release?: string;
  readonly namespace?: string;
}

const charts: readonly ChartCase[] = [
  { chart: 'shop' },
  { chart: 'shop', crds: true },
  { chart: 'shop', values: ['values-prod.yaml'] },
  { chart: 'shop', values: ['values-prod.yaml'], version: '1.29', crds: true, namespace: 'production' },
  { chart: 'shop', version: 'v1.31.4-gke.1' },
  { chart: 'shop', version: 'one' },
  { chart: 'shop', set: ['tags.packed=false', 'service.extraPorts[0].name=other,labels.x=y', 'cache.size=null'] },
  { chart: 'shop', set: ['message='] },
  { chart: 'shop', set: ['resources.limits.cpu=100m'], setString: ['labels.number=007'] },
  { chart: 'shop', release: 'a-very-long-name-of-a-release-that-goes-on-and-on-1234' },
  { chart: 'shop', release: 'Not_A_Name' },
  { chart: 'shop', values: ['absent.yaml'] },
  { chart: 'schema' },
  { chart: 'schema', values: ['values-bad.yaml'] },
  { chart: 'schema', version: '1.10' },
  { chart: 'only-hooks' },
  { chart: 'failing' },
  { chart: 'failing', set: ['name=given'] },
  { chart: 'missing-dependency' },
  { chart: 'shop/charts/common' },
  { chart: 'shop/charts/cache', set: ['global.domain=alone'] },
];

const folders = (readdirSync(join(fixtures, 'kustomize'), { recursive: true }) as string[])
  .filter((file) => /(^|[\\/])kustomization\.ya?ml$/.test(file))
  .map(dirname)
  .sort();

describe.skipIf(tools.lack !== undefined)('the engines and the real tools', () => {
  const engine = nodeEngine(built);
  const kustomizations = filesOf(join(fixtures, 'kustomize'));
  const chartFiles = filesOf(join(fixtures, 'charts'));
  beforeAll(() => engine.warm());
  afterAll(() => engine.dispose());

  it.each(folders)('kustomize build %s', async (folder) => {
    const real = run(tools.kustomize!, ['build', folder], join(fixtures, 'kustomize'));
    const ours = await engine.render(
      { request: { kind: 'kustomize', folder }, files: kustomizations },
      { keepSecrets: true },
    );
    expect(textOf(ours)).toBe(real);
  });

  it.each(charts.map((one) => [flagsOf(one).join(' '), one] as const))('helm template %s', async (_, one) => {
    const real = run(tools.helm!, ['template', ...flagsOf(one)], join(fixtures, 'charts'));
    const ours = await engine.render({ request: requestOf(one), files: chartFiles }, { keepSecrets: true });
    expect(textOf(ours)).toBe(real);
  });

  const requests: readonly [string, RenderRequest, RenderFiles][] = [
    ...folders.map(
      (folder) => [folder, { kind: 'kustomize', folder }, kustomizations] as [string, RenderRequest, RenderFiles],
    ),
    ...charts.map(
      (one) => [flagsOf(one).join(' '), requestOf(one), chartFiles] as [string, RenderRequest, RenderFiles],
    ),
  ];
  it.each(requests)('%s: the same with origins as without', async (_, request, files) => {
    const plain = await engine.render({ request, files });
    const traced = await engine.render({ request, files }, { origins: true });
    expect(textOf(traced)).toBe(textOf(plain));
  });
});

/** The text, undefined for a failed render; whatever stopped it is a failure of the test. */
function textOf(result: RenderResult): string | undefined {
  if (result.kind === 'stopped') throw new Error(result.message);
  return result.kind === 'rendered' ? result.text : undefined;
}

function flagsOf({
  chart,
  values = [],
  set = [],
  setString = [],
  version,
  crds,
  release,
  namespace,
}: ChartCase): string[] {
  return [
    ...[release ?? 'demo', chart],
    ...values.flatMap((file) => ['-f', `${chart}/${file}`]),
    ...set.flatMap((setting) => ['--set', setting]),
    ...setString.flatMap((setting) => ['--set-string', setting]),
    ...(version === undefined ? [] : ['--kube-version', version]),
    ...(crds ? ['--include-crds'] : []),
    ...(namespace === undefined ? [] : ['--namespace', namespace]),
  ];
}

function requestOf(one: ChartCase): HelmRequest {
  return {
    kind: 'helm',
    folder: one.chart,
    release: one.release ?? 'demo',
    namespace: one.namespace ?? 'default',
    valueFiles: (one.values ?? []).map((file) => `${one.chart}/${file}`),
    inlineValues: [],
    set: one.set ?? [],
    setString: one.setString ?? [],
    kubernetesVersion: one.version,
    includeCrds: one.crds ?? false,
  };
}

/** What an engine's refusal comes down to: its own words, as it printed them, and what is told of them. */

import { describe, expect, it } from 'vitest';
import { failureOf } from '#analysis/render-failure';
import { createWorkspace } from '#analysis/workspace';
import { readManifest } from '#manifest/index';
import type { IdleEntry, RenderPlan } from '#manifest/render-types';
import { defaultSettings } from '#model/settings';

const overlay = { request: { kind: 'kustomize', folder: 'top' } } as RenderPlan;
const chart = { request: { kind: 'helm', folder: 'shop' } } as RenderPlan;
const helpers = readManifest('shop/templates/_helpers.tpl', '{{ define "shop.name" }}shop{{ end }}\n');

const refused: readonly (readonly [message: string, cause: string, missing: string | undefined])[] = [
  [
    "accumulating resources: accumulation err='accumulating resources from '../b': 'cyc/b' must resolve to a file': recursed accumulation of path 'cyc/b': accumulating resources: accumulation err='accumulating resources from '../a': 'cyc/a' must resolve to a file': cycle detected: candidate root 'cyc/a' contains visited root 'cyc/a'",
    "cycle detected: candidate root 'cyc/a' contains visited root 'cyc/a'",
    undefined,
  ],
  [
    `accumulating components: accumulateDirectory: "recursed accumulation of path 'comp/c': trouble configuring builtin PatchTransformer with config: \`\npath: no.yaml\n\`: failed to get the patch file from path(no.yaml): 'comp/c/no.yaml' doesn't exist"`,
    'comp/c/no.yaml is not there, or is left out here',
    'comp/c/no.yaml',
  ],
  [
    `accumulating components: accumulateDirectory: "recursed accumulation of path 'comp/c': no resource matches "web" here"`,
    'no resource matches "web" here',
    undefined,
  ],
  [
    "loading KV pairs: env source files: [.env.secret]: 'secret/o/.env.secret' doesn't exist",
    'secret/o/.env.secret is not there, or is left out here',
    'secret/o/.env.secret',
  ],
  ['no matches for Id Service.v1.[noGrp]/web.shop', 'no matches for Id Service.v1.[noGrp]/web.shop', undefined],
];

describe('a refusal', () => {
  it.each(refused)('of kustomize: %s', (message, cause, missing) => {
    const failure = failureOf({ message }, overlay, new Map());
    expect(failure).toEqual({ cause, isForWantOfFile: missing !== undefined, ...(missing && { missing }) });
  });

  it.each([
    'template: shop/templates/a.yaml:4:20: executing "shop/templates/a.yaml" at <{{template "shop.fullname" .}}>: template "shop.fullname" not defined',
    'template: shop/templates/a.yaml:4:11: executing "shop/templates/a.yaml" at <include "shop.fullname" .>: error calling include: template: no template "shop.fullname" associated with template "gotpl"',
  ])('of Helm: %s', (message) => {
    const failure = failureOf({ message }, chart, new Map());
    expect(failure).toMatchObject({ isForWantOfFile: true });
    expect(failure.cause).toContain('defines the template shop.fullname: shop/templates/_helpers.tpl');
    // Where the chart has such files, the name is written wrong.
    const mistyped = failureOf({ message }, chart, new Map([[helpers.path, helpers]]));
    expect(mistyped).toEqual({ cause: message, isForWantOfFile: false });
  });

  it('for want of a file is a warning, once for all overlays of a base, and nothing where that is told already', () => {
    const workspace = createWorkspace({ settings: defaultSettings, roots: [] });
    workspace.setFile(
      'base/kustomization.yaml',
      'resources: [gone.yaml]\nconfigMapGenerator: [{name: a, files: [b.sh]}]\n',
    );
    for (const name of ['dev', 'prod']) workspace.setFile(`${name}/kustomization.yaml`, 'resources: [../base]\n');
    const fail = (message: string) => {
      for (const { id } of workspace.plans()) {
        const place = { file: 'base/kustomization.yaml', range: undefined };
        workspace.setRendered(id, { kind: 'failed', message, place, read: [] });
      }
      workspace.update();
      return workspace.problems('base/kustomization.yaml').map(({ code, severity, message }) => [code, severity, message]); // prettier-ignore
    };
    const listed = ['kustomization-missing-file', 'warning', expect.stringContaining('gone.yaml')];
    expect(fail("file sources: [b.sh]: 'base/b.sh' doesn't exist")).toEqual([
      listed,
      [
        'render-failed',
        'warning',
        'base/b.sh is not there, or is left out here; without it kustomize does not render dev and prod',
      ],
    ]);
    expect(fail("accumulating resources from 'gone.yaml': 'base/gone.yaml' doesn't exist")).toEqual([listed]);
    expect(fail('no such luck')).toEqual([
      listed,
      ['render-failed', 'error', 'kustomize does not render dev and prod: no such luck'],
    ]);
  });

  it('is told of what selects nothing, at the field that nothing fits, where no overlay has a use for it', () => {
    const workspace = createWorkspace({ settings: defaultSettings, roots: [] });
    const entries = [
      '{target: {kind: Service, name: wbe}}',
      '{target: {kind: Servce, name: web}}',
      '{target: {kind: Secret, name: web}}',
      '{target: {kind: Deployment, name: web}}',
      '{target: {labelSelector: "app=web"}}',
      '{target: {namespace: shop}}',
      '{target: {name: web, version: v2}}',
      '{target: {kind: StatefulSet}}',
      '{target: {kind: Servise}}',
      '{target: {name: "w[eb"}}',
    ];
    const base = `resources: [web.yaml]\npatches:\n${entries.map((entry) => `- ${entry}\n`).join('')}images:\n- {name: registry:80/wbe}\nsecretGenerator:\n- name: keys\n`; // prettier-ignore
    const overlays = ['dev', 'prod'];
    workspace.setFile('base/kustomization.yaml', base);
    workspace.setFile(
      'base/web.yaml',
      'apiVersion: v1\nkind: Service\nmetadata: {name: web}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - image: registry:80/web:1@sha256:0\n', // prettier-ignore
    );
    for (const name of overlays) workspace.setFile(`${name}/kustomization.yaml`, 'resources: [../base]\n');
    const file = 'base/kustomization.yaml';
    const read = [file, 'base/web.yaml'];
    const patches = entries.map((_, i): IdleEntry => ({ what: 'patch', file, path: ['patches', i, 'target'] }));
    const idle: IdleEntry[] = [...patches, { what: 'image', file, path: ['images', 0, 'name'] }];
    const rendered = { kind: 'rendered', text: '', objects: [], unavailable: [], untraced: true } as const;
    const told = () => {
      workspace.update();
      return workspace.problems(file).map(({ range: { start }, message }) => {
        const line = base.split('\n')[start.line]!.slice(start.character);
        return `${/^[^,:}"]*/.exec(line)?.[0]}: ${message.replace(/.*says nothing about it: /, '')}`;
      });
    };
    const [dev, prod] = workspace.plans().map(({ id }) => id) as [string, string];
    workspace.setRendered(dev, { ...rendered, read, idle });
    expect(told()).toEqual([
      'wbe: there is no Service wbe here; did you mean web?',
      'Servce: there is no Servce here; did you mean Service?',
      'Secret: there is no Secret web here; web is the name of a Service and a Pod',
      'Deployment: there is no Deployment here',
      ': nothing here has the labels app=web; what this kustomization gives comes after its patches',
      'shop: nothing here has the namespace shop; what this kustomization gives comes after its patches',
      'v2: nothing here has the version v2',
      'Servise: there is no Servise here; did you mean Service?',
      '{name: it selects nothing here',
      'registry: no container here has the image registry:80/wbe; did you mean registry:80/web?',
    ]);
    workspace.setRendered(prod, { ...rendered, read, idle: patches.slice(0, 1) });
    expect(told()).toEqual(['wbe: there is no Service wbe here; did you mean web?']);
    workspace.setRendered(prod, { ...rendered, read });
    expect(told()).toEqual([]);

    // Of a component, what is nearly there is told.
    for (const overlay of overlays) workspace.removeFile(`${overlay}/kustomization.yaml`);
    workspace.setFile('base/kustomization.yaml', base.replace('resources: [web.yaml]', 'kind: Component'));
    workspace.setFile('shop/kustomization.yaml', 'resources: [../base/web.yaml]\ncomponents: [../base]\n');
    workspace.setRendered(workspace.plans()[0]!.id, { ...rendered, read: [...read, 'shop/kustomization.yaml'], idle });
    expect(told().filter((each) => !/did you mean|is the name of/.test(each))).toEqual([]);
    expect(told()).toHaveLength(5);
  });
});

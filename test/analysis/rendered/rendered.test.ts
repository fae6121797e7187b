/** What an engine rendered takes the place of the files, and leads back to them. */

import { describe, expect, it } from 'vitest';
import { fixesAt } from '#analysis/features/fixes';
import { hover } from '#analysis/features/hover';
import { lenses, lensTitle } from '#analysis/features/lens';
import { objectAt } from '#analysis/features/object-at';
import { references } from '#analysis/features/references';
import { rename } from '#analysis/features/rename';
import { withEdits } from '#analysis/features/together';
import { namePlaceOf, placeOf } from '#analysis/places';
import { parseStep } from '#analysis/what-if/grammar';
import { asKubectl, asKustomize, patchesOf } from '#analysis/what-if/patch';
import { writtenObject } from '#analysis/what-if/written';
import { createWorkspace, type Workspace } from '#analysis/workspace';
import type { JsonPath } from '#base/json';
import type { Rendered, RenderResult } from '#manifest/render-types';
import { objectKey } from '#model/object';
import { defaultSettings } from '#model/settings';
import { by, from, line, rendered, type WrittenRender } from '../../support/renders';

const service = (name: string, app: string) =>
  `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\nspec:\n  selector:\n    app: ${app}\n  ports:\n    - port: 80\n      targetPort: 8080\n`;
const deployment = (name: string, app: string) =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${name}\nspec:\n  selector:\n    matchLabels:\n      app: ${app}\n  template:\n    metadata:\n      labels:\n        app: ${app}\n    spec:\n      containers:\n        - name: web\n          image: i\n          ports:\n            - containerPort: 8080\n`;

const base = 'base/web.yaml';
const files: Record<string, string> = {
  'base/kustomization.yaml': 'resources: [web.yaml]\n',
  [base]: `${service('web', 'web')}---\n${deployment('web', 'web')}`,
  'dev/kustomization.yaml': 'resources: [../base]\nnamePrefix: dev-\npatches:\n  - path: selector.yaml\n',
  'dev/selector.yaml':
    'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  selector:\n    app: wbe # the fault\n',
  'prod/kustomization.yaml': 'resources: [../base]\n',
};

function opened(changes: Record<string, string> = {}): Workspace {
  const workspace = createWorkspace({ settings: defaultSettings, roots: [] });
  for (const [path, text] of Object.entries({ ...files, ...changes })) workspace.setFile(path, text);
  return workspace;
}

const readByDev = ['base/kustomization.yaml', base, 'dev/kustomization.yaml', 'dev/selector.yaml'];
const inBase = (document: number) => ({ source: { file: base, document } });

const dev = (app = 'wbe', more: readonly WrittenRender[] = []): RenderResult =>
  rendered(
    [
      {
        text: service('dev-web', app),
        ...inBase(0),
        fields: [
          [[], from('base', base, [])],
          [
            ['metadata', 'name'],
            by('base', base, ['metadata', 'name']),
            by('transformer', 'dev/kustomization.yaml', ['namePrefix']),
          ],
          [
            ['spec', 'selector', 'app'],
            from('base', base, ['spec', 'selector', 'app']),
            from('patch', 'dev/selector.yaml', ['spec', 'selector', 'app']),
          ],
        ],
      },
      { text: deployment('dev-web', 'web'), ...inBase(1), fields: [[[], from('base', base, [], 1)]] },
      ...more,
    ],
    [...readByDev, ...more.flatMap(({ source }) => source?.file ?? [])],
  );

const prod = (): RenderResult =>
  rendered(
    [
      { text: service('web', 'web'), ...inBase(0), fields: [[[], from('base', base, [])]] },
      { text: deployment('web', 'web'), ...inBase(1), fields: [[[], from('base', base, [], 1)]] },
    ],
    ['base/kustomization.yaml', base, 'prod/kustomization.yaml'],
  );

function renderedWorkspace(changes: Record<string, string> = {}): Workspace {
  const workspace = opened(changes);
  expect(workspace.plans().map(({ id }) => id)).toEqual(['kustomization:dev', 'kustomization:prod']);
  workspace.setRendered('kustomization:dev', dev());
  workspace.setRendered('kustomization:prod', prod());
  workspace.update();
  return workspace;
}

const all = (workspace: Workspace) =>
  workspace.paths().flatMap((path) =>
    [...workspace.problems(path), ...workspace.findings(path)].map((found) => {
      const range = 'place' in found ? found.place.range : found.range;
      return `${path}:${range.start.line + 1} ${found.code}`;
    }),
  );

describe('a rendered scope', () => {
  it('tells a finding at the line to change, and the way there', () => {
    const workspace = renderedWorkspace();
    expect(all(workspace)).toEqual(['dev/selector.yaml:7 selector-matches-nothing']);
    const [finding] = workspace.findings('dev/selector.yaml');
    expect(finding?.object).toMatchObject({ kind: 'Service', name: 'dev-web' });
    expect(finding?.related).toContainEqual(expect.objectContaining({ file: base, message: 'It is written here' }));
    expect(workspace.scope('dev')?.scope.files).toEqual(readByDev);
  });

  it('offers the fix where the value is written', () => {
    const workspace = renderedWorkspace();
    const [finding] = workspace.findings('dev/selector.yaml');
    const [fix] = fixesAt(workspace, 'dev/selector.yaml', finding!.place.range);
    expect(fix?.fix.edits.map(({ file }) => file)).toEqual(['dev/selector.yaml']);
    expect(withEdits(files['dev/selector.yaml']!, fix!.fix.edits)).toContain('app: web # the fault');
  });

  it('offers no fix that would edit what a transformer has made', () => {
    const workspace = opened();
    workspace.plans();
    const made = dev('web') as Extract<RenderResult, { kind: 'rendered' }>;
    const fields = [
      { path: [], sources: [from('base', base, [])] },
      { path: ['spec', 'selector', 'app'], sources: [by('transformer', 'dev/kustomization.yaml', ['namePrefix'])] },
    ];
    const text = made.text.replace('    app: web\n', '    app: wbe\n');
    workspace.setRendered('kustomization:dev', { ...made, text, objects: [{ ...made.objects[0]!, fields }, made.objects[1]!] }); // prettier-ignore
    workspace.update();
    const [finding] = workspace.findings('dev/kustomization.yaml');
    expect(finding).toMatchObject({ code: 'selector-matches-nothing', place: { range: { start: { line: 1 } } } });
    expect(finding?.fixes.flatMap(({ edits }) => edits).filter(({ file }) => file !== base)).toEqual([]);
  });

  it('shows in a shared base what is so in one of the overlays', () => {
    const workspace = renderedWorkspace();
    const broken = prod() as Extract<RenderResult, { kind: 'rendered' }>;
    workspace.setRendered('kustomization:prod', {
      ...broken,
      text: broken.text.replace('    app: web\n', '    app: wab\n'),
    });
    workspace.setFile(base, files[base]!.replace('    app: web\n', '    app: wab\n'));
    workspace.update();
    expect(all(workspace)).toEqual(['base/web.yaml:7 selector-matches-nothing', 'dev/selector.yaml:7 selector-matches-nothing']); // prettier-ignore
    const [finding] = workspace.findings(base);
    expect(finding?.details.at(-1)).toEqual({ label: 'note', text: 'this is so in prod, and not in dev' });
  });

  it('answers in a base, a patch and the text itself', () => {
    const workspace = renderedWorkspace();
    expect(hover(workspace, base, { line: 3, character: 9 })?.contents).toContain('dev-web');
    expect(hover(workspace, 'dev/selector.yaml', { line: 6, character: 6 })?.contents).toContain('app: wbe');
    // A patch names what it changes.
    expect(objectAt(workspace, 'dev/selector.yaml', { line: 3, character: 9 })?.object.name).toBe('dev-web');
    expect(objectAt(workspace, 'dev/kustomization.yaml', { line: 0, character: 3 })).toBeUndefined();
    const [lens] = lenses(workspace, base);
    expect(lens).toMatchObject({ scope: 'dev', service: 'default/dev-web', position: { line: 0 } });
    expect(lensTitle(workspace, base, lens!)).toBe('dev: no endpoints: app: wbe ≠ web; prod: 1 endpoint on 1 node');
    expect(hover(workspace, base, { line: 3, character: 9 })?.contents).toContain(
      'So it is in dev; elsewhere:\n- prod: 1 endpoint on 1 node',
    );
  });

  it('takes labels that a kustomization gives for those of pods, and a prefix for nothing', () => {
    const kustomization = 'namePrefix: dev-\ncommonLabels:\n  tier: front\nresources: [../base]\n';
    const workspace = renderedWorkspace({ 'dev/kustomization.yaml': kustomization });
    const given = (path: JsonPath) => [path, from('transformer', 'dev/kustomization.yaml', ['commonLabels', 'tier'])] as const; // prettier-ignore
    const labelled = deployment('dev-web', 'web').replace('        app: web\n    spec', '        app: web\n        tier: front\n    spec').replace('  name: dev-web\n', '  name: dev-web\n  labels:\n    tier: front\n'); // prettier-ignore
    const name = ['metadata', 'name'];
    const fields = [
      [[], from('base', base, [], 1)],
      [name, by('base', base, name, 1), by('transformer', 'dev/kustomization.yaml', ['namePrefix'])],
      given(['metadata', 'labels', 'tier']),
      given(['spec', 'template', 'metadata', 'labels', 'tier']),
    ] as const;
    workspace.setRendered('kustomization:dev', rendered([{ text: labelled, ...inBase(1), fields }], readByDev));
    workspace.update();
    expect(hover(workspace, 'dev/kustomization.yaml', { line: 2, character: 9 })?.contents).toContain('Services that select the pods of Deployment default/dev-web by `tier: front`'); // prettier-ignore
    expect(rename(workspace, 'dev/kustomization.yaml', { line: 2, character: 9 }, 'back')).toMatchObject({
      edits: [{ file: 'dev/kustomization.yaml', newText: 'back' }],
    });
    expect(hover(workspace, 'dev/kustomization.yaml', { line: 0, character: 13 })).toBeUndefined();
  });

  it('answers from the origins of before until those of a new render are known', () => {
    const workspace = renderedWorkspace();
    const at = { line: 3, character: 9 };
    const untraced = (text: string) => {
      workspace.setRendered('kustomization:dev', { ...(dev() as Rendered), text, objects: [], untraced: true });
      workspace.update();
    };
    const { text } = dev() as Rendered;
    workspace.setFile(base, files[base]!.replace('port: 80\n', 'port: 81\n'));
    untraced(text.replace('port: 80\n', 'port: 81\n'));
    expect(hover(workspace, base, at)?.contents).toContain('| 81&nbsp;');
    expect(hover(workspace, 'dev/selector.yaml', { line: 6, character: 6 })?.contents).toContain('app: wbe');
    expect(lenses(workspace, base)[0]).toMatchObject({ scope: 'dev', service: 'default/dev-web' });
    expect(workspace.wantedOrigins()).toContain('kustomization:dev');
    // What another document stands in the place of is not led there.
    workspace.setFile(base, deployment('web', 'web'));
    untraced(text);
    expect(objectAt(workspace, base, at)?.object.kind).not.toBe('Service');
  });

  it('leads from an object to where it begins, not to the prefix of its name', () => {
    const workspace = renderedWorkspace();
    const service = workspace.scope('dev')!.simulation.controlPlane.object(objectKey('', 'Service', 'default', 'dev-web'))!; // prettier-ignore
    expect(namePlaceOf(service, workspace)).toMatchObject({ file: base, range: { start: { line: 3 } } });
    expect(placeOf(service, ['metadata', 'name'], workspace)).toMatchObject({ file: 'dev/kustomization.yaml' });
  });

  it('keeps a what-if as a patch of what the kustomization is given', () => {
    const workspace = renderedWorkspace();
    const steps = [parseStep('service default/dev-web gets label team=shop')].flatMap((step) => ('error' in step ? [] : step)); // prettier-ignore
    const { controlPlane } = workspace.scope('dev')!.simulation;
    const patches = patchesOf(steps, controlPlane, (object) => writtenObject(object, workspace));
    // The prefix comes later, and the file says no namespace.
    expect(asKustomize(patches)).toMatch(/kind: Service\n +name: web\n +patch: /);
    expect(asKubectl(patchesOf(steps, controlPlane))).toContain('kubectl patch service dev-web -n default');
  });

  it('renames what is written as it is, and refuses what is not', () => {
    const workspace = renderedWorkspace();
    // The key `app: web` of prod and dev alike.
    const renamed = rename(workspace, base, { line: 22, character: 14 }, 'shop');
    expect(renamed).toMatchObject({
      edits: expect.arrayContaining([expect.objectContaining({ file: base })]) as unknown,
    });
    // The name as it stands in the base; a prefix is put before it, and a patch names the Service by it.
    const service = rename(workspace, base, { line: 3, character: 9 }, 'shop');
    expect('edits' in service && service.edits).toMatchObject([
      { file: base, range: { start: { line: 3 } }, newText: 'shop' },
      { file: 'dev/selector.yaml', range: { start: { line: 3 } }, newText: 'shop' },
    ]);
    expect(rename(workspace, 'dev/selector.yaml', { line: 3, character: 9 }, 'shop')).toEqual(service);
    expect(references(workspace, 'dev/selector.yaml', { line: 3, character: 9 }, 'all').map(({ file }) => file)).toEqual([base, 'dev/selector.yaml']); // prettier-ignore
    // What another file of the overlay says has the prefix.
    const called = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  URL: http://dev-web.default.svc/\n`;
    const configured = renderedWorkspace({
      'dev/config.yaml': called,
      'dev/kustomization.yaml':
        'resources: [../base, config.yaml]\nnamePrefix: dev-\npatches:\n  - path: selector.yaml\n',
    });
    const config = { text: called, source: { file: 'dev/config.yaml', document: 0 }, fields: [[[], from('base', 'dev/config.yaml', [])]] } as const; // prettier-ignore
    configured.setRendered('kustomization:dev', dev('wbe', [config]));
    configured.update();
    const at = { line: 4, character: 16 };
    expect(rename(configured, 'dev/config.yaml', at, 'shop')).toEqual({
      refused: 'A kustomization puts dev- before the name: keep that, or change it in the kustomization.',
    });
    expect(rename(configured, 'dev/config.yaml', at, 'dev-shop')).toMatchObject({
      edits: [{ file: base, newText: 'shop' }, { file: 'dev/config.yaml', newText: 'dev-shop' }, { newText: 'shop' }],
    });
  });

  it('tells what an engine refuses at its place, and goes on with the files', () => {
    const workspace = renderedWorkspace();
    const range = { start: { line: 2, character: 0 }, end: { line: 2, character: 8 } };
    workspace.setRendered('kustomization:dev', { kind: 'failed', message: 'no matches for Id', place: { file: 'dev/kustomization.yaml', range }, read: [] }); // prettier-ignore
    const change = workspace.update();
    expect([...change.files]).toContain('dev/kustomization.yaml');
    expect(workspace.problems('dev/kustomization.yaml')).toEqual([
      {
        code: 'render-failed',
        severity: 'error',
        message: 'kustomize does not render dev: no matches for Id',
        range,
        document: -1,
      },
    ]);
    expect(workspace.scope('dev')?.scope).toEqual(
      expect.not.objectContaining({ rendered: expect.anything() as unknown }),
    );
    workspace.setRendered('kustomization:dev', dev());
    workspace.update();
    expect(all(workspace)).toEqual(['dev/selector.yaml:7 selector-matches-nothing']);
  });

  it('keeps what an edit has not touched', () => {
    const workspace = renderedWorkspace();
    const state = workspace.scope('dev')!;
    const before = [...state.simulation.controlPlane.objects()];
    workspace.setRendered('kustomization:dev', dev('web'));
    const change = workspace.update();
    const after = [...state.simulation.controlPlane.objects()];
    expect(workspace.scope('dev')).toBe(state);
    expect(after.filter((object) => before.includes(object)).map(({ kind }) => kind)).toEqual(['Deployment']);
    expect([...change.scopes]).toEqual(['kustomization:dev']);
    // The second one is related.
    expect([...change.files]).toEqual(['dev/selector.yaml', base]);
    expect(all(workspace)).toEqual([]);
  });

  it('heeds a comment where the finding stands, and the annotation of the object', () => {
    const comment = files['dev/selector.yaml']!.replace('# the fault', '# service-topology-ignore selector-matches-nothing on purpose'); // prettier-ignore
    expect(all(renderedWorkspace({ 'dev/selector.yaml': comment }))).toEqual([]);
  });
});

describe('a rendered chart', () => {
  const template = [
    'apiVersion: v1', 'kind: Service', 'metadata:', '  name: {{ .Release.Name }}', 'spec:', '  selector:',
    '    app: {{ .Values.app }}', '  ports:', '    - port: 80', '      targetPort: 8081', '',
  ].join('\n'); // prettier-ignore
  const chart = {
    'c/Chart.yaml': 'apiVersion: v2\nname: c\nversion: 1.0.0\n',
    'c/values.yaml': '# the app\napp: wbe\n',
    'c/templates/service.yaml': template,
    'c/templates/deployment.yaml': deployment('c', 'web').replace('name: c', 'name: {{ .Release.Name }}'),
    'c/templates/_helpers.tpl': '{{ define "x" }}{{ end }}',
  };
  const path = 'c/templates/service.yaml';

  function openedChart(app: string): Workspace {
    const workspace = createWorkspace({ settings: defaultSettings, roots: [] });
    for (const [name, text] of Object.entries(chart)) workspace.setFile(name, text);
    const text = service('c', app).replace('8080', '8081');
    const lengths = template.split('\n').map(({ length }) => length);
    workspace.plans();
    workspace.setRendered(
      'chart:c',
      rendered(
        [
          {
            text,
            source: { file: path, document: undefined },
            fields: [
              [[], line(path, 0, lengths[0]!)],
              [['spec', 'selector', 'app'], line(path, 6, lengths[6]!, false), from('value', 'c/values.yaml', ['app'])],
              [['spec', 'ports', 0, 'targetPort'], line(path, 9, lengths[9]!)],
            ],
          },
          {
            text: deployment('c', 'web'),
            source: { file: 'c/templates/deployment.yaml', document: undefined },
            fields: [[[], line('c/templates/deployment.yaml', 0, 10)]],
          },
        ],
        Object.keys(chart),
      ),
    );
    workspace.update();
    return workspace;
  }

  it('leads to the value that a template reads', () => {
    const workspace = openedChart('wbe');
    expect(all(workspace)).toEqual(['c/values.yaml:2 selector-matches-nothing']);
    const [finding] = workspace.findings('c/values.yaml');
    expect(finding?.related).toContainEqual(
      expect.objectContaining({ file: path, message: 'This template renders it' }),
    );
    expect(withEdits(chart['c/values.yaml'], finding!.fixes[0]!.edits)).toBe('# the app\napp: web\n');
  });

  it('leads to the line of a template, and mends it there', () => {
    const workspace = openedChart('web');
    expect(all(workspace)).toEqual([`${path}:10 target-port-undeclared`]);
    const [finding] = workspace.findings(path);
    const fix = finding!.fixes.find(({ edits }) => edits.some(({ file }) => file === path));
    expect(withEdits(template, fix!.edits)).toContain('      targetPort: 8080\n');
    expect(hover(workspace, path, { line: 9, character: 10 })?.contents).toBeDefined();
    expect(lenses(workspace, path)).toMatchObject([{ position: { line: 0 }, service: 'default/c' }]);
  });
});

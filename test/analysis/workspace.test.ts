/** The workspace: edits in any order come to what a fresh reading gives, and touch no more than they must. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWorkspace, type Workspace } from '#analysis/workspace';
import { defaultSettings } from '#model/settings';
import { deployment, service } from '../support/manifests';

const names = ['web', 'api', 'db'];
const labels = ['web', 'wbe', 'api', 'db'];
const paths = [
  'a/one.yaml',
  'a/two.yaml',
  'b/one.yaml',
  'base/app.yaml',
  'base/kustomization.yaml',
  'over/kustomization.yaml',
  'chart/Chart.yaml',
  'chart/templates/x.yaml',
];

const documents = fc.oneof(
  fc.tuple(fc.constantFrom(...names), fc.constantFrom(...labels)).map(([name, label]) => service(name, label)),
  fc.tuple(fc.constantFrom(...names), fc.constantFrom(...labels)).map(([name, label]) => deployment(name, label)),
  fc.constant('kind: [broken'),
  fc.constant('# nothing'),
);

const texts = fc.oneof(
  { weight: 6, arbitrary: fc.array(documents, { maxLength: 4 }).map((list) => list.join('---\n')) },
  fc.constant('apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [app.yaml]\n'),
  fc.constant(
    'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: over\nresources: [../base]\n',
  ),
  fc.constant('apiVersion: v2\nname: chart\nversion: 1.0.0\n'),
  fc.constant('kind: Service\nmetadata: {name: {{ .Release.Name }}}\n'),
);

const edit = fc.oneof(
  { weight: 5, arbitrary: fc.record({ path: fc.constantFrom(...paths), text: texts, settle: fc.boolean() }) },
  fc.record({ path: fc.constantFrom(...paths), text: fc.constant(undefined), settle: fc.boolean() }),
);

function told(workspace: Workspace) {
  const files = [...workspace.files()].map(({ path }) => path).sort();
  return {
    scopes: workspace.scopes.map(({ scope }) => [scope.id, scope.files]).sort(),
    files: files.map((path) => [path, workspace.findings(path), workspace.unknowns(path), workspace.problems(path)]),
  };
}

const create = () => createWorkspace({ settings: defaultSettings, roots: [] });

describe('workspace', () => {
  it('comes to the same by any series of edits as by a fresh reading', () => {
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 12 }), (edits) => {
        const edited = create();
        const last = new Map<string, string>();
        for (const { path, text, settle } of edits) {
          if (text === undefined) {
            edited.removeFile(path);
            last.delete(path);
          } else {
            edited.setFile(path, text);
            last.set(path, text);
          }
          if (settle) edited.update();
        }
        edited.update();
        const fresh = create();
        for (const [path, text] of last) fresh.setFile(path, text);
        fresh.update();
        expect(told(edited)).toEqual(told(fresh));
      }),
      { numRuns: 300 },
    );
  });

  it('tells each file whose findings changed, also where another file was edited', () => {
    const workspace = create();
    workspace.setFile('a/service.yaml', service('web', 'web'));
    workspace.setFile('a/deployment.yaml', deployment('web', 'web'));
    workspace.setFile('b/service.yaml', service('web', 'web'));
    workspace.update();
    workspace.setFile('a/deployment.yaml', deployment('web', 'wbe'));
    const { files } = workspace.update();
    expect(files).toContain('a/deployment.yaml');
    expect(files).toContain('a/service.yaml');
    expect(workspace.findings('a/service.yaml').map(({ code }) => code)).toEqual(['selector-matches-nothing']);
  });

  it('moves the places of a finding when lines are added above what it points to', () => {
    const workspace = create();
    workspace.setFile('a/service.yaml', service('web', 'web'));
    workspace.setFile('a/deployment.yaml', deployment('web', 'wbe'));
    workspace.update();
    const before = workspace.findings('a/service.yaml')[0]!.related[0]!;
    workspace.setFile('a/deployment.yaml', `# a comment\n\n${deployment('web', 'wbe')}`);
    workspace.update();
    const after = workspace.findings('a/service.yaml')[0]!.related[0]!;
    expect(after.file).toBe('a/deployment.yaml');
    expect(after.range.start.line).toBe(before.range.start.line + 2);
  });

  const overlays = (fields: string) => {
    const kustomization = (resources: string) =>
      `apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [${resources}]\n${fields}`;
    const workspace = create();
    workspace.setFile('base/kustomization.yaml', kustomization('service.yaml'));
    workspace.setFile('base/service.yaml', service('web', 'web'));
    workspace.setFile('one/kustomization.yaml', kustomization('../base, deployment.yaml'));
    workspace.setFile('one/deployment.yaml', deployment('web', 'wbe'));
    workspace.setFile('two/kustomization.yaml', kustomization('../base, deployment.yaml'));
    workspace.setFile('two/deployment.yaml', deployment('web', 'wbe'));
    workspace.update();
    expect(workspace.scopesOfFile('base/service.yaml').map(({ scope }) => scope.name)).toEqual(['one', 'two']);
    expect(workspace.findings('base/service.yaml').map(({ code }) => code)).toEqual(['selector-matches-nothing']);
    workspace.setFile('two/deployment.yaml', deployment('web', 'web'));
    workspace.update();
    return workspace.findings('base/service.yaml');
  };

  it('tells of a shared base what holds in each overlay', () => {
    expect(overlays('commonAnnotations: {team: shop}\n')).toEqual([]);
  });

  it('tells of a shared base what holds in some overlay where these are applied as they stand', () => {
    const told = overlays('');
    expect(told.map(({ code }) => code)).toEqual(['selector-matches-nothing']);
    expect(told[0]?.details.at(-1)).toEqual({ label: 'note', text: 'this is so in one, and not in two' });
  });
});

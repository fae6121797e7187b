/** Which renders an edit asks for, of the built engines: what did not read the file, and what is known, is not rendered again. */

import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createWorkspace, type Workspace } from '#analysis/workspace';
import { defaultSettings } from '#model/settings';
import { nodeEngine } from '#render/node';
import { renderToRest } from '#server/renders/at-rest';
import { RenderWork, type Renderer } from '#server/renders/render-work';
import { SourceFiles } from '#server/renders/source-files';
import { deployment, root, service } from '../support/program';
import { haveEngines } from '../render/support';

const engine = nodeEngine(join(root, 'dist'));

const patch =
  'apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec:\n  selector:\n    app: web\n';
const files = {
  'base/kustomization.yaml': 'resources: [web.yaml]\n',
  'base/web.yaml': `${service('web', 'web')}---\n${deployment('web', 'web')}`,
  'dev/kustomization.yaml': 'resources: [../base]\nnamePrefix: dev-\npatches: [{path: patch.yaml}]\n',
  'dev/patch.yaml': patch,
  'plain/kustomization.yaml': 'resources: [web.yaml]\n',
  'plain/web.yaml': `${service('web', 'web')}---\n${deployment('web', 'web')}`,
  'prod/kustomization.yaml': 'resources: [../base]\nnamePrefix: prod-\n',
};

/** A workspace that is rendered, with what the engine is asked from then on. */
function opened() {
  const asked: string[] = [];
  let onAsk: () => void = () => undefined;
  const renderer: Renderer = {
    render(input, options) {
      asked.push(`${input.request.folder}${options.origins ? ' with origins' : ''}`);
      onAsk();
      return engine.render(input, options);
    },
  };
  const workspace = createWorkspace({ settings: defaultSettings, roots: [] });
  const nothing = { list: () => Promise.resolve([]), read: () => Promise.resolve(undefined) };
  const work = new RenderWork(renderer, new SourceFiles(nothing), {
    rendered: (plan, result) => {
      workspace.setRendered(plan, result);
    },
  });
  for (const [path, text] of Object.entries(files)) workspace.setFile(path, text);
  return {
    workspace,
    work,
    /** What the engine was asked since the last call. */
    asked: () => asked.splice(0),
    whenAsked: (act: () => void) => {
      onAsk = () => {
        onAsk = () => undefined;
        act();
      };
    },
    edit: async (path: string, text: string) => {
      workspace.setFile(path, text);
      await renderToRest(work, workspace);
    },
  };
}

const codes = (workspace: Workspace) =>
  workspace.paths().flatMap((path) => workspace.findings(path).map(({ code }) => `${path} ${code}`));

describe.skipIf(!haveEngines())('renders', () => {
  afterAll(() => {
    engine.dispose();
  });

  it('are asked for where the edited file was read, and their origins where there is something to say', async () => {
    const { workspace, work, asked, edit } = opened();
    await renderToRest(work, workspace);
    expect(asked()).toEqual(['dev', 'prod']);
    await edit('dev/patch.yaml', patch.replace('app: web', 'app: wbe'));
    expect(asked()).toEqual(['dev', 'dev with origins']);
    expect(codes(workspace)).toEqual(['dev/patch.yaml selector-matches-nothing']);
    await edit('plain/web.yaml', `# a note\n${files['plain/web.yaml']}`);
    expect(asked()).toEqual([]);
    await edit('base/web.yaml', `# a note\n${files['base/web.yaml']}`);
    // What is told already is placed at once.
    expect(asked()).toEqual(['dev with origins', 'prod']);
  });

  it('are at hand when an edit is taken back', async () => {
    const { workspace, work, asked, edit } = opened();
    await renderToRest(work, workspace);
    await edit('dev/patch.yaml', patch.replace('app: web', 'app: wbe'));
    asked();
    await edit('dev/patch.yaml', patch);
    expect(codes(workspace)).toEqual([]);
    await edit('dev/patch.yaml', patch.replace('app: web', 'app: wbe'));
    expect(codes(workspace)).toEqual(['dev/patch.yaml selector-matches-nothing']);
    expect(asked()).toEqual([]);
  });

  it('that come too late are not taken', async () => {
    const { workspace, work, asked, whenAsked } = opened();
    await renderToRest(work, workspace);
    asked();
    workspace.setFile('prod/kustomization.yaml', files['prod/kustomization.yaml'].replace('prod-', 'old-'));
    whenAsked(() => {
      workspace.setFile('prod/kustomization.yaml', files['prod/kustomization.yaml'].replace('prod-', 'new-'));
      work.follow(workspace);
    });
    const taken: string[] = [];
    work.follow(workspace);
    await work.whenIdle();
    workspace.update();
    const services = workspace.scope('prod')?.simulation.controlPlane.objectsOfKind('', 'Service') ?? [];
    for (const { name } of services) taken.push(name);
    expect(asked()).toEqual(['prod', 'prod']);
    expect(taken).toEqual(['new-web']);
  });

  it('that are cancelled wait for the next edit of what they read', async () => {
    const { workspace, work, asked, edit, whenAsked } = opened();
    whenAsked(() => {
      work.cancel();
    });
    await renderToRest(work, workspace);
    expect(asked()).toEqual(['dev']);
    expect(workspace.rendered('kustomization:prod')).toBeUndefined();
    await edit('prod/kustomization.yaml', files['prod/kustomization.yaml'].replace('prod-', 'new-'));
    expect(asked()).toEqual(['prod']);
    expect(workspace.rendered('kustomization:prod')?.kind).toBe('rendered');
    // The base is read by both.
    await edit('base/web.yaml', `# a note\n${files['base/web.yaml']}`);
    expect(asked()).toEqual(['dev', 'prod']);
  });
});

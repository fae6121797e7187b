/** Renders the kustomizations and charts of what was loaded, before anything is derived from it. */

import { join } from 'node:path';
import type { Workspace } from '#analysis/workspace';
import type { Scope } from '#manifest/types';
import type { RenderEngine } from '#render/engine';
import { nodeEngine } from '#render/node';
import { disk } from '#server/disk';
import { renderToRest } from '#server/renders/at-rest';
import { RenderWork } from '#server/renders/render-work';
import { SourceFiles } from '#server/renders/source-files';

export interface CommandRenders {
  /** See renderToRest; texts on disk count as they are now. */
  run(traced: (scope: Scope) => boolean): Promise<void>;
  /** What a plan would come to if these files had other texts, or were not there. */
  readonly renderWith: RenderWork['renderWith'];
  /** Ends the engines: a process does not end before. */
  end(): void;
  /** Why nothing was rendered that should have been. */
  readonly warnings: readonly string[];
}

/** `root` is the folder to which the workspace's paths are relative. */
export function commandRenders(workspace: Workspace, root: string): CommandRenders {
  const warnings: string[] = [];
  let engine: RenderEngine | undefined;
  const sources = new SourceFiles({
    list: (folder) => disk.list(join(root, folder)).catch(() => []),
    read: (path) => disk.readBytes(join(root, path)),
  });
  // The engines are read when there is something to render.
  const renderer = {
    render: (...call: Parameters<RenderEngine['render']>) => (engine ??= nodeEngine(__dirname)).render(...call),
  };
  const work = new RenderWork(renderer, sources, {
    rendered: (plan, result) => {
      workspace.setRendered(plan, result);
      const isMissing = result.kind === 'stopped' && result.reason === 'missing';
      if (isMissing && warnings.length === 0) warnings.push(result.message);
    },
  });
  return {
    warnings,
    run(traced) {
      sources.forgetAll();
      return renderToRest(work, workspace, traced);
    },
    renderWith: (plan, texts) => work.renderWith(plan, texts),
    end() {
      engine?.dispose();
      engine = undefined;
    },
  };
}

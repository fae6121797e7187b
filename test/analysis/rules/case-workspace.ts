/** The workspace of a case: one cluster unless its introduction says otherwise, with the settings that it may hold. */

import { parse } from 'yaml';
import { createWorkspace, type Workspace } from '#analysis/workspace';
import { mergeSettings, readManifest, readSettings } from '#manifest/index';
import type { KubernetesObject } from '#model/object';
import { defaultSettings } from '#model/settings';
import type { Case } from './case-file';

/** A case's own settings stand in a file of this name. */
export const settingsPath = '.service-topology.yaml';

/** The case's manifests, without its settings. */
export function manifestsOf({ files }: Case): ReadonlyMap<string, string> {
  return new Map([...files].filter(([path]) => path !== settingsPath));
}

/** The case's documents, each by itself. */
export function documentsOf(given: Case): readonly string[] {
  return [...manifestsOf(given).values()].flatMap((text) => text.split(/^---$/m));
}

/**
 * The document as it would be with an edit that a comment of the case proposes, `# or 8080 → 9090`: one text for each such
 * line, with the second words in place of the first.
 */
export function variantsOf(document: string): readonly string[] {
  const lines = document.split('\n');
  return lines.flatMap((line, index) => {
    const [, before, after] = /# or (.+) → (.+)$/.exec(line) ?? [];
    if (before === undefined || after === undefined) return [];
    return lines.with(index, line.slice(0, line.indexOf('# or ')).replace(before, after)).join('\n');
  });
}

/** Without any file, in the case's scopes and with its settings. */
export function emptyWorkspace({ introduction, files }: Case): Workspace {
  const own = readSettings(parse(files.get(settingsPath) ?? '{}'));
  const { cluster, roots, rules } = mergeSettings(defaultSettings, own.settings);
  const single = /^Scopes: folders$/m.test(introduction) ? {} : { single: 'test' };
  return createWorkspace({ settings: cluster, roots, rules, ...single });
}

/** With other texts in place of the case's own, where they are given. */
export function workspaceOf(given: Case, manifests = manifestsOf(given)): Workspace {
  const workspace = emptyWorkspace(given);
  if (/^Observed$/m.test(given.introduction)) {
    const added = [...manifests].flatMap(([path, text]) => objectsAsObserved(path, text));
    workspace.setObserved({ removed: [], added }, { incomplete: [], notes: [] });
  } else for (const [path, text] of manifests) workspace.setFile(path, text);
  workspace.update();
  return workspace;
}

/** The objects of a text as a cluster gives them: each is a file of its own. */
function objectsAsObserved(path: string, text: string): readonly KubernetesObject[] {
  const objects = readManifest(path, text).documents.flatMap(({ content }) =>
    content.kind === 'objects' ? content.objects : [],
  );
  return objects.map((object, index) => ({
    ...object,
    namespaceGiven: true,
    origin: {
      kind: 'cluster' as const,
      context: 'test',
      resourceVersion: String(index + 1),
      file: `test/${object.namespace}/${object.kind}-${object.name}.yaml`,
      document: 0 as const,
      path: [] as const,
    },
  }));
}

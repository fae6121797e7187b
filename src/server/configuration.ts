/** The settings of a workspace: the editor's, under those of `.service-topology.yaml`, under those of flags. */

import { knownCodes } from '#analysis/control/codes';
import {
  chartsBelow,
  mergeSettings,
  readSettings,
  readSettingsFile,
  settingsFileName,
  type RuleSeverities,
  type SettingsPart,
} from '#manifest/index';
import type { PlanSettings } from '#manifest/plans/index';
import type { ManifestProblem } from '#manifest/types';
import { defaultSettings, type ClusterSettings } from '#model/settings';
import { readOptional, type FileSystem } from './file-system';

/** A folder, by the file system that it is on, and what stands before its paths in the workspace. */
export interface ConfiguredFolder {
  readonly files: FileSystem;
  readonly folder: string;
  readonly prefix: string;
}

export interface Configuration {
  readonly settings: ClusterSettings;
  /** Paths of the workspace. */
  readonly roots: readonly string[];
  readonly exclude: readonly string[];
  /** Severities by code. */
  readonly rules: RuleSeverities;
  /** What charts are rendered with, and the bases that are looked at alone. */
  readonly plans: PlanSettings;
  /** What is wrong with the settings files, by path. */
  readonly problems: ReadonlyMap<string, readonly ManifestProblem[]>;
  /** What is wrong with the editor's settings. */
  readonly editorProblems: readonly string[];
  /** What is wrong with the flags. */
  readonly flagProblems: readonly string[];
}

/** Reads what the places say, the later ones weighing more; of several folders the later ones too. */
export async function readConfiguration(
  folders: readonly ConfiguredFolder[],
  editorSettings: unknown,
  flags: unknown = {},
): Promise<Configuration> {
  const editor = readSettings(editorSettings, knownCodes);
  const flag = readSettings(flags);
  const problems = new Map<string, readonly ManifestProblem[]>();
  const parts: SettingsPart[] = [editor.settings];
  for (const { files, folder, prefix } of folders) {
    const text = await readOptional(files, files.below(folder, settingsFileName));
    if (text === undefined) continue;
    const file = readSettingsFile(text, knownCodes);
    if (file.problems.length > 0) problems.set(prefix + settingsFileName, file.problems);
    parts.push({ ...file.settings, ...inWorkspace(file.settings, prefix) });
  }
  const { cluster, roots, exclude, rules, charts, bases } = mergeSettings(defaultSettings, ...parts, flag.settings);
  return {
    settings: cluster,
    roots,
    exclude,
    rules,
    plans: { charts, bases, kubernetesVersion: cluster.kubernetesVersion },
    problems,
    // A key that only the editor knows (`trace.server`) is none of ours.
    editorProblems: editor.problems
      .filter(({ part, path }) => part === 'value' || path[0] === 'rules')
      .map(({ message }) => `serviceTopology.${message}`),
    flagProblems: flag.problems.map(({ message }) => message),
  };
}

/** What a folder says about its own folders, as paths of the workspace. */
function inWorkspace({ roots, bases, charts }: SettingsPart, prefix: string): SettingsPart {
  if (prefix === '') return {};
  const placed = (folder: string) => (folder === '.' ? prefix.slice(0, -1) : prefix + folder);
  return {
    ...(roots && { roots: roots.map(placed) }),
    ...(bases && { bases: bases.map(placed) }),
    ...(charts && { charts: chartsBelow(charts, prefix) }),
  };
}

/** The manifest room: text of files in, objects, their places and their scopes out. */

export { rangeInFile, readEmbedded, type EmbeddedText } from './embedded';
export { createExclusion, type ExclusionRules } from './exclusion';
export { fencedYaml } from './fences';
export { withOpenedPatches } from './inline-patches';
export { fieldAt, lineIndexOf, locate, locateNearest, placedDocument } from './locate';
export type { PlacedNode } from './places';
export { contentsOf, kustomizationsOf, reach } from './kustomization-graph';
export { bodyWithLabels } from './kustomize-labels';
export { mendedFile, type Mended } from './mend';
export {
  isChartPath,
  isKustomizationPath,
  isManifestPath,
  isReachabilityPath,
  isWhatIfPath,
  isSettingsPath,
  isTemplateOfNamesPath,
  resolvePath,
} from './paths';
export { defaultLimits, maximumFileSize, type ReadLimits } from './limits';
export { observedFile } from './observed-file';
export { readManifest } from './read-manifest';
export { fieldOrigin, originsNow, originsOf, renderedFile, renderedPath, scopeOfRenderedPath } from './rendered';
export {
  assignScopes,
  problemsOfFile,
  scopeAssignment,
  singleScope,
  type ScopeAssignment,
  type ScopeSettings,
} from './scopes';
export type * from './types';
export {
  mergeSettings,
  readSettings,
  type RuleSeverities,
  type RuleSeverity,
  type Settings,
  type SettingsPart,
  type SettingsProblem,
  type SettingsReading,
} from './settings';
export { readSettingsFile, settingsFileName, type SettingsFileReading } from './settings-file';
export { withValueFiles } from './settings-edit';
export { chartsBelow, type ChartSettings } from './chart-settings';
export { removeMember, replaceScalar, setMember, type ManifestEdit } from './edits';
export { printDocument } from './print';
export { withoutSecrets, type Shared } from './withhold';

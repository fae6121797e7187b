/** Paths of a workspace: relative to its root, with `/` on every system, `''` for the root itself. */

export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

export function baseNameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** What `reference`, written in a file of `folder`, names; undefined for what lies outside of the workspace. */
export function resolvePath(folder: string, reference: string): string | undefined {
  if (reference.startsWith('/')) return undefined;
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of reference.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join('/');
}

/** Tidies what a user writes for a folder: `./a/b/`, `a\b`; undefined for what lies outside of the workspace. */
export function normalizeFolder(path: string): string | undefined {
  return resolvePath('', path.replaceAll('\\', '/').replace(/\/+$/, ''));
}

const kustomizationNames = new Set(['kustomization.yaml', 'kustomization.yml', 'Kustomization']);

export function isKustomizationPath(path: string): boolean {
  return kustomizationNames.has(baseNameOf(path));
}

export function isChartPath(path: string): boolean {
  return baseNameOf(path) === 'Chart.yaml';
}

/** Files that the tools around a manifest write or read, and that are large or many. */
const neverManifests = new Set([
  'package.json',
  'package-lock.json',
  'npm-shrinkwrap.json',
  'composer.json',
  'pnpm-lock.yaml',
  'tsconfig.json',
  'jsconfig.json',
]);

/**
 * Whether a file may hold manifests, by its name alone; a `.json` file is one only if its content says so,
 * which `readManifest` looks at.
 */
export function isManifestPath(path: string): boolean {
  const name = baseNameOf(path);
  if (neverManifests.has(name) || isSettingsPath(path)) return false;
  return /\.(?:ya?ml|json)$/i.test(name) || kustomizationNames.has(name) || isTemplateOfNamesPath(path);
}

/** A file of a chart's `templates` that makes no manifest of its own: it holds named templates for the others. */
export function isTemplateOfNamesPath(path: string): boolean {
  return isBelowTemplates(path) && /^_|\.tpl$/.test(baseNameOf(path));
}

/** The settings of this tool are no manifest. */
export function isSettingsPath(path: string): boolean {
  return /^\.service-topology\.ya?ml$/.test(baseNameOf(path));
}

/** Whether a folder of templates, such as a chart has, is on the way to the file. */
export function isBelowTemplates(path: string): boolean {
  return path.startsWith('templates/') || path.includes('/templates/');
}

/** What a team expects to be reachable: written for this tool, and sent to no API server. */
export function isReachabilityPath(path: string): boolean {
  return /(?:^|\.)reachability\.ya?ml$/.test(baseNameOf(path));
}

/** `what-if.yaml` and `NAME.what-if.yaml`: what somebody supposes to happen, and no manifests. */
export function isWhatIfPath(path: string): boolean {
  return /(?:^|[./])what-if\.ya?ml$/.test(path);
}

/** What an engine's refusal comes down to: its innermost words, and the file that is not there where that is all. */

import { isManifestPath } from '#manifest/index';
import type { RenderPlan, RenderFailed } from '#manifest/render-types';
import type { ManifestFile } from '#manifest/types';

export interface RenderFailure {
  /** Without a full stop. */
  readonly cause: string;
  /** Whether it may be for want of a file that is generated, or left out of the workspace. */
  readonly isForWantOfFile: boolean;
  /** The path of that file, where it is known. */
  readonly missing?: string;
}

type Files = ReadonlyMap<string, ManifestFile>;

export function failureOf({ message }: Pick<RenderFailed, 'message'>, plan: RenderPlan, files: Files): RenderFailure {
  const missing = missingFile(message);
  if (missing !== undefined)
    return { cause: `${missing} is not there, or is left out here`, isForWantOfFile: true, missing };
  const name = plan.request.kind === 'helm' ? undefinedTemplate(message) : undefined;
  if (name !== undefined && !definesNames(plan.request.folder, files)) {
    const helpers = `${plan.request.folder === '' ? '' : `${plan.request.folder}/`}templates/_helpers.tpl`;
    const cause = `no file here defines the template ${name}: ${helpers}, or whichever does, is not there or left out here`;
    return { cause, isForWantOfFile: true };
  }
  return { cause: innermost(message), isForWantOfFile: false };
}

/**
 * The words behind those of the kustomizations that lead there.
 * Models sigs.k8s.io/kustomize api/internal/target/kusttarget.go accumulateResources: each level puts its own before.
 */
function innermost(message: string): string {
  const level = /^[\s\S]*recursed accumulation of path '[^']*': ([\s\S]*)$/.exec(message)?.[1] ?? message;
  const words = level.replace(/^accumulating resources: accumulation err='[\s\S]*' must resolve to a file': /, '');
  // The level outside has put its quotation marks around.
  return words !== message && isOpenQuote(words) ? words.replace(/"$/, '') : words;
}

/** Whether the text ends a quotation that begins before it. */
function isOpenQuote(text: string): boolean {
  return (text.split('"').length - 1) % 2 === 1;
}

function missingFile(message: string): string | undefined {
  const found = [
    ...message.matchAll(/'([^'\n]+)' doesn't exist|(?:open |stat )?([^\s:'"]+): (?:no such file or directory|file does not exist)/g), // prettier-ignore
  ].at(-1);
  return found?.[1] ?? found?.[2];
}

/** Models text/template: how `template` and `include` say that nothing of the name is there. */
function undefinedTemplate(message: string): string | undefined {
  return (/template "([^"]+)" not defined/.exec(message) ?? /no template "([^"]+)" associated with template/.exec(message))?.[1]; // prettier-ignore
}

/** Whether the chart has files of named templates at all. */
function definesNames(folder: string, files: Files): boolean {
  const prefix = folder === '' ? '' : `${folder}/`;
  for (const { path, text } of files.values())
    if (path.startsWith(prefix) && isManifestPath(path) && /\{\{-?\s*define\b/.test(text)) return true;
  return false;
}

/** The codes of all that can be said about manifests: what settings and ignores may name. */

import { compareStrings } from '#base/compare';
import { editDistance } from '#base/edit-distance';
import { existenceRules, rulesByKind, writtenRulesByKind } from '../rules/index';

/** What is wrong with an ignore itself. */
export const ignoreCodes = { unused: 'ignore-unused', unknownCode: 'ignore-unknown-code' } as const;

/** What is wrong with a file as a text, with what it says about other files, or with what it says to this tool. */
export const problemCodes: ReadonlySet<string> = new Set([
  'document-too-large', 'file-binary', 'file-too-large', 'file-unreadable', 'kustomization-missing-file', 'kustomization-selects-nothing',
  'object-name-type', 'object-nameless', 'object-untyped', 'render-path-missing', 'value-file-missing', 'render-failed', 'render-stopped', 'yaml-alias', 'yaml-depth', 'yaml-duplicate-key',
  'yaml-not-json', 'yaml-syntax', 'settings-invalid', 'reachability-invalid', 'what-if-invalid', ...Object.values(ignoreCodes),
]); // prettier-ignore

/** What is found in live clusters alone: that files have none of it says nothing. */
export const observedCodes: ReadonlySet<string> = new Set(['endpoints-differ']);

/** The code under which an unknown is told: nothing is wrong, but the files do not decide it. */
export const cannotKnow = 'cannot-know';

/** In the order of the alphabet, each once. */
export const knownCodes: readonly string[] = [
  ...new Set([
    ...[...existenceRules, ...[...writtenRulesByKind.values(), ...rulesByKind.values()].flat()].flatMap(({ codes }) => codes),
    ...problemCodes,
    'reachability-failed',
    cannotKnow,
  ]),
].sort(compareStrings); // prettier-ignore

const known: ReadonlySet<string> = new Set(knownCodes);

export function isKnownCode(code: string): boolean {
  return known.has(code);
}

/** The code that was most probably meant: at most three letters away. */
export function nearestCode(code: string): string | undefined {
  const scored = knownCodes.map((candidate) => ({ candidate, distance: editDistance(code, candidate, 3) }));
  scored.sort((a, b) => a.distance - b.distance);
  return scored[0] && scored[0].distance <= 3 ? scored[0].candidate : undefined;
}

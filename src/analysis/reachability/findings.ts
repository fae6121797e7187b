/** A test that fails, as a finding at what it expects: how the request ends, why, and the YAML that makes it so. */

import type { Finding, Place, RelatedPlace, Severity, TracePath } from '../types';
import { printShare } from '../trace/words';
import { endsAs } from './ends';
import type { Failed, ReachabilityTest } from './types';

export type At = Place;

/** A finding that is about the test itself. */
export function findingAt(place: At, test: ReachabilityTest, severity: Severity, message: string): Finding {
  return {
    code: 'reachability-failed',
    severity,
    message: `${test.name}: ${message}`,
    details: [],
    place,
    object: { kind: 'Test', namespace: '', name: test.name },
    related: [],
    fixes: [],
  };
}

export function failedFinding(
  place: At,
  test: ReachabilityTest,
  { requests, share }: { readonly requests: number; readonly share: number },
  failures: readonly Failed[],
): Finding {
  const [first] = failures;
  const expected = `expected ${test.expect}${shareWords(test.share)}`;
  const came = first ? `but ${first.trace.verdict}` : 'but no request was made';
  const many = requests > 1 ? `: as expected ${printPart(share)} of ${requests} requests` : '';
  const finding = findingAt(place, test, 'error', `${expected}, ${came}${many}`);
  if (!first) return finding;
  const paths = first.trace.paths.filter((path) => !endsAs(path, test.expect));
  const causes = causesOf(paths);
  return {
    ...finding,
    details: [
      { label: 'note', text: `${first.trace.from} calls ${first.trace.to}` },
      ...reasonsOf(paths, causes).map((text) => ({ label: 'cause' as const, text })),
      { label: 'effect', text: first.trace.symptom },
    ],
    related: causes.flatMap(({ place: at, text }): RelatedPlace[] => (at ? [{ ...at, message: text }] : [])),
    fixes: first.trace.fixes.map((fix) => ({ ...fix, preferred: false })),
  };
}

function shareWords(share: number): string {
  return share === 1 ? '' : share === 0 ? ' for any' : ` for at least ${printShare(share)}`;
}

function printPart(share: number): string {
  return share === 0 ? 'none' : printShare(share);
}

/** The causes of the last hops that have any: what ended the request, or where nothing did, what let it through. */
function causesOf(paths: readonly TracePath[]) {
  const seen = new Set<string>();
  return paths
    .flatMap(({ hops }) => hops.findLast(({ causes, state }) => causes.length > 0 && state !== 'passed')?.causes ?? [])
    .filter(({ text }) => !seen.has(text) && seen.add(text))
    .slice(0, 5);
}

/** Causes in their words, else the outcome's own reason. */
function reasonsOf(paths: readonly TracePath[], causes: readonly { readonly text: string }[]): readonly string[] {
  if (causes.length > 0) return causes.map(({ text }) => text);
  const reasons = paths.flatMap(({ outcome }) => ('reason' in outcome ? outcome.reason : []));
  return [...new Set(reasons)].slice(0, 2);
}

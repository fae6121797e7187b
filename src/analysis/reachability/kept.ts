/** Results of reachability tests, and of looking through kept what-ifs, that are kept while nothing changes that they depend on: for a server that goes on. */

import type { RuleSeverities } from '#manifest/settings';
import { isReachabilityPath, isWhatIfPath } from '#manifest/index';
import { gradeFindings } from '../control/severities';
import type { Finding } from '../types';
import { scopeOfWhatIf, whatIfFindings } from '../what-if/check';
import type { Workspace, WorkspaceChange } from '../workspace';
import { readReachability } from './read';
import { runReachability } from './run';
import { scopeOfTests } from './scope';

interface Kept {
  /** Ids of the scopes that the tests ran in, or why there is none: that names those that there are. */
  readonly scopes: string;
  readonly findings: readonly Finding[];
}

const nothing: readonly Finding[] = [];

/** Files are run one at a time when `runNext` is called, so that whoever has the thread can do other work in between. */
export class KeptReachability {
  readonly #workspace: Workspace;
  readonly #rules: RuleSeverities;
  readonly #kept = new Map<string, Kept>();
  readonly #stale = new Set<string>();

  constructor(workspace: Workspace, rules: RuleSeverities = {}) {
    this.#workspace = workspace;
    this.#rules = rules;
  }

  /** Takes note of what an update of the workspace touched: files of tests, and scopes that tests ran in. */
  note(change: WorkspaceChange): void {
    for (const path of change.files) {
      if (!isReachabilityPath(path) && !isWhatIfPath(path)) continue;
      if (this.#workspace.file(path)) this.#stale.add(path);
      else {
        this.#kept.delete(path);
        this.#stale.delete(path);
      }
    }
    if (change.scopes.size === 0) return;
    for (const [path, { scopes }] of this.#kept) {
      const now = this.#scopesOf(path);
      if (now !== scopes || now.split('\n').some((id) => change.scopes.has(id))) this.#stale.add(path);
    }
  }

  /** Whether `runNext` has something to do. */
  get pending(): boolean {
    return this.#stale.size > 0;
  }

  /** Runs one file of those that need it, and gives its path. */
  runNext(mayGoOn: () => boolean): string | undefined {
    const [path] = this.#stale;
    if (path === undefined) return undefined;
    this.#stale.delete(path);
    const file = this.#workspace.file(path);
    if (!file) return path;
    const findings = isWhatIfPath(path)
      ? whatIfFindings(file, this.#workspace)
      : runReachability(file, this.#workspace, { mayGoOn }).tests.flatMap(({ finding }) => finding ?? []);
    this.#kept.set(path, { scopes: this.#scopesOf(path), findings: gradeFindings(findings, this.#rules) });
    return path;
  }

  /** What the last run of the file found. */
  findings(path: string): readonly Finding[] {
    return this.#kept.get(path)?.findings ?? nothing;
  }

  #scopesOf(path: string): string {
    const file = this.#workspace.file(path);
    if (!file) return '';
    const states = isWhatIfPath(path)
      ? [scopeOfWhatIf(file, this.#workspace)]
      : readReachability(file).documents.map((document) => scopeOfTests(path, document, this.#workspace));
    return states.map((state) => ('error' in state ? state.error : state.scope.id)).join('\n');
  }
}

/**
 * The cluster as it would be after files were applied to it: made when somebody asks, in steps that delay no answer for
 * long, and kept while nothing changes.
 */

import { afterApplySteps, type Applied } from '#analysis/after-apply';
import { appliedPart, asManifestSays } from '#analysis/applied-fields';
import { differenceOf, type Difference } from '#analysis/difference';
import { namePlaceOf } from '#analysis/places';
import type { Place } from '#analysis/types';
import type { Workspace } from '#analysis/workspace';
import type { JsonObject } from '#base/json';
import type { DryRun } from '#live/index';
import { observedFile } from '#manifest/index';
import type { KubernetesObject } from '#model/object';
import { appliedScope } from '#protocol/live';
import type { View } from '../session';
import { ClusterPaths } from './cluster-paths';
import type { LiveSession } from './live-session';
import { loadLiveClient } from './client';
import { sightOf } from './sight';

/** What is derived anew at most so often, as multiples of what it takes: typing goes first. */
const restFactor = 5;

/** How long a message may have to wait for the next step, in milliseconds. */
const longestBit = 10;

interface Kept {
  readonly applied: Applied;
  /** The objects of the files, in the order of those that were written. */
  readonly manifests: readonly KubernetesObject[];
  readonly revision: string;
  readonly made: number;
  readonly cost: number;
}

/** One that is being made. */
interface Making {
  readonly steps: Generator<void, Applied>;
  readonly manifests: readonly KubernetesObject[];
  /** Of the files and the cluster that it is made of. */
  readonly revision: string;
  /** What the steps have taken so far, in milliseconds. */
  spent: number;
  /** Settled once it is made, or given up. */
  readonly ended: Promise<void>;
}

export class AppliedScopes {
  readonly #files: View;
  readonly #live: LiveSession;
  readonly #revision: () => string;
  readonly #changed: () => void;
  readonly #kept = new Map<string, Kept>();
  readonly #making = new Map<string, Making>();
  #timer: NodeJS.Timeout | undefined;

  /** `revision` is another one when the files or the cluster changed; `changed` is called when an old answer was given. */
  constructor(files: View, live: LiveSession, revision: () => string, changed: () => void) {
    this.#files = files;
    this.#live = live;
    this.#revision = revision;
    this.#changed = changed;
  }

  /** The name of the scope that shows the cluster after a scope of files was applied to it. */
  nameOf(scope: string): string {
    return appliedScope(this.#live.status.scope, scope);
  }

  /** The scope of files whose application a scope's name tells; undefined for any other name. */
  appliedBy(name: string): string | undefined {
    const start = this.nameOf('');
    if (this.#live.status.scope === '' || !name.startsWith(start)) return undefined;
    const scope = name.slice(start.length);
    return this.#files.workspace().scope(scope) && scope;
  }

  /**
   * Settled when asking about the scope takes no long work: what is wanted is made in steps, between which others are
   * answered. Undefined where there is nothing to wait for.
   */
  prepare(scope: string): Promise<void> | undefined {
    const revision = this.#settled();
    const kept = this.#kept.get(scope);
    if (kept && (kept.revision === revision || this.#restOf(kept) > 0)) return undefined;
    return (this.#making.get(scope) ?? this.#begin(scope, revision))?.ended;
  }

  /** Undefined where there is no picture of the cluster, or no such scope of files. */
  view(scope: string): View | undefined {
    const kept = this.#get(scope);
    if (!kept) return undefined;
    const { workspace } = kept.applied;
    return { paths: new AppliedPaths(kept, this.#files), workspace: () => workspace };
  }

  async difference(scope: string): Promise<{ readonly difference: Difference; readonly applied: Applied } | undefined> {
    const { watchedKinds } = await loadLiveClient();
    await this.prepare(scope);
    const kept = this.#get(scope);
    const [state] = this.#live.workspace().scopes;
    const { cluster } = this.#live;
    if (!kept || !state || !cluster) return undefined;
    const { applied } = kept;
    const difference = differenceOf(state.simulation.controlPlane, applied, sightOf(cluster, watchedKinds));
    return { difference, applied };
  }

  /** Asks the API server itself; see DryRun. Undefined where there is no cluster, or no such scope. */
  async dryRun(scope: string): Promise<{ readonly results: readonly DryRun[]; readonly view: View } | undefined> {
    await this.prepare(scope);
    const kept = this.#get(scope);
    const view = this.view(scope);
    const { cluster } = this.#live;
    return kept && view && cluster && { results: await cluster.dryRun(kept.applied.written), view };
  }

  /** The two texts that differ in what applying would change: of an object as it is, and as the files would have it. */
  texts(scope: string, key: string): { readonly now: string; readonly after: string } | undefined {
    const kept = this.#get(scope);
    const [state] = this.#live.workspace().scopes;
    const wanted = kept?.applied.written.find((object) => object.key === key);
    if (!state || !kept) return undefined;
    const now = state.simulation.controlPlane.object(key);
    return {
      now: !now ? '' : textOf(now, wanted ? asManifestSays(now.body, wanted.body) : now.body),
      after: wanted ? textOf(wanted, appliedPart(wanted.body)) : now ? textOf(now, now.body) : '',
    };
  }

  /** The cluster is gone. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#kept.clear();
    this.#making.clear();
  }

  /** An old one is told of until the next is made. */
  #get(scope: string): Kept | undefined {
    const revision = this.#settled();
    if (!this.#files.workspace().scope(scope) || !this.#live.cluster) return undefined;
    const kept = this.#kept.get(scope);
    if (kept?.revision === revision) return kept;
    if (kept) {
      const rest = this.#restOf(kept);
      if (rest > 0) this.#tellLater(rest);
      else void this.prepare(scope)?.then(this.#changed);
      return kept;
    }
    const making = this.#making.get(scope) ?? this.#begin(scope, revision);
    if (making) this.#advance(scope, making, Infinity);
    return this.#kept.get(scope);
  }

  /** The revision of the files and of the cluster, with all that happened so far derived. */
  #settled(): string {
    this.#files.workspace();
    this.#live.workspace();
    return this.#revision();
  }

  #restOf({ made, cost }: Kept): number {
    return made + restFactor * cost - performance.now();
  }

  #begin(scope: string, revision: string): Making | undefined {
    const state = this.#files.workspace().scope(scope);
    const [live] = this.#live.workspace().scopes;
    const { cluster } = this.#live;
    if (!state || !live || !cluster) return undefined;
    const manifests = [...state.simulation.controlPlane.objects()];
    const namespaces = cluster.status().namespaces;
    const steps = afterApplySteps(live.simulation.controlPlane, manifests, {
      settings: this.#live.settings,
      namespace: namespaces?.length === 1 ? namespaces[0]! : cluster.defaultNamespace,
      knowledge: { incomplete: live.scope.incomplete, notes: live.scope.notes ?? [] },
      scope: this.nameOf(scope),
    });
    const ended = new Promise<void>((resolve) => {
      const go = () => {
        if (this.#isOver(scope, making)) resolve();
        else setTimeout(go, 0);
      };
      setTimeout(go, 0);
    });
    const making: Making = { steps, manifests, revision, spent: 0, ended };
    this.#making.set(scope, making);
    return making;
  }

  #isOver(scope: string, making: Making): boolean {
    if (this.#making.get(scope) !== making) return true;
    try {
      return this.#advance(scope, making, longestBit);
    } catch {
      // Whoever waits makes it again at once, and is told what went wrong.
      this.#making.delete(scope);
      return true;
    }
  }

  /** Goes on for so many milliseconds; whether it is made then. */
  #advance(scope: string, making: Making, milliseconds: number): boolean {
    const began = performance.now();
    for (let now = began; now - began < milliseconds; now = performance.now()) {
      const step = making.steps.next();
      if (step.done !== true) continue;
      const made = performance.now();
      const { manifests, revision, spent } = making;
      this.#making.delete(scope);
      this.#kept.set(scope, { applied: step.value, manifests, revision, made, cost: spent + made - began });
      return true;
    }
    making.spent += performance.now() - began;
    return false;
  }

  #tellLater(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#changed, milliseconds);
  }
}

function textOf(object: KubernetesObject, body: JsonObject): string {
  return observedFile(object.origin.file, { ...object, body }).text;
}

/** What was applied leads to the files that it came from, all else to the cluster's objects. */
class AppliedPaths extends ClusterPaths {
  readonly #originals: ReadonlyMap<string, KubernetesObject>;
  readonly #files: View;

  constructor({ applied, manifests }: Kept, files: View) {
    super();
    this.#files = files;
    this.#originals = new Map(applied.written.map(({ origin }, i) => [origin.file, manifests[i]!]));
  }

  override uri(path: string): string {
    const original = this.#originals.get(path);
    return original ? this.#files.paths.uri(original.origin.file) : super.uri(path);
  }

  /** The text of what was applied is not that of its file: its name is what can be found there. */
  override place(place: Place) {
    const original = this.#originals.get(place.file);
    if (!original) return super.place(place);
    const workspace: Workspace = this.#files.workspace();
    const named = namePlaceOf(original, workspace) ?? { file: original.origin.file, range: place.range };
    return this.#files.paths.place(named);
  }
}

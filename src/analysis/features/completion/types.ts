/** What completion offers, and what it knows while it looks. */

import type { Range } from '#base/text';
import type { JsonObject, JsonPath } from '#base/json';
import type { ScopeState } from '../../context';
import type { Workspace } from '../../workspace';
import type { MentionIndex } from '../mentions/mention-index';

export interface Completion {
  readonly label: string;
  /** What takes the place of the word at the cursor. */
  readonly insert: string;
  /** Beside the label: `2 pods`, `8080/TCP of Deployment web`. */
  readonly detail: string;
  /** Markdown. */
  readonly documentation?: string;
  readonly kind: 'label' | 'port' | 'service' | 'namespace' | 'choice' | 'value';
}

export interface Completions {
  readonly items: readonly Completion[];
  readonly range: Range;
  /** Whether more match, and a longer word would find them. */
  readonly incomplete: boolean;
}

/** Who else completes: with another server that knows the schemas, their words would come twice. */
export type Beside = 'alone' | 'beside schemas';

/** Where a completion is asked for, as one scope has it. */
export interface Question {
  readonly kind: string;
  readonly group: string;
  readonly namespace: string;
  readonly name: string;
  /** From the object; indexes of lists as numbers. */
  readonly path: JsonPath;
  /** The path with `[]` for each index: `spec.ports.[].targetPort`. */
  readonly field: string;
  readonly part: 'key' | 'value';
  readonly typed: string;
  readonly body: JsonObject;
  readonly state: ScopeState;
  /** All that the file belongs to. */
  readonly states: readonly ScopeState[];
  readonly workspace: Workspace;
  readonly index: MentionIndex;
}

/** The most that are offered at once. */
export const mostItems = 100;

/** A path as text, `[]` for each index of a list: what fields are told by. */
export function fieldOf(path: JsonPath): string {
  return path.map((step) => (typeof step === 'number' ? '[]' : step)).join('.');
}

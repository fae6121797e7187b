/** What a refactoring is: a change of the YAML that somebody asks for, not the mending of a fault. */

import type { TextEdit } from '../../types';
import type { Workspace } from '../../workspace';
import type { ObjectAt } from '../object-at';

export interface Refactoring {
  readonly title: string;
  /** As the editor sorts them: `extract` makes a new object, `rewrite` says the same in other words or says more. */
  readonly kind: 'extract' | 'rewrite';
  readonly edits: readonly TextEdit[];
}

/** What can be done at a place of an object; undefined where it makes no sense there. */
export type Refactor = (at: ObjectAt, workspace: Workspace) => Refactoring | undefined;

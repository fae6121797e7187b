/** The row of the cluster in the Services view: there from the moment that somebody connects, whatever becomes of it. */

import { treeChildren } from '#analysis/tree/tree';
import { joinId } from '#analysis/tree/view';
import type { WireTreeItem } from '#protocol/values';
import { wireTreeItem } from '../wire';
import type { LiveSession } from './live-session';

/** Its state is not in it: that comes by a notification of its own. */
export function liveRow(live: LiveSession): readonly WireTreeItem[] {
  const { state, scope, context } = live.status;
  if (state === 'off') return [];
  const [known] = treeChildren(live.workspace());
  if (known) return [{ ...wireTreeItem(known, live.paths), kind: 'cluster', label: context }];
  const nothing = { description: '', accessibleLabel: `Cluster ${context}`, tooltip: '', hasChildren: false };
  // Another row than the one with a picture: that one comes open.
  return [{ id: joinId('cluster', scope, state), kind: 'cluster', label: context, scope, ...nothing }];
}

/** What is not known of the cluster, in front of its namespaces: a row for all of it, with one each below. */
export function liveNotes(live: LiveSession, parent: string): readonly WireTreeItem[] {
  const [state] = live.workspace().scopes;
  if (!state) return [];
  const { id, name, incomplete, notes = [] } = state.scope;
  const all = [...incomplete, ...notes.filter((note) => !note.startsWith('not live: '))];
  const row = { kind: 'unknown', scope: name } as const;
  if (parent === joinId('scope', id) && all.length > 0) {
    const label = all.length === 1 ? '1 thing cannot be known' : `${all.length} things cannot be known`;
    return [
      { ...row, id: joinId('notes', id), label, description: '', accessibleLabel: label, tooltip: all.join('\n'), hasChildren: true },
    ]; // prettier-ignore
  }
  if (parent !== joinId('notes', id)) return [];
  return all.map((text, i) => {
    // What may not be read, and beside it what is not known for that.
    const [label = text, ...rest] = text.split(': ');
    const description = rest.join(': ');
    return {
      ...row,
      id: joinId('note', id, String(i)),
      label,
      description,
      accessibleLabel: text,
      tooltip: text,
      hasChildren: false,
    };
  });
}

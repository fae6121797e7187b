/** Hover on what a kustomization gives: the namespace, and the pods that have a label. */

import { mentionsAt } from './mentions/meant-together';
import { isKustomization } from './kustomization-objects';
import type { Position, Range } from '#base/text';
import type { Workspace } from '../workspace';
import { escape } from '../markdown';
import { hoverOfNamespace } from './hover-entry';
import { matchesText } from './hover-selector';

export function hoverOfGiven(
  workspace: Workspace,
  file: string,
  position: Position,
): { readonly contents: string; readonly range: Range } | undefined {
  const given = mentionsAt(workspace, file, position).filter(({ found }) => isKustomization(found.object));
  const texts = given.flatMap(({ state, found: { mention } }) => {
    const { meaning } = mention;
    const { controlPlane } = state.simulation;
    if (meaning.kind === 'namespace') return hoverOfNamespace(meaning.name, state, workspace) ?? [];
    if (meaning.kind !== 'label') return [];
    const groups = controlPlane.groupsMatching({ [meaning.key]: meaning.value }, meaning.namespace);
    const where = `Namespace ${escape(meaning.namespace)} of ${escape(state.scope.name)}`;
    return `${where}: ${matchesText(`${meaning.key}: ${meaning.value}`, groups)}`;
  });
  const [first] = given;
  if (!first || texts.length === 0) return undefined;
  const more = texts.length > 2 ? [`… and in ${texts.length - 2} more`] : [];
  return { contents: [...texts.slice(0, 2), ...more].join('\n\n'), range: first.range };
}

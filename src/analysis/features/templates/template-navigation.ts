/** Definition and references in a chart: between templates and the values that they read, and among named templates. */

import type { Place } from '../../types';
import type { Workspace } from '../../workspace';
import type { ReferenceKinds } from '../references';
import { helperPlaces, settingsOf, usesOf, type TemplateAt } from './template-at';

/** Of a value where it is set; from there, where it is read. */
export function definitionOfTemplate(at: TemplateAt, workspace: Workspace): Place[] {
  return at.kind === 'value' && at.in === 'values' ? placesOf(at, workspace, 'references') : placesOf(at, workspace, 'definitions'); // prettier-ignore
}

export function placesOf(at: TemplateAt, workspace: Workspace, kinds: ReferenceKinds): Place[] {
  const wanted = (role: 'definition' | 'reference') => kinds === 'all' || kinds === `${role}s`;
  if (at.kind === 'helper')
    return helperPlaces(workspace, at.chart, at.name).flatMap(({ file, range, role }) => (wanted(role) ? { file, range } : [])); // prettier-ignore
  return [
    ...(wanted('definition') ? settingsOf(workspace, at.read).map(({ key }) => key) : []),
    ...(wanted('reference') ? usesOf(workspace, at.read) : []),
  ];
}

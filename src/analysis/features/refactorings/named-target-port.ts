/** The name of a target port in place of its number. */

import { changeValue } from '../../rules/edits';
import { servicePortAt } from '../object-at';
import { isNumberedTarget, nameOfTarget } from '../target-names';
import type { Refactor } from './types';

/** Where all targets call the number alike. */
export const namedTargetPort: Refactor = ({ object, path, state }, workspace) => {
  const index = object.kind === 'Service' && object.group === '' ? servicePortAt(path) : undefined;
  const service = state.simulation.controlPlane.service(`${object.namespace}/${object.name}`);
  const port = index === undefined ? undefined : service?.spec.ports?.[index];
  if (index === undefined || !port || !isNumberedTarget(object, index)) return undefined;
  const name = nameOfTarget(port, state.simulation.controlPlane.targets(`${object.namespace}/${object.name}`));
  const field = ['spec', 'ports', index, 'targetPort'];
  const edit = name === undefined ? undefined : changeValue(object, field, name, workspace.context(state));
  return edit && { title: `Call the target port by its name ${name}`, kind: 'rewrite', edits: [edit] };
};

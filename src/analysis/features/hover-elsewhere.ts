/** What the other scopes that share a file make of the same Service: an overlay may change what the base says. */

import type { Position } from '#base/text';
import type { Workspace } from '../workspace';
import { escape } from '../markdown';
import { serviceSummary } from './lens';
import { printByScope } from './listed';
import { objectsAt } from './object-at';

/** So many scopes that differ are told. */
const mostScopes = 4;

/** Markdown; undefined where one scope alone has the place. */
export function hoverElsewhere(workspace: Workspace, file: string, position: Position): string | undefined {
  const [own, ...others] = objectsAt(workspace, file, position);
  const services = others.filter(({ object }) => object.kind === 'Service' && object.group === '');
  if (!own || services.length === 0) return undefined;
  const told = services.map(({ object, state }) => ({ scope: state.scope.name, text: serviceSummary(object, state, workspace) })); // prettier-ignore
  const lines = printByScope(told, mostScopes).map((line) => `- ${escape(line)}`);
  return `So it is in ${escape(own.state.scope.name)}; elsewhere:\n${lines.join('\n')}`;
}

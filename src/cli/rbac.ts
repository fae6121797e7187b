/** `rbac`: the smallest roles with which each feature reads a live cluster. */

import { stringify } from 'yaml';
import { clusterRoleFor, features, namespacedRolesFor, type Feature } from '#live/roles';
import { Failure } from './failure';
import { print, printValue } from './output';

export interface RbacFlags {
  readonly namespaced?: boolean;
  readonly namespace: string;
  readonly feature?: readonly string[];
  readonly output: 'json' | 'yaml';
}

export function rbac(flags: RbacFlags): void {
  const wanted = flags.feature === undefined ? features : flags.feature.map(featureOf);
  const roles = flags.namespaced ? namespacedRolesFor(wanted, flags.namespace) : clusterRoleFor(wanted);
  if (flags.output === 'json') {
    printValue({ apiVersion: 'v1', kind: 'List', items: roles }, 'json');
    return;
  }
  const about = [
    `# What service-topology reads for: ${wanted.join(', ')}. It gets, lists and watches, and writes nothing.`,
    '# What it may not read is left out, and it says what it does not know for that.',
  ];
  print(
    `${about.join('\n')}\n${roles.map((role) => stringify(role, { lineWidth: 0, aliasDuplicateObjects: false })).join('---\n')}`,
  );
}

function featureOf(text: string): Feature {
  const found = features.find((feature) => feature === text);
  if (!found) throw new Failure(`--feature must be of ${features.join(', ')}, not ${text}`);
  return found;
}

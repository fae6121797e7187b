/**
 * Faults of each kind, put into small right applications (test/cases/faults): each is named by its finding, nothing else
 * is said, and nothing at all about the applications as they are.
 */

import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../support/program';
import { allFindings, runKind, type NamedWorkspace } from '../../support/faults/inject';
import { faultKinds } from '../../support/faults/kinds/index';
import { loadWorkspaces } from '../../support/faults/load';
import type { Verdict } from '../../support/faults/types';

let workspaces: readonly NamedWorkspace[] = [];
beforeAll(async () => {
  workspaces = await loadWorkspaces(join(root, 'test/cases/faults'));
});

const printed = ({ application, change, result, told, noise }: Verdict) => [`${result} in ${application}: ${change}`, ...told, ...noise.map((line) => `noise: ${line}`)].join('\n'); // prettier-ignore

describe('findings', () => {
  it('say nothing about what is right', () => {
    expect(workspaces.map(({ name }) => name)).toEqual(['bare', 'shop', 'tickets']);
    expect(workspaces.flatMap(({ workspace }) => allFindings(workspace))).toEqual([]);
  });

  it.each(faultKinds)('name: $name', (kind) => {
    const { verdicts } = runKind(kind, workspaces, 4, 'kept');
    expect(verdicts.length).toBeGreaterThan(0);
    expect(verdicts.filter(({ result, noise }) => result !== 'found' || noise.length > 0).map(printed)).toEqual([]);
    expect(verdicts.flatMap(({ falseAlarms }) => falseAlarms)).toEqual([]);
  });

  it('are put to the same faults in each run', () => {
    const [kind] = faultKinds;
    const changes = () => runKind(kind!, workspaces, 3, 'kept').verdicts.map(({ change }) => change);
    expect(changes()).toEqual(changes());
    expect(new Set(changes()).size).toBe(3);
  });
});

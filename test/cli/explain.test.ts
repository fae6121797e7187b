/** `explain` prints the page of a finding, and knows which ones there are. */

import { describe, expect, it } from 'vitest';
import { knownCodes } from '#analysis/control/codes';
import { run } from '../support/program';

describe('explain', () => {
  it('tells what a finding means, with its example as it is written', () => {
    const { status, stdout } = run(['explain', 'selector-matches-nothing']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^selector-matches-nothing\n\nError\. The Service has a selector/);
    for (const heading of ['WHY', 'EFFECT', 'EXAMPLE', 'FIX', 'WHEN TO IGNORE'])
      expect(stdout).toContain(`\n${heading}\n`);
    expect(stdout).toContain('\n  spec:\n    selector:\n      app: wbe\n');
    expect(stdout).not.toMatch(/\*\*|```|\]\(/);
    expect(stdout).toContain('docs/rules/selector-matches-nothing.md');
  });

  it('prints the page itself as Markdown', () => {
    const { stdout } = run(['explain', 'name-port', '-o', 'markdown']);
    expect(stdout).toMatch(/^# name-port\n\n\*\*Error\*\*/);
    expect(stdout).toContain('```yaml\n');
  });

  it('lists all of them, a line each', () => {
    const lines = run(['explain']).stdout.trim().split('\n');
    expect(lines.map((line) => line.split(/\s+/)[0])).toEqual(knownCodes);
    expect(lines.filter((line) => !/^\S+ +(?:error|warning|info|hint) +\S.*[.:]$/.test(line))).toEqual([]);
  });

  it('knows what was meant', () => {
    const { status, stderr } = run(['explain', 'selector-match-nothing']);
    expect(status).toBe(2);
    expect(stderr).toContain('did you mean selector-matches-nothing?');
  });
});

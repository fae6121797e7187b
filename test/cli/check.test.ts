/** `check`, run as a user runs it. */
import { describe, expect, it } from 'vitest';
import { deployment, folderOf, run, service } from '../support/program';

describe('check', () => {
  it('finds nothing in a healthy folder and ends with 0', () => {
    const folder = folderOf({ 'web.yaml': `${service('web', 'web')}---\n${deployment('web', 'web')}` });
    const { status, stdout } = run(['check', folder]);
    expect(stdout).toMatch(/^Nothing found in 2 objects of 1 scope \(1 file, \d+ ms\)\.$/m);
    expect(status).toBe(0);
  });

  it('names the cause, the nearest candidate, the effect and the fix, and ends with 1', () => {
    const folder = folderOf({ 'web.yaml': `${service('web', 'web')}---\n${deployment('web', 'wbe')}` });
    const { status, stdout } = run(['check', 'web.yaml'], { cwd: folder });
    expect(stdout).toContain('web.yaml\n');
    expect(stdout).toMatch(/^ +\d+:\d+ {2}error {4}Service shop\/web selects no pod {2}selector-matches-nothing$/m);
    expect(stdout).toContain('app: wbe');
    expect(stdout).toMatch(/^ +effect: .*refused/m);
    expect(stdout).toMatch(/^ +fix: change the selector to app: wbe/m);
    expect(status).toBe(1);
  });

  it('prints the fixed JSON', () => {
    const folder = folderOf({ 'a/web.yaml': `${service('web', 'web')}---\n${deployment('web', 'wbe')}` });
    const { status, stdout } = run(['check', 'a', '--format', 'json'], { cwd: folder });
    const report = JSON.parse(stdout) as { findings: Record<string, unknown>[]; unknown: unknown[] };
    expect(status).toBe(1);
    expect(report.unknown).toEqual([]);
    expect(report.findings).toHaveLength(1);
    const finding = report.findings[0]!;
    expect(Object.keys(finding).sort()).toEqual([
      'code',
      'file',
      'fixes',
      'message',
      'object',
      'range',
      'related',
      'severity',
    ]);
    expect(finding).toMatchObject({
      code: 'selector-matches-nothing',
      severity: 'error',
      file: 'a/web.yaml',
      object: { kind: 'Service', namespace: 'shop', name: 'web' },
    });
    expect(finding.range).toEqual({ start: { line: 7, character: 4 }, end: { line: 7, character: 12 } });
  });

  it('prints SARIF with one-based places', () => {
    const folder = folderOf({ 'web.yaml': `${service('web', 'web')}---\n${deployment('web', 'wbe')}` });
    const { stdout } = run(['check', '.', '--format', 'sarif'], { cwd: folder });
    const log = JSON.parse(stdout) as {
      version: string;
      runs: { results: { ruleId: string; locations: unknown[] }[] }[];
    };
    expect(log.version).toBe('2.1.0');
    expect(log.runs[0]!.results[0]).toMatchObject({
      ruleId: 'selector-matches-nothing',
      level: 'error',
      locations: [{ physicalLocation: { artifactLocation: { uri: 'web.yaml' }, region: { startLine: 8 } } }],
    });
  });

  it('keeps scopes apart: the same Service in two folders', () => {
    const text = `${service('web', 'web')}---\n${deployment('web', 'web')}`;
    const folder = folderOf({ 'staging/web.yaml': text, 'production/web.yaml': text });
    const { status, stdout } = run(['check', folder]);
    expect(stdout).toContain('Nothing found in 4 objects of 2 scopes');
    expect(status).toBe(0);
  });

  it('obeys .gitignore and the exclusions of .service-topology.yaml', () => {
    const broken = `${service('web', 'web')}---\n${deployment('web', 'wbe')}`;
    const folder = folderOf({
      '.gitignore': 'out/\n',
      '.service-topology.yaml': 'exclude: ["old/**"]\n',
      'out/web.yaml': broken,
      'old/web.yaml': broken,
      'node_modules/x/web.yaml': broken,
      'web.yaml': `${service('web', 'web')}---\n${deployment('web', 'web')}`,
    });
    const { status, stdout } = run(['check', folder]);
    expect(stdout).toContain('Nothing found in 2 objects of 1 scope');
    expect(status).toBe(0);
  });
});

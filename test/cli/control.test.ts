/** Severities, ignores and baselines, as `check` tells them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deployment, folderOf, run, service } from '../support/program';

const broken = `${service('web', 'web')}---\n${deployment('web', 'wbe')}`;
const code = 'selector-matches-nothing';

describe('severities', () => {
  it('come from .service-topology.yaml and decide about the exit status', () => {
    const folder = folderOf({ 'web.yaml': broken, '.service-topology.yaml': `rules: {${code}: warning}\n` });
    const { status, stdout } = run(['check', folder]);
    expect(stdout).toMatch(/^ +\d+:\d+ {2}warning {2}Service shop\/web selects no pod {2}selector-matches-nothing$/m);
    expect(status).toBe(0);
    writeFileSync(join(folder, '.service-topology.yaml'), `rules:\n  ${code}: off\n`);
    expect(run(['check', folder]).stdout).toMatch(/^Nothing found in 2 objects/);
  });

  it('of a code that there is not are told at their place, and fail', () => {
    const folder = folderOf({ 'web.yaml': '', '.service-topology.yaml': 'rules:\n  selector-matches-nothin: off\n' });
    const { status, stdout } = run(['check', '.'], { cwd: folder });
    expect(stdout).toMatch(/^\.service-topology\.yaml\n +2:3 {2}error {4}rules.selector-matches-nothin is no rule; did you mean selector-matches-nothing\? {2}settings-invalid$/m); // prettier-ignore
    expect(status).toBe(1);
  });
});

describe('ignores', () => {
  const files = {
    'web.yaml': broken.replace('app: web\n', `app: web # service-topology-ignore ${code} by an operator\n`),
  };

  it('keep silent, end with 0, and count', () => {
    const { status, stdout } = run(['check', folderOf(files)]);
    expect(stdout).toMatch(/^Nothing found in .*\. Not shown: 1 ignored \(--show-ignored\)\.\n$/);
    expect(status).toBe(0);
  });

  it('are listed with their reasons on demand', () => {
    const { stdout } = run(['check', '.', '--show-ignored'], { cwd: folderOf(files) });
    expect(stdout).toMatch(/^ +8:5 {2}ignored {2}Service shop\/web selects no pod {2}selector-matches-nothing$/m);
    expect(stdout).toContain('ignored at 8:40: by an operator');
    const json = run(['check', '.', '--show-ignored', '--format', 'json'], { cwd: folderOf(files) });
    expect(JSON.parse(json.stdout)).toMatchObject({
      findings: [],
      ignored: [{ code, file: 'web.yaml', ignore: { reason: 'by an operator', range: { start: { line: 7 } } } }],
    });
    expect(JSON.parse(run(['check', '.', '--format', 'json'], { cwd: folderOf(files) }).stdout)).not.toHaveProperty('ignored');
  }); // prettier-ignore

  it('that match nothing are told as hints', () => {
    const text = `# service-topology-ignore ${code}\n${service('web', 'web')}---\n${deployment('web', 'web')}`;
    const { status, stdout } = run(['check', folderOf({ 'web.yaml': text })]);
    expect(stdout).toMatch(/^ +1:27 {2}hint {5}nothing to ignore: .* {2}ignore-unused$/m);
    expect(status).toBe(0);
  });
});

describe('a finding in JSON', () => {
  it('names its object, and does not print it', () => {
    const { stdout } = run(['check', folderOf({ 'web.yaml': broken }), '--format', 'json']);
    const { findings } = JSON.parse(stdout) as { findings: { object: unknown }[] };
    expect(findings[0]!.object).toEqual({ kind: 'Service', namespace: 'shop', name: 'web' });
  });
});

describe('a baseline', () => {
  it('keeps what is old from being told, and tells what is new and what is gone', () => {
    const folder = folderOf({ 'a/web.yaml': broken, 'b/old.yaml': broken.replaceAll(': web', ': old') });
    const check = (...args: string[]) => run(['check', '.', ...args], { cwd: folder });
    const written = check('--write-baseline', 'base.json');
    expect(written.stdout).toBe('Wrote 2 findings to base.json; check with --baseline base.json.\n');
    expect(written.status).toBe(0);
    expect(JSON.parse(readFileSync(join(folder, 'base.json'), 'utf8'))).toEqual({
      version: 1,
      findings: [
        { code, object: 'Service shop/old', message: 'Service shop/old selects no pod', count: 1 },
        { code, object: 'Service shop/web', message: 'Service shop/web selects no pod', count: 1 },
      ],
    });
    // Lines move, files are renamed.
    writeFileSync(join(folder, 'a/web.yaml'), `# a licence\n\n${broken}`);
    const known = check('--baseline', 'base.json');
    expect(known.stdout).toMatch(/^Nothing found in .* Not shown: 2 known to base\.json\.\n$/);
    expect(known.status).toBe(0);
    writeFileSync(join(folder, 'b/old.yaml'), broken.replaceAll(': web', ': new'));
    const changed = check('--baseline', 'base.json');
    expect(changed.stdout).toContain('Service shop/new selects no pod');
    expect(changed.stdout).not.toContain('Service shop/web selects');
    expect(changed.stdout).toMatch(/^No longer found, though base\.json has it.*\n +Service shop\/old selects no pod {2}selector-matches-nothing$/m);
    expect(changed.status).toBe(1);
    const json = JSON.parse(check('--baseline', 'base.json', '--format', 'json').stdout) as Record<string, object[]>;
    expect(json.findings).toHaveLength(1);
    expect(json.known).toHaveLength(1);
    expect(json.gone).toEqual([{ code, object: 'Service shop/old', message: 'Service shop/old selects no pod', count: 1 }]);
  }); // prettier-ignore

  it('counts: the same finding in one scope more is new', () => {
    const folder = folderOf({ 'a/web.yaml': broken });
    const check = (...args: string[]) => run(['check', '.', ...args], { cwd: folder });
    check('--write-baseline', 'base.json');
    expect(check('--baseline', 'base.json').status).toBe(0);
    writeFileSync(join(folder, 'c.yaml'), broken);
    const { status, stdout } = check('--baseline', 'base.json');
    expect(stdout).toMatch(/^1 error in .* Not shown: 1 known/m);
    expect(status).toBe(1);
  });

  it('that cannot be read ends with 2 and a sentence', () => {
    const folder = folderOf({ 'web.yaml': broken, 'a.txt': 'no', 'b.txt': '{"version": 2, "findings": []}', 'c.txt': '{"version": 1, "findings": [{}]}' });
    const told = (file: string) => {
      const { status, stdout, stderr } = run(['check', '.', '--baseline', file], { cwd: folder });
      expect([status, stdout]).toEqual([2, '']);
      return stderr;
    };
    expect(told('none.json')).toBe('service-topology: cannot read the baseline none.json: no such file or folder\n');
    expect(told('a.txt')).toBe('service-topology: cannot read the baseline a.txt: it is not JSON\n');
    expect(told('b.txt')).toContain('its version is not 1');
    expect(told('c.txt')).toContain('entry 1 has to have a code');
  }); // prettier-ignore
});

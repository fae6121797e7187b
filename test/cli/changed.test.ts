/** `--changed-since`, in real Git repositories. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deployment, folderOf, run, service } from '../support/program';

const sound = `${service('web', 'web')}---\n${deployment('web', 'web')}`;
const broken = sound.replaceAll('app: web', 'app: wbe').replace('app: wbe', 'app: web');

function git(folder: string, ...args: readonly string[]): void {
  const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.invalid', '-c', 'commit.gpgsign=false'];
  execFileSync('git', [...who, ...args], { cwd: folder, stdio: 'ignore' });
}

function repository(files: Readonly<Record<string, string>>): string {
  const folder = folderOf(files);
  git(folder, 'init', '-b', 'main');
  git(folder, 'add', '.');
  git(folder, 'commit', '-m', 'first');
  return folder;
}

function filesOf(folder: string, args: readonly string[] = ['.'], cwd = folder): string[] {
  const { stdout, stderr } = run(['check', ...args, '--changed-since', 'main', '--format', 'json'], { cwd });
  expect(stderr).toBe('');
  const { findings } = JSON.parse(stdout) as { findings: { file: string }[] };
  return findings.map(({ file }) => file).sort();
}

describe('--changed-since', () => {
  it('tells what is committed, changed and new since the branches parted, and nothing else', () => {
    const folder = repository({ 'old/web.yaml': broken, 'a/web.yaml': sound, 'b/web.yaml': sound, 'x y/ü.yaml': sound });
    expect(filesOf(folder)).toEqual([]);
    git(folder, 'switch', '-c', 'topic');
    writeFileSync(join(folder, 'a/web.yaml'), broken);
    git(folder, 'commit', '-am', 'second');
    git(folder, 'switch', 'main');
    appendFileSync(join(folder, 'old/web.yaml'), '# main goes on\n');
    git(folder, 'commit', '-am', 'third');
    git(folder, 'switch', 'topic');
    writeFileSync(join(folder, 'x y/ü.yaml'), broken);
    mkdirSync(join(folder, 'new'));
    writeFileSync(join(folder, 'new/web.yaml'), broken);
    expect(filesOf(folder)).toEqual(['a/web.yaml', 'new/web.yaml', 'x y/ü.yaml']);
    expect(filesOf(folder, ['a'])).toEqual(['a/web.yaml']);
    expect(filesOf(folder, ['web.yaml'], join(folder, 'a'))).toEqual(['web.yaml']);
    expect(filesOf(folder, ['../new'], join(folder, 'b'))).toEqual(['../new/web.yaml']);
  }); // prettier-ignore

  it('tells what a changed file breaks in another one', () => {
    const folder = repository({ 'service.yaml': service('web', 'web'), 'deployment.yaml': deployment('web', 'web') });
    writeFileSync(join(folder, 'deployment.yaml'), deployment('web', 'wbe'));
    expect(filesOf(folder)).toEqual(['service.yaml']);
  });

  it('ends with 2 and a sentence where there is no repository, no such commit, or no git', () => {
    const told = (folder: string, reference: string, env?: string) => {
      const before = process.env.PATH;
      if (env !== undefined) process.env.PATH = env;
      const { status, stdout, stderr } = run(['check', '.', '--changed-since', reference], { cwd: folder });
      process.env.PATH = before;
      expect([status, stdout]).toEqual([2, '']);
      return stderr;
    };
    expect(told(folderOf({ 'web.yaml': sound }), 'main')).toMatch(/^service-topology: --changed-since needs a Git repository: .* is in none\n$/);
    const folder = repository({ 'web.yaml': sound });
    expect(told(folder, 'nosuch')).toMatch(/^service-topology: --changed-since: nosuch is no commit of the repository /);
    expect(told(folder, '--output=x')).toMatch(/--output=x is no commit/);
    expect(told(folder, 'main', join(folder, 'nowhere'))).toBe('service-topology: --changed-since needs git, which is not to be found\n');
    git(folder, 'switch', '--orphan', 'other');
    writeFileSync(join(folder, 'web.yaml'), sound);
    git(folder, 'add', '.');
    git(folder, 'commit', '-m', 'other');
    expect(told(folder, 'main')).toContain('have no commit in common');
  }); // prettier-ignore
});

/** `--fix` and `--fix-dry-run`: what they change, and what they leave alone. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unifiedDiff } from '#cli/unified-diff';
import { deployment, folderOf, run, service } from '../support/program';

const broken = `${service('web', 'web')}---\n${deployment('web', 'wbe')}`;

describe('--fix', () => {
  it('makes the preferred fixes, keeps the rest of the text, and checks again', () => {
    const text = `# why: see the wiki\r\n${broken.replaceAll('\n', '\r\n')}`;
    const folder = folderOf({ 'web.yaml': text, 'sound.yaml': '# ours\n' });
    const { status, stdout } = run(['check', '.', '--fix'], { cwd: folder });
    expect(stdout).toMatch(/^Fixed web\.yaml:9:5 {2}Change the selector to app: wbe {2}\(selector-matches-nothing\)\n\nNothing found in /);
    expect(status).toBe(0);
    expect(readFileSync(join(folder, 'web.yaml'), 'utf8')).toBe(text.replace('    app: web\r\n', '    app: wbe\r\n'));
    expect(run(['check', '.', '--fix'], { cwd: folder }).stdout).toMatch(/^Nothing could be fixed\.\n/);
  }); // prettier-ignore

  it('makes all fixes of a file in one go', () => {
    const two = `${broken}---\n${broken.replaceAll(': web', ': api').replaceAll('wbe', 'aip')}`;
    const folder = folderOf({ 'web.yaml': two });
    const { status, stdout } = run(['check', '.', '--fix'], { cwd: folder });
    expect(stdout.match(/^Fixed /gm)).toHaveLength(2);
    expect(status).toBe(0);
  });

  it('goes on to what a fix brings to light', () => {
    const twice = `${service('web', 'web').replace('targetPort: http', 'targetPort: htpp')}---\n${deployment('web', 'wbe')}`;
    const folder = folderOf({ 'web.yaml': twice });
    const { status, stdout } = run(['check', '.', '--fix'], { cwd: folder });
    expect(stdout).toMatch(/\(selector-matches-nothing\)\nFixed .*\(target-port-name-unknown\)\n/);
    expect(readFileSync(join(folder, 'web.yaml'), 'utf8')).toBe(broken.replace('app: web\n', 'app: wbe\n'));
    expect(status).toBe(0);
  }); // prettier-ignore

  it('leaves alone what is ignored, what has no fix, and what is not UTF-8', () => {
    const ignored = `# service-topology-ignore selector-matches-nothing\n${broken}`;
    const folder = folderOf({ 'a/web.yaml': ignored, 'b/web.yaml': 'a: [' });
    const { stdout } = run(['check', '.', '--fix'], { cwd: folder });
    expect(stdout).toMatch(/^Nothing could be fixed\./);
    expect(readFileSync(join(folder, 'a/web.yaml'), 'utf8')).toBe(ignored);
    const latin = folderOf({ 'web.yaml': `# \ufffd\n${broken}` });
    expect(run(['check', '.', '--fix'], { cwd: latin }).stdout).toMatch(/^Nothing could be fixed\./);
  });

  it('leaves standard output to the format', () => {
    const folder = folderOf({ 'web.yaml': broken });
    const { stdout, stderr } = run(['check', '.', '--fix', '--format', 'json'], { cwd: folder });
    expect(JSON.parse(stdout)).toEqual({ findings: [], unknown: [] });
    expect(stderr).toMatch(/^Fixed web\.yaml:8:5 /);
  });
});

describe('--fix-dry-run', () => {
  it('prints a difference that Git can apply, and changes nothing', () => {
    const folder = folderOf({ 'k/web.yaml': broken });
    const { status, stdout } = run(['check', 'k', '--fix-dry-run'], { cwd: folder });
    expect(status).toBe(1);
    expect(stdout).toMatch(/^--- a\/k\/web\.yaml\n\+\+\+ b\/k\/web\.yaml\n@@ -5,7 \+5,7 @@\n/);
    expect(readFileSync(join(folder, 'k/web.yaml'), 'utf8')).toBe(broken);
    execFileSync('git', ['apply', '-'], { cwd: folder, input: stdout });
    expect(run(['check', 'k', '--fix-dry-run'], { cwd: folder })).toMatchObject({ status: 0, stdout: '' });
  });
});

describe('a unified difference', () => {
  it('is nothing for equal texts, and tells a missing last line end', () => {
    expect(unifiedDiff('a', 'x\n', 'x\n')).toBe('');
    expect(unifiedDiff('a', 'x', 'x\n')).toBe(
      '--- a/a\n+++ b/a\n@@ -1,1 +1,1 @@\n-x\n\\ No newline at end of file\n+x',
    );
    expect(unifiedDiff('a', '', 'x\n')).toBe('--- a/a\n+++ b/a\n@@ -0,0 +1,1 @@\n+x');
  });

  it('leads from one text to the other', () => {
    const text = fc.array(fc.constantFrom('a\n', 'b\n', 'c\n', '\n'), { maxLength: 30 }).map((lines) => lines.join(''));
    fc.assert(
      fc.property(text, text, (before, after) => {
        expect(applied(before, unifiedDiff('x', before, after))).toBe(after);
      }),
    );
  });
});

/** What `patch` makes of a text whose lines all have an end; it refuses what does not fit. */
function applied(before: string, diff: string): string {
  const lines = before.split(/(?<=\n)/).filter((line) => line !== '');
  const result: string[] = [];
  let at = 0;
  for (const line of diff === '' ? [] : diff.split('\n').slice(2)) {
    const hunk = /^@@ -(\d+),(\d+) /.exec(line);
    if (hunk) {
      const start = Number(hunk[1]) - (hunk[2] === '0' ? 0 : 1);
      result.push(...lines.slice(at, start));
      at = start;
    } else if (line.startsWith('+')) result.push(`${line.slice(1)}\n`);
    else {
      expect(lines[at]).toBe(`${line.slice(1)}\n`);
      if (line.startsWith(' ')) result.push(lines[at]!);
      at++;
    }
  }
  return [...result, ...lines.slice(at)].join('');
}

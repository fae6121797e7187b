/** What is broken costs only itself: a clear message at its place, the rest goes on working, in bounded time. */
import { execFileSync } from 'node:child_process';
import { chmodSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deployment, folderOf, run, service } from '../support/program';

const healthy = `${service('web', 'web')}---\n${deployment('web', 'web')}`;

function problems(folder: string) {
  const { status, stdout, stderr } = run(['check', folder, '--format', 'json']);
  expect(stderr).not.toMatch(/ at .*\(/);
  const report = JSON.parse(stdout) as {
    findings: { code: string; file: string; message: string; severity: string }[];
  };
  return { status, found: report.findings.map(({ code, file }) => `${file.split('/').at(-1)} ${code}`) };
}

describe('bad input', () => {
  it('ends with 2 and a sentence where PATH is not there', () => {
    const { status, stdout, stderr } = run(['check', 'no/such/folder']);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toBe('service-topology: cannot read no/such/folder: no such file or folder\n');
  });

  it('ends with 2 for an unknown command, flag or node', () => {
    expect(run(['explode']).status).toBe(2);
    expect(run(['check', '--no-such-flag', '.']).status).toBe(2);
    const folder = folderOf({ 'web.yaml': healthy });
    const { status, stderr } = run(['rules', folder, '--node', 'node-x']);
    expect(status).toBe(2);
    expect(stderr).toContain('no node node-x; nodes: node-a, node-b, node-c');
  });

  it('asks for a scope where there are several', () => {
    const folder = folderOf({ 'a/web.yaml': healthy, 'b/web.yaml': healthy });
    const { status, stderr } = run(['get', 'services', folder]);
    expect(status).toBe(2);
    expect(stderr).toContain('--scope NAME');
    expect(stderr).toContain('  a\n  b');
    expect(run(['get', 'services', folder, '--scope', 'a', '-o', 'json']).status).toBe(0);
  });

  it('reads the documents beside a broken one', () => {
    const folder = folderOf({
      'web.yaml': `${service('web', 'web')}---\nkind: [unclosed\n---\n${deployment('web', 'wbe')}`,
    });
    const { status, found } = problems(folder);
    expect(found.sort()).toEqual(['web.yaml selector-matches-nothing', 'web.yaml yaml-syntax']);
    expect(status).toBe(1);
  });

  it('survives a huge file, a binary one, an endless line, an alias bomb and deep nesting', () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]'];
    for (let i = 1; i < 10; i++) {
      const [name, before] = [String.fromCharCode(97 + i), String.fromCharCode(96 + i)];
      bomb.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(',')}]`);
    }
    const folder = folderOf({
      'binary.yaml': 'kind: \0\0\u0001',
      'bomb.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: bomb}\ndata:\n  ${bomb.join('\n  ')}\n`,
      'deep.yaml': `a: ${'['.repeat(100_000)}`,
      'line.yaml': `apiVersion: example.com/v1\nkind: Long\nmetadata: {name: line}\ndata: {a: "${'x'.repeat(5_000_000)}"}\n`,
      'web.yaml': `${service('web', 'web')}---\n${deployment('web', 'wbe')}`,
    });
    writeFileSync(join(folder, 'huge.yaml'), 'a: b\n');
    truncateSync(join(folder, 'huge.yaml'), 100 * 2 ** 20);
    const { found } = problems(folder);
    expect(found).toContain('web.yaml selector-matches-nothing');
    expect(found).toContain('huge.yaml file-too-large');
    expect(found).toContain('binary.yaml file-binary');
    expect(found.filter((item) => item.startsWith('bomb.yaml'))).toHaveLength(1);
    expect(found.filter((item) => item.startsWith('deep.yaml'))).toHaveLength(1);
    expect(found.filter((item) => item.startsWith('line.yaml'))).toEqual([]);
  });

  it('follows a cycle of links once, and passes by a link to nowhere', () => {
    const folder = folderOf({ 'a/web.yaml': healthy });
    symlinkSync('..', join(folder, 'a/up'));
    symlinkSync('nowhere', join(folder, 'a/gone.yaml'));
    const { status, stdout } = run(['check', folder]);
    expect(stdout).toContain('Nothing found in 2 objects of 1 scope');
    expect(status).toBe(0);
  });

  it.skipIf(process.platform === 'win32')('does not wait for a pipe that nobody writes to', () => {
    const folder = folderOf({ 'web.yaml': healthy });
    execFileSync('mkfifo', [join(folder, 'pipe.yaml')]);
    const { status, stdout } = run(['check', folder]);
    expect(stdout).toContain('Nothing found in 2 objects of 1 scope');
    expect(status).toBe(0);
  });

  it.skipIf(process.getuid?.() === 0 || process.platform === 'win32')('tells which folder it may not read', () => {
    const folder = folderOf({ 'a/web.yaml': healthy, 'b/web.yaml': healthy });
    chmodSync(join(folder, 'b'), 0);
    const { status, stderr } = run(['check', folder]);
    chmodSync(join(folder, 'b'), 0o755);
    expect(stderr).toContain('b is not read: permission denied');
    expect(status).toBe(0);
  });

  it('answers each request of a list, with an error in place of what cannot be answered', () => {
    const folder = folderOf({ 'web.yaml': healthy });
    const input = ['{"name": "web.shop.svc.cluster.local.", "type": "A"}', 'nonsense', '{"type": "A"}'].join('\n');
    const { status, stdout } = run(['dns', folder, '--requests', '-', '-o', 'jsonl'], { input });
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(status).toBe(0);
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatchObject({ rcode: 'NOERROR' });
    expect(lines[1]).toHaveProperty('error');
    expect(lines[2]).toEqual({ error: '"name" is missing' });
  });
});

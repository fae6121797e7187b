/** `test`, run as a pipeline runs it. */
import { describe, expect, it } from 'vitest';
import { deployment, folderOf, run, service } from '../support/program';

const manifests = `${service('web', 'web')}---\n${deployment('web', 'web')}---\n${deployment('front', 'front')}`;
const passing = '  - {name: front calls web, from: deployment shop/front, to: "http://web/", expect: delivered}\n';
const failing = '  - {name: nobody calls web, from: namespace shop, to: "web:80", expect: not delivered}\n';

describe('test', () => {
  it('prints what passed and ends with 0', () => {
    const folder = folderOf({ 'web.yaml': manifests, 'web.reachability.yaml': `tests:\n${passing}` });
    const { status, stdout } = run(['test', '.'], { cwd: folder });
    expect(stdout).toMatch(/^web\.reachability\.yaml\n {2}✓ front calls web\n\n1 passed \(2 requests, \d+ ms\)\n$/);
    expect(status).toBe(0);
  });

  it('shows the request that failed hop by hop, and ends with 1', () => {
    const folder = folderOf({ 'k/web.yaml': manifests, 'k/web.reachability.yaml': `tests:\n${passing}${failing}` });
    const { status, stdout } = run(['test', 'k'], { cwd: folder });
    expect(stdout).toContain('✓ front calls web\n  ✗ nobody calls web  k/web.reachability.yaml:3:74\n');
    expect(stdout).toContain('expected not delivered, but DELIVERED: as expected none of 4 requests\n');
    expect(stdout).toMatch(/^ +1 name {5}web → .*\n(?:.*\n)* +2 service .*Service shop\/web, port http.*\n(?:.*\n)* +\d pod /m);
    expect(stdout).toMatch(/because .*k\/web\.yaml:\d+:\d+$/m);
    expect(stdout).toMatch(/^1 passed, 1 failed \(6 requests, \d+ ms\)$/m);
    expect(status).toBe(1);
    expect(run(['test', 'k', '-q'], { cwd: folder }).stdout).toMatch(/^1 passed, 1 failed \(6 requests, \d+ ms\)\n$/);
  }); // prettier-ignore

  it('prints JSON', () => {
    const folder = folderOf({ 'web.yaml': manifests, 'reachability.yaml': `tests:\n${passing}${failing}` });
    const { status, stdout } = run(['test', '.', '--format', 'json'], { cwd: folder });
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      problems: [],
      tests: [
        { name: 'front calls web', state: 'passed', scope: '.', share: 1, requests: 2, failures: [] },
        {
          name: 'nobody calls web',
          file: 'reachability.yaml',
          state: 'failed',
          share: 0,
          message: expect.stringContaining('expected not delivered, but DELIVERED'),
          failures: [{ verdict: 'DELIVERED' }, {}, {}],
        },
      ],
    });
  });

  it('prints JUnit XML', () => {
    const unknown = '  - {name: no such, from: deployment shop/nosuch, to: "web:80", expect: delivered}\n';
    const folder = folderOf({ 'web.yaml': manifests, 'a.reachability.yaml': `tests:\n${passing}${failing}${unknown}` });
    const { status, stdout } = run(['test', '.', '--format', 'junit'], { cwd: folder });
    expect(status).toBe(1);
    expect(stdout).toContain('<testsuites name="service-topology test" tests="3" failures="1" errors="1">');
    expect(stdout).toMatch(/<testcase name="front calls web" classname="a\.reachability\.yaml">\n +<system-out>/);
    expect(stdout).toMatch(/<failure type="reachability-failed" message="nobody calls web: expected not delivered, but DELIVERED[^]*1 name /);
    expect(stdout).toContain('<error type="reachability-failed" message="no such: no deployment shop/nosuch');
  }); // prettier-ignore

  it('takes one file, and a scope for all', () => {
    const folder = folderOf({
      'a/web.yaml': manifests,
      'b/web.yaml': manifests,
      'a/x.reachability.yaml': `tests:\n${passing}`,
      'a/y.reachability.yaml': `tests:\n${failing}`,
      'z.reachability.yaml': `tests:\n${passing}`,
    });
    expect(run(['test', 'a/x.reachability.yaml'], { cwd: folder })).toMatchObject({ status: 0 });
    expect(run(['test', 'a/y.reachability.yaml'], { cwd: folder })).toMatchObject({ status: 1 });
    expect(run(['test', '.', '-q'], { cwd: folder }).stdout).toMatch(/^1 passed, 2 failed/);
    expect(run(['test', '.', '-q', '--scope', 'b'], { cwd: folder }).stdout).toMatch(/^2 passed, 1 failed/);
  });

  it('fails for a file that says what it cannot say, and has no other findings', () => {
    const folder = folderOf({
      'web.yaml': manifests,
      'a.reachability.yaml': `tests:\n${passing}  - {from: a, to: b}\n`,
    });
    const { status, stdout } = run(['test', '.'], { cwd: folder });
    expect(stdout).toContain('✗ a.reachability.yaml:3:5 tests[1] has no expect\n  ✓ front calls web\n');
    expect(stdout).toMatch(/^1 passed, 1 failed/m);
    expect(status).toBe(1);
    const check = run(['check', '.'], { cwd: folder });
    expect(check.stdout).toMatch(/^ +3:5 {2}error {4}tests\[1\] has no expect {2}reachability-invalid$/m);
  });

  it('ends with 2 where there are no tests, or no such scope', () => {
    const folder = folderOf({ 'web.yaml': manifests });
    expect(run(['test', '.'], { cwd: folder })).toMatchObject({ status: 2, stdout: '' });
    expect(run(['test', '.'], { cwd: folder }).stderr).toContain('reachability.yaml or NAME.reachability.yaml');
    const other = folderOf({ 'web.yaml': manifests, 'reachability.yaml': `tests:\n${passing}` });
    expect(run(['test', '.', '--scope', 'x'], { cwd: other }).stderr).toBe('service-topology: no scope x\n');
  });
});

/** `what-if`, run as a user does. */

import { describe, expect, it } from 'vitest';
import { deployment, folderOf, run, service } from '../support/program';

const manifests = `${service('web', 'web')}---\n${deployment('web', 'web')}---\n${deployment('front', 'front')}`;
const request = 'deployment shop/front -> http://web';

describe('what-if', () => {
  it('prints the moments with who did what, and ends with 0 where every request arrives', () => {
    const folder = folderOf({ 'web.yaml': manifests });
    const { status, stdout } = run(['what-if', '.', '--do', 'deployment web restarts', '--request', request], { cwd: folder });
    expect(stdout).toMatch(/^ 0 {2}Start\n {4}deployment shop\/front → http:\/\/web: DELIVERED\n/);
    expect(stdout).toMatch(/^ {6}Deployment controller {2}scales ReplicaSet web-\w+ from 0 to 1$/m);
    expect(stdout).toMatch(/^ {6}~ 10\.\S+ {2}shop\/web-\S+ {2}ready=true, serving=true, terminating=false → ready=false, serving=true, terminating=true {2}\(slice web-\w+\)$/m);
    expect(stdout).toMatch(/^ {4}rules \(iptables\): node-a \+\d+ -\d+, node-b \+\d+ -\d+, node-c \+\d+ -\d+$/m);
    expect(status).toBe(0);
  }); // prettier-ignore

  it('ends with 1 where a request fails at some moment, and gives JSON', () => {
    const folder = folderOf({
      'web.yaml': manifests,
      'web.what-if.yaml': `steps:\n  - deployment web scales to 0\nrequests:\n  - {from: deployment shop/front, to: "http://web"}\n`,
    });
    const { status, stdout } = run(['what-if', '.', '--file', 'web.what-if.yaml', '-o', 'json'], { cwd: folder });
    const { moments } = JSON.parse(stdout) as { moments: { requests: { verdict: string; failed: boolean }[] }[] };
    const [, scaled] = run(['what-if', folder, '--do', 'deployment web scales to 0', '--request', request]).stdout.split('\n\n'); // prettier-ignore
    expect(moments.map(({ requests }) => requests[0]?.verdict)).toEqual(['DELIVERED', 'DELIVERED', 'REFUSED, always']);
    expect(scaled).toContain('kube-proxy falls back to those that terminate and still serve');
    expect(status).toBe(1);
  });

  it('prints the steps as a patch or as a file', () => {
    const folder = folderOf({ 'web.yaml': manifests });
    const asked = ['what-if', '.', '--do', 'deployment web scales to 5', '--request', request, '--as'];
    expect(run([...asked, 'kustomize'], { cwd: folder }).stdout).toContain(
      'path: "/spec/replicas"\n        value: 5\n',
    );
    expect(run([...asked, 'kubectl'], { cwd: folder }).stdout).toMatch(/^kubectl patch deployment\.apps web -n shop /);
    const file = run([...asked, 'yaml'], { cwd: folder }).stdout;
    const kept = folderOf({ 'web.yaml': manifests, 'k.what-if.yaml': file });
    const { stdout } = run(['what-if', '.', '--file', 'k.what-if.yaml', '--nodes', '0'], { cwd: kept });
    expect(stdout).toContain('deployment web scales to 5');
    expect(stdout).not.toContain('rules (');
  });

  it('says what it cannot do, and ends with 2', () => {
    const folder = folderOf({ 'web.yaml': manifests, 'a.what-if.yaml': 'steps: [pod web explodes]\n' });
    const failed = (...args: string[]) => {
      const { status, stderr } = run(['what-if', '.', ...args], { cwd: folder });
      expect(status).toBe(2);
      return stderr;
    };
    expect(failed()).toContain('say what happens');
    expect(failed('--do', 'pod web explodes')).toContain(
      'cannot read "pod web explodes": write one of\n  pod NAME crashes',
    );
    expect(failed('--do', 'node nobody fails')).toContain('step 1: there is no node nobody; there are node-a');
    expect(failed('--file', 'a.what-if.yaml')).toContain('a.what-if.yaml:1: cannot read "pod web explodes"');
    expect(failed('--do', 'node node-a fails', '--request', 'web')).toContain('--request takes "FROM -> TO"');
  });
});

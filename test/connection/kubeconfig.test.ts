/** Kubeconfig files as kubectl reads them, the environment's proxy, credentials from programs, and what is hidden. */

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { describe, expect, it } from 'vitest';
import { LiveError, Redactor } from '#live/errors';
import { runExecPlugin } from '#live/exec-credentials';
import { chooseContext, readKubeconfig } from '#live/kubeconfig';
import { proxyFor } from '#live/proxy-environment';
import { folderOf } from '../support/program';

const cluster = (name: string, server: string, more = {}) => ({ name, cluster: { server, ...more } });
const context = (name: string, of: string, user: string, namespace?: string) => ({
  name,
  context: { cluster: of, user, namespace },
});

describe('kubeconfig', () => {
  it('merges the files of KUBECONFIG: the first one to say something wins, a missing file is none', async () => {
    const folder = folderOf({
      'a.yaml': stringify({
        clusters: [cluster('one', 'https://a:6443', { 'certificate-authority': 'ca.crt' })],
        contexts: [context('dev', 'one', 'me', 'shop')],
        users: [{ name: 'me', user: { 'client-key': 'keys/me.key', exec: { command: './bin/login' } } }],
      }),
      'sub/b.yaml': stringify({
        'current-context': 'prod',
        clusters: [cluster('one', 'https://b:6443'), cluster('two', 'https://c:6443')],
        contexts: [context('dev', 'two', 'other'), context('prod', 'two', 'other')],
        users: [
          { name: 'me', user: { token: 'x' } },
          { name: 'other', user: { tokenFile: 'token', exec: { command: 'aws' } } },
        ],
      }),
    });
    const path = [join(folder, 'a.yaml'), join(folder, 'missing.yaml'), join(folder, 'sub/b.yaml')].join(':');
    const config = await readKubeconfig({ environment: { KUBECONFIG: path, HOME: folder } });
    expect(config.files).toEqual([join(folder, 'a.yaml'), join(folder, 'sub/b.yaml')]);
    expect(config.currentContext).toBe('prod');
    expect(config.contexts).toEqual([
      { name: 'dev', cluster: 'one', user: 'me', namespace: 'shop' },
      { name: 'prod', cluster: 'two', user: 'other', namespace: undefined },
    ]);
    expect(config.data.clusters.get('one')).toEqual({
      server: 'https://a:6443',
      'certificate-authority': join(folder, 'ca.crt'),
    });
    expect(config.data.users.get('me')).toEqual({
      'client-key': join(folder, 'keys/me.key'),
      exec: { command: join(folder, 'bin/login') },
    });
    expect(config.data.users.get('other')).toEqual({
      tokenFile: join(folder, 'sub/token'),
      exec: { command: 'aws' },
    });
    expect(chooseContext(config, undefined).name).toBe('prod');
    expect(() => chooseContext(config, 'test')).toThrow('no context test in the kubeconfig; contexts: dev, prod');
  });

  it('goes on without a file that is none, quoting nothing of it', async () => {
    const folder = folderOf({ 'broken.yaml': 'users: [{token: hush-hush', 'list.yaml': '- a' });
    const path = [join(folder, 'broken.yaml'), join(folder, 'list.yaml')].join(':');
    const config = await readKubeconfig({ path, environment: {} });
    expect(config.contexts).toEqual([]);
    expect(config.warnings).toEqual([
      `${join(folder, 'broken.yaml')} is no kubeconfig`,
      `${join(folder, 'list.yaml')} is no kubeconfig`,
    ]);
  });

  it('takes the one in the home folder, and tells where there is none', async () => {
    const folder = folderOf({
      '.kube/config': stringify({ 'current-context': 'home', contexts: [context('home', 'c', 'u')] }),
    });
    expect((await readKubeconfig({ environment: { HOME: folder } })).currentContext).toBe('home');
    const empty = folderOf({});
    await expect(readKubeconfig({ environment: { HOME: empty } })).rejects.toThrow(
      `there is no kubeconfig: ${join(empty, '.kube/config')} not found`,
    );
  });
});

describe('the environment’s proxy', () => {
  const environment = {
    HTTPS_PROXY: 'proxy.example:3128',
    NO_PROXY: 'internal.example, .only.example,10.0.0.0/8, [fd00::1], 192.0.2.7,api.example:6443',
  };

  it.each([
    ['https://kubernetes.example:6443', 'http://proxy.example:3128'],
    ['http://kubernetes.example', undefined],
    ['https://internal.example', undefined],
    ['https://a.internal.example', undefined],
    ['https://only.example', 'http://proxy.example:3128'],
    ['https://a.only.example', undefined],
    ['https://10.1.2.3:6443', undefined],
    ['https://192.0.2.7', undefined],
    ['https://192.0.2.8', 'http://proxy.example:3128'],
    ['https://[fd00::1]:6443', undefined],
    ['https://api.example:6443', undefined],
    ['https://api.example', 'http://proxy.example:3128'],
    ['https://localhost:6443', undefined],
    ['https://127.0.0.1:6443', undefined],
  ])('for %s is %s', (server, proxy) => {
    expect(proxyFor(server, environment)).toBe(proxy);
  });

  it('is none where NO_PROXY is *, and may be written in small letters', () => {
    expect(proxyFor('https://a.example', { ...environment, NO_PROXY: '*' })).toBe(undefined);
    expect(proxyFor('https://a.example', { https_proxy: 'socks5://s:1080' })).toBe('socks5://s:1080');
  });
});

describe('credentials from a program', () => {
  const version = 'client.authentication.k8s.io/v1';
  const target = { server: 'https://a:6443', certificateAuthority: 'Q0E=', tlsServerName: undefined, skipTlsVerify: false, proxy: undefined }; // prettier-ignore

  function program(script: string): string {
    const folder = folderOf({});
    mkdirSync(join(folder, 'bin'));
    const path = join(folder, 'bin/login');
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    return path;
  }

  it('tells the program what it is for, and takes token, certificate and end', async () => {
    const status = { token: 'abc-def', expirationTimestamp: '2040-01-01T00:00:00Z' };
    const answer = JSON.stringify({ apiVersion: version, kind: 'ExecCredential', status });
    const command = program(
      `test "$MARK" = set || exit 9; echo "$KUBERNETES_EXEC_INFO" | grep -q '"server":"https://a:6443"' || exit 8; echo '${answer}'`,
    );
    const exec = { apiVersion: version, command, env: [{ name: 'MARK', value: 'set' }], provideClusterInfo: true };
    expect(await runExecPlugin(exec, target)).toEqual({
      token: 'abc-def',
      certificate: undefined,
      key: undefined,
      expires: Date.parse('2040-01-01T00:00:00Z'),
    });
    await expect(runExecPlugin({ ...exec, env: [] }, target)).rejects.toThrow('failed with exit code 9');
  });

  it.each([
    ['echo hello', 'answered something else than an ExecCredential'],
    [`echo '{"kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1beta1", "status": {"token": "x"}}'`, 'answered in client.authentication.k8s.io/v1beta1'],
    [`echo '{"kind": "ExecCredential", "apiVersion": "${version}", "status": {}}'`, 'gave neither a token nor a certificate'],
    ['read line && exit 0; exit 4', 'failed with exit code 4'],
  ])('fails with a sentence: %s', async (script, message) => {
    await expect(runExecPlugin({ apiVersion: version, command: program(script) }, target)).rejects.toThrow(message);
  }); // prettier-ignore

  it('names the hint of a program that is not installed, and does not wait for a terminal', async () => {
    const exec = { apiVersion: version, command: 'no-such-login-program', installHint: 'Install it from example.com' };
    await expect(runExecPlugin(exec, target)).rejects.toThrow(
      'no-such-login-program is not installed; Install it from example.com',
    );
    await expect(runExecPlugin({ ...exec, interactiveMode: 'Always' }, target)).rejects.toThrow('needs a terminal');
  });
});

describe('what is hidden', () => {
  it('is every credential that is in use, and what looks like one', () => {
    const redactor = new Redactor();
    redactor.hide('s3cr3t-token');
    const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl';
    const text = redactor.text(
      `401 for s3cr3t-token; Authorization: Bearer abcdef; ${jwt}; https://me:pass@host/; {"token": "xyz"} password=hunter2`,
    );
    expect(text).not.toMatch(/s3cr3t|abcdef|eyJ|pass@|xyz|hunter2/);
    expect(text).toContain('401 for [hidden]');
  });

  it('tells the causes of what was thrown', () => {
    const error = redactorError(new AggregateError([new Error('connect ECONNREFUSED 127.0.0.1:1')]));
    expect(error).toBeInstanceOf(LiveError);
    expect(error.message).toBe('connect ECONNREFUSED 127.0.0.1:1');
  });
});

function redactorError(error: Error): LiveError {
  return new Redactor().error(error, 'network');
}

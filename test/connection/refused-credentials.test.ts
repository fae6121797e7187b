/** What is said of credentials that an API server does not take: whose they are, since when, and what to do. */

import { describe, expect, it } from 'vitest';
import { whyRefused } from '#live/refused-credentials';
import { makeAuthority } from '../live/certificates';

const now = Date.parse('2026-03-01T12:00:00Z');
const token = (end: string) =>
  `h.${Buffer.from(JSON.stringify({ exp: Date.parse(end) / 1000 })).toString('base64url')}.s`;
const [old, good] = [token('2026-03-01T09:30:00Z'), token('2026-03-02T00:00:00Z')];
const exec = { exec: { command: 'aws', args: ['eks', 'get-token'] } };

describe('credentials that are refused', () => {
  it.each([
    ['a token that is over', { token: old }, undefined, 'the token of user ana expired at 2026-03-01 09:30 UTC: put a new one into the kubeconfig, and try again'],
    ['a token that is not', { token: good }, undefined, 'the token of user ana was revoked, or is that of another cluster: put a new one into the kubeconfig, and try again'],
    ['a token that says nothing', { token: 'abcdef' }, undefined, 'the token of user ana was revoked, or is that of another cluster: put a new one into the kubeconfig, and try again'],
    ['what a program gave', exec, good, 'those that aws gave: log in with aws again, or with what it asks'],
    ['what a program gave, over', exec, old, 'the token that aws gave expired at 2026-03-01 09:30 UTC: log in with aws again, or with what it asks'],
    ['a file', { tokenFile: '/run/token' }, undefined, 'the token in /run/token: whoever writes the file has to renew it'],
    ['OpenID', { 'auth-provider': { name: 'oidc' } }, undefined, 'the OpenID token of user ana: a kubectl command with this context renews it'],
    ['a password', { username: 'ana', password: 'kept-to-itself' }, undefined, 'the user name and password of user ana: Kubernetes 1.19 and later take none'],
    ['nothing', {}, undefined, 'the kubeconfig has no credentials of user ana'],
  ])('%s', (_, user, sent, words) => {
    const said = whyRefused(user, 'ana', sent, now);
    expect(said).toBe(words);
    for (const secret of [old, good, 'kept-to-itself', 'abcdef']) expect(said).not.toContain(secret);
  }); // prettier-ignore

  it('may be a certificate that is over, or is that of somebody else', () => {
    const { certificate } = makeAuthority('another').issue('ana', []);
    const user = { 'client-certificate-data': Buffer.from(certificate).toString('base64') };
    const inDays = (days: number) => whyRefused(user, 'ana', undefined, Date.now() + days * 86_400_000);
    expect(inDays(0)).toBe('the client certificate of user ana is not one of this cluster’s authority: put a new one into the kubeconfig, and try again'); // prettier-ignore
    expect(inDays(3)).toMatch(/^the client certificate of user ana expired at [-0-9]+ [0-9:]+ UTC: /);
  });

  it('are none where the context names nobody', () => {
    expect(whyRefused({}, '', undefined, now)).toBe('the context names no user');
  });
});

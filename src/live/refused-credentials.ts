/** Why an API server may refuse a user's credentials, as far as they tell it themselves, and what to do; without them. */

import { X509Certificate } from 'node:crypto';
import { isJsonObject, type JsonObject } from '#base/json';
import { expiryOf } from './auth-provider';

/**
 * Goes on after `the API server does not accept the credentials`. `user` is the kubeconfig's, `token` what was sent where
 * that came from elsewhere; `now` in milliseconds since 1970.
 */
export function whyRefused(user: JsonObject, name: string, token: string | undefined, now: number): string {
  const sent = token ?? (typeof user.token === 'string' ? user.token : undefined);
  const expired = sent === undefined ? undefined : ended(expiryOf(sent), now);
  if (isJsonObject(user.exec)) {
    const command = typeof user.exec.command === 'string' ? user.exec.command : 'program';
    return `${expired === undefined ? `those that ${command} gave` : `the token that ${command} gave expired ${expired}`}: log in with ${command} again, or with what it asks`; // prettier-ignore
  }
  if (typeof user.tokenFile === 'string')
    return `the token in ${user.tokenFile}${expired === undefined ? '' : ` expired ${expired}`}: whoever writes the file has to renew it`; // prettier-ignore
  if (isJsonObject(user['auth-provider'])) {
    const what = expired === undefined ? `the OpenID token of user ${name}` : `the OpenID token of user ${name} expired ${expired}`; // prettier-ignore
    return `${what}: a kubectl command with this context renews it`;
  }
  if (sent !== undefined) {
    const why = expired === undefined ? 'was revoked, or is that of another cluster' : `expired ${expired}`;
    return `the token of user ${name} ${why}: put a new one into the kubeconfig, and try again`;
  }
  const certificate = certificateOf(user);
  if (certificate) {
    const over = ended(Date.parse(certificate.validTo), now);
    const why = over === undefined ? 'is not one of this cluster’s authority' : `expired ${over}`;
    return `the client certificate of user ${name} ${why}: put a new one into the kubeconfig, and try again`;
  }
  if (typeof user.username === 'string') return `the user name and password of user ${name}: Kubernetes 1.19 and later take none`; // prettier-ignore
  return name === '' ? 'the context names no user' : `the kubeconfig has no credentials of user ${name}`;
}

/** `at 2026-11-23 20:15 UTC` for what is over. */
function ended(end: number, now: number): string | undefined {
  if (!(end > 0) || end > now) return undefined;
  return `at ${new Date(end).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function certificateOf(user: JsonObject): X509Certificate | undefined {
  const data = user['client-certificate-data'];
  if (typeof data !== 'string') return undefined;
  try {
    return new X509Certificate(Buffer.from(data, 'base64'));
  } catch {
    return undefined;
  }
}

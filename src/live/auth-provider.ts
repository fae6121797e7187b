/**
 * The kubeconfig's older way to say where credentials come from, `auth-provider`. Nothing is renewed here: who renews an
 * OpenID token may get a new refresh token with it, and the one in the kubeconfig, which is not ours to write, would be
 * of no use to kubectl any more.
 */

import { isJsonObject, type JsonObject } from '#base/json';
import { LiveError } from './errors';

/** What took their place when Kubernetes 1.26 removed them. */
const removed: ReadonlyMap<string, string> = new Map([
  ['gcp', 'the exec plugin gke-gcloud-auth-plugin'],
  ['azure', 'the exec plugin kubelogin'],
]);

/** A token that ends within this time is not used any more. Models client-go plugin/pkg/client/auth/oidc expiryDelta. */
const leeway = 10_000;

/** The user with the token in place of the `auth-provider`. Throws a LiveError that says what to do where there is none. */
export function withAuthProvider(user: JsonObject, name: string, now: number): JsonObject {
  const { 'auth-provider': provider, ...rest } = user;
  if (!isJsonObject(provider)) return user;
  const kind = typeof provider.name === 'string' ? provider.name : '';
  const instead = removed.get(kind);
  if (instead !== undefined) throw new LiveError('configuration', `user ${name} has the auth-provider ${kind}, which Kubernetes 1.26 removed: ${instead} takes its place`); // prettier-ignore
  if (kind !== 'oidc') throw new LiveError('configuration', `user ${name} has the auth-provider ${kind}, which is not known: oidc is the only one that kubectl has`); // prettier-ignore
  const token = isJsonObject(provider.config) ? provider.config['id-token'] : undefined;
  const renew = 'a kubectl command with this context renews it, and it is then read again';
  if (typeof token !== 'string' || token === '') throw new LiveError('credentials', `user ${name} has no OpenID token yet (auth-provider oidc): ${renew}`); // prettier-ignore
  if (expiryOf(token) - leeway < now) throw new LiveError('credentials', `the OpenID token of user ${name} (auth-provider oidc) has expired: ${renew}`); // prettier-ignore
  return { ...rest, token };
}

/** Milliseconds since 1970; 0 for what is no token that says it. */
export function expiryOf(token: string): number {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return isJsonObject(claims) && typeof claims.exp === 'number' ? claims.exp * 1000 : 0;
  } catch {
    return 0;
  }
}

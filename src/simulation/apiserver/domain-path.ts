/** Names like `acme.io/foo`: a domain and what it calls something. */

import type { FieldErrors } from './field-errors';
import type { FieldPath } from './field-path';
import { dnsSubdomain } from './names';

/** Models apimachinery/pkg/util/validation IsDomainPrefixedPath (v1.37). */
export function checkDomainPath(text: string, at: FieldPath, errors: FieldErrors): void {
  const slash = text.indexOf('/');
  const [host, path] = [text.slice(0, Math.max(slash, 0)), text.slice(slash + 1)];
  if (text === '') errors.required(at);
  else if (slash < 0 || host === '' || path === '')
    errors.invalid(at, text, 'must be a domain-prefixed path (such as "acme.io/foo")');
  else {
    errors.invalidAll(at, host, dnsSubdomain(host));
    if (!/^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+$/.test(path))
      errors.invalid(at, path, "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')");
  }
}

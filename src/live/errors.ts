/** The one place where what goes wrong with a cluster becomes text; no credential gets past it. */

export type LiveErrorKind =
  /** The kubeconfig cannot be used. */
  | 'configuration'
  /** The credentials could not be had, or the API server takes them no more. */
  | 'credentials'
  | 'forbidden'
  /** Nothing of that kind is served. */
  | 'absent'
  /** The resource version is too old (or too new): list again. */
  | 'gone'
  | 'server'
  | 'network'
  | 'timeout'
  | 'stopped';

/** Its message is fit for people and for logs. */
export class LiveError extends Error {
  readonly kind: LiveErrorKind;
  readonly status: number | undefined;
  /** Seconds that the server asks to wait. */
  readonly retryAfter: number | undefined;
  /** The server's own words, where the message has others. */
  readonly said: string | undefined;

  constructor(
    kind: LiveErrorKind,
    message: string,
    details: { status?: number; retryAfter?: number; said?: string } = {},
  ) {
    super(message);
    this.name = 'LiveError';
    this.kind = kind;
    this.status = details.status;
    this.retryAfter = details.retryAfter;
    this.said = details.said;
  }

  /** Whether the same may succeed later with nobody doing anything: a network that comes back, a server that starts. */
  get mayPass(): boolean {
    if (this.kind === 'server') return this.status === undefined || this.status === 429 || this.status >= 500;
    return this.kind === 'network' || this.kind === 'timeout';
  }
}

const hidden = '[hidden]';

/** What looks like a credential, whoever wrote it. */
const patterns: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]+/gi, `$1 ${hidden}`],
  [/\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?/g, hidden],
  [/-----BEGIN [^-]*PRIVATE KEY-----[\s\S]*?(?:-----END [^-]*-----|$)/g, hidden],
  [/\/\/[^/\s:@]+:[^/\s@]+@/g, `//${hidden}@`],
  [/("?(?:token|password|secret|id-token|refresh-token|client-key-data|access_token)"?\s*[:=]\s*)"?[^\s",}]+"?/gi, `$1${hidden}`],
]; // prettier-ignore

/** Knows the credentials in use, and takes them out of any text. */
export class Redactor {
  readonly #secrets = new Set<string>();

  /** Remembers a credential; very short ones would blot out ordinary words. */
  hide(secret: string | undefined): void {
    if (secret === undefined) return;
    const trimmed = secret.trim();
    if (trimmed.length < 6) return;
    this.#secrets.add(trimmed);
    // As it goes over the wire in a basic Authorization header, and in a URL.
    this.#secrets.add(encodeURIComponent(trimmed));
  }

  text(text: string): string {
    let result = text;
    for (const secret of [...this.#secrets].sort((a, b) => b.length - a.length)) {
      result = result.replaceAll(secret, hidden);
    }
    for (const [pattern, replacement] of patterns) result = result.replace(pattern, replacement);
    return result;
  }

  /** Any thrown value as an error whose message may be shown. */
  error(error: unknown, kind: LiveErrorKind): LiveError {
    if (error instanceof LiveError) return error;
    return new LiveError(kind, this.text(reasonOf(error)));
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Node's word for a server that has gone away.
  if (error.message === 'aborted') return 'the connection broke';
  // Of several addresses that were tried, Node's own message is empty.
  if (error instanceof AggregateError && error.message === '')
    return [...new Set(error.errors.map(reasonOf))].join('; ');
  const cause = error.cause instanceof Error ? `: ${reasonOf(error.cause)}` : '';
  return `${error.message}${cause}`;
}

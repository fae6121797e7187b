/** The command that makes the same trace, for whoever has the manifests. */

import type { TraceRequest } from '../../types';

/** To be run in the folder of the manifests. */
export function traceCommand({ from, to, port, protocol, mode }: TraceRequest): string {
  const flags: readonly (readonly [string, string | number | undefined])[] = [
    ['from', from],
    ['to', to],
    ['port', port],
    ['protocol', protocol],
    ['mode', mode],
  ];
  const said = flags.flatMap(([flag, value]) => (value === undefined ? [] : `--${flag} ${quoted(String(value))}`));
  return ['service-topology trace .', ...said].join(' ');
}

/** For a POSIX shell. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

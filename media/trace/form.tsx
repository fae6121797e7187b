/** The request as a form: to trace another one, or the same from elsewhere. */

import type { WireTraceRequest } from '#protocol/values';
import type { Suggestion } from '#protocol/webview';
import { useState } from 'preact/hooks';
import { Combobox } from '../components/combobox';
import { Button, Dropdown, ProgressRing, type Choice } from '../components/controls';

const modes: readonly Choice[] = [
  { value: '', label: 'as configured' },
  { value: 'iptables', label: 'iptables' },
  { value: 'ipvs', label: 'ipvs' },
  { value: 'nftables', label: 'nftables' },
];

const protocols: readonly Choice[] = [
  { value: '', label: 'automatic' },
  { value: 'TCP', label: 'TCP' },
  { value: 'UDP', label: 'UDP' },
  { value: 'SCTP', label: 'SCTP' },
];

interface Draft {
  readonly from: string;
  readonly to: string;
  readonly port: string;
  readonly protocol: string;
  readonly mode: string;
}

type Field = 'from' | 'to' | 'port';

/** What the extension says is wrong with the request that was asked. */
export interface Complaint {
  readonly at: Field;
  readonly text: string;
  readonly instead: readonly string[];
}

/** Filled from `request`; give it another `key` when the request changes. */
export function RequestForm(props: {
  readonly request: WireTraceRequest | undefined;
  readonly suggestions: { readonly from: readonly Suggestion[]; readonly to: readonly Suggestion[] };
  readonly complaint: Complaint | undefined;
  readonly isBusy: boolean;
  readonly onTrace: (request: WireTraceRequest) => void;
}) {
  const { request, suggestions, complaint, isBusy, onTrace } = props;
  const [draft, setDraft] = useState<Draft>({
    from: request?.from ?? '',
    to: request?.to ?? '',
    port: request?.port?.toString() ?? '',
    protocol: request?.protocol ?? '',
    mode: request?.mode ?? '',
  });
  const [isChecked, setChecked] = useState(false);
  const [touched, setTouched] = useState<readonly Field[]>([]);
  const own = isChecked ? errorsOf(draft) : {};
  const change = (part: Partial<Draft>): void => {
    setDraft((now) => ({ ...now, ...part }));
    setTouched((now) => [...now, ...(Object.keys(part) as Field[])]);
  };
  const submit = (next: Draft = draft): void => {
    setChecked(true);
    if (Object.keys(errorsOf(next)).length === 0) onTrace(requestOf(next));
  };
  // What was changed since is another matter.
  const said = complaint && !touched.includes(complaint.at) ? complaint : undefined;
  const about = (field: Field) => ({
    error: own[field] ?? (said?.at === field ? said.text : undefined),
    instead: said?.at === field ? said.instead : [],
    onInstead: (value: string) => {
      const next = { ...draft, [field]: value };
      setDraft(next);
      submit(next);
    },
  });
  return (
    <div class="request" role="form" aria-label="Request">
      <Combobox
        class="request-from"
        label="From"
        placeholder="deployment/shop/front"
        value={draft.from}
        suggestions={suggestions.from}
        onInput={(from) => change({ from })}
        onSubmit={submit}
        {...about('from')}
      />
      <Combobox
        class="request-to"
        label="To"
        placeholder="http://web/"
        value={draft.to}
        suggestions={suggestions.to}
        onInput={(to) => change({ to })}
        onSubmit={submit}
        {...about('to')}
      />
      <Combobox
        class="request-port"
        label="Port"
        placeholder="80, http"
        value={draft.port}
        suggestions={[]}
        onInput={(port) => change({ port })}
        onSubmit={submit}
        {...about('port')}
      />
      <div class="request-choice">
        <Dropdown
          label="Protocol"
          caption="above"
          value={draft.protocol}
          choices={protocols}
          onChange={(protocol) => change({ protocol })}
        />
      </div>
      <div class="request-choice">
        <Dropdown
          label="Mode"
          caption="above"
          value={draft.mode}
          choices={modes}
          onChange={(mode) => change({ mode })}
        />
      </div>
      <div class="request-button">
        <Button look="primary" onClick={() => submit()} disabled={isBusy}>
          Trace
        </Button>
        {isBusy && <ProgressRing label="Tracing" />}
      </div>
    </div>
  );
}

function errorsOf(draft: Draft): { from?: string; to?: string; port?: string } {
  const errors: { from?: string; to?: string; port?: string } = {};
  if (draft.from.trim() === '') errors.from = 'Who sends? A pod, workload, node or address.';
  if (draft.to.trim() === '') errors.to = 'To what? A name, address or URL.';
  const port = draft.port.trim();
  const isNumber = /^\d+$/.test(port);
  if (isNumber && !(Number(port) >= 1 && Number(port) <= 65535)) errors.port = '1 to 65535';
  else if (!isNumber && port !== '' && !isPortName(port)) errors.port = 'A number, or the name of a port';
  return errors;
}

function isPortName(text: string): boolean {
  return /^[a-z0-9]([a-z0-9-]{0,13}[a-z0-9])?$/i.test(text);
}

function requestOf(draft: Draft): WireTraceRequest {
  const protocol = (['TCP', 'UDP', 'SCTP'] as const).find((name) => name === draft.protocol);
  const mode = (['iptables', 'ipvs', 'nftables'] as const).find((name) => name === draft.mode);
  const port = draft.port.trim();
  const to = draft.to.trim();
  // What the field of the port says holds, also against a port that the destination says.
  const isApart = /^\d+$/.test(port) && !saysPort(to);
  return {
    from: draft.from.trim(),
    to: isApart || port === '' ? to : withPort(to, port),
    ...(isApart ? { port: Number(port) } : {}),
    ...(protocol === undefined ? {} : { protocol }),
    ...(mode === undefined ? {} : { mode }),
  };
}

/** A port that is said with the host: `web:http`, `http://web:http/`. */
function withPort(to: string, port: string): string {
  const url = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)(.*)$/i.exec(to);
  if (url) return `${url[1]!}${withoutPort(url[2]!)}:${port}${url[3]!}`;
  return `${withoutPort(to)}:${port}`;
}

const portAtEnd = /:[a-z0-9-]+(?:\/(?:tcp|udp|sctp))?$/i;

function saysPort(to: string): boolean {
  const host = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(to)?.[1] ?? to;
  return portAtEnd.test(host) && !isBareIpv6(host);
}

function withoutPort(host: string): string {
  if (isBareIpv6(host)) return `[${host}]`;
  return host.replace(portAtEnd, '');
}

/** Its colons are its own. */
function isBareIpv6(host: string): boolean {
  return /^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*$/i.test(host);
}

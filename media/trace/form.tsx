/** The request as a form: to trace another one, or the same from elsewhere. */

import type { WireTraceRequest } from '#protocol/values';
import { useState } from 'preact/hooks';
import { Button, Dropdown, ProgressRing, TextField, type Choice } from '../components/controls';

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

/** Filled from `request`; give it another `key` when the request changes. */
export function RequestForm(props: {
  readonly request: WireTraceRequest | undefined;
  readonly isBusy: boolean;
  readonly onTrace: (request: WireTraceRequest) => void;
}) {
  const { request, isBusy, onTrace } = props;
  const [draft, setDraft] = useState<Draft>({
    from: request?.from ?? '',
    to: request?.to ?? '',
    port: request?.port?.toString() ?? '',
    protocol: request?.protocol ?? '',
    mode: request?.mode ?? '',
  });
  const [isChecked, setChecked] = useState(false);
  const errors = isChecked ? errorsOf(draft) : {};
  const change = (part: Partial<Draft>): void => setDraft((now) => ({ ...now, ...part }));
  const submit = (): void => {
    setChecked(true);
    if (Object.keys(errorsOf(draft)).length === 0) onTrace(requestOf(draft));
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    submit();
  };
  return (
    <div class="request" role="form" aria-label="Request">
      <TextField
        class="request-from"
        label="From"
        caption="above"
        placeholder="deployment/shop/front"
        value={draft.from}
        error={errors.from}
        onInput={(from) => change({ from })}
        onKey={onKey}
      />
      <TextField
        class="request-to"
        label="To"
        caption="above"
        placeholder="http://web/"
        value={draft.to}
        error={errors.to}
        onInput={(to) => change({ to })}
        onKey={onKey}
      />
      <TextField
        class="request-port"
        label="Port"
        caption="above"
        value={draft.port}
        error={errors.port}
        onInput={(port) => change({ port })}
        onKey={onKey}
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
        <Button look="primary" onClick={submit} disabled={isBusy}>
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
  if (port !== '' && !(/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65535))
    errors.port = '1 to 65535';
  return errors;
}

function requestOf(draft: Draft): WireTraceRequest {
  const protocol = (['TCP', 'UDP', 'SCTP'] as const).find((name) => name === draft.protocol);
  const mode = (['iptables', 'ipvs', 'nftables'] as const).find((name) => name === draft.mode);
  const port = draft.port.trim();
  return {
    from: draft.from.trim(),
    to: draft.to.trim(),
    ...(port === '' ? {} : { port: Number(port) }),
    ...(protocol === undefined ? {} : { protocol }),
    ...(mode === undefined ? {} : { mode }),
  };
}

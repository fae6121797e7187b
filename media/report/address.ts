/** What is looked at, in the fragment of the page's address: so a link leads to a trace, or the rules of a node. */

import type { WireTraceRequest } from '#protocol/values';
import * as v from 'valibot';
import { proxyMode, protocolName } from '#protocol/values';

export const tabs = ['map', 'trace', 'findings', 'rules'] as const;
export type Tab = (typeof tabs)[number];

export interface Address {
  readonly tab: Tab;
  readonly scope?: string;
  readonly request?: WireTraceRequest;
}

const written = v.object({
  tab: v.optional(v.picklist(tabs), 'map'),
  scope: v.optional(v.string()),
  from: v.optional(v.string()),
  to: v.optional(v.string()),
  port: v.optional(v.pipe(v.string(), v.regex(/^\d{1,5}$/), v.transform(Number))),
  protocol: v.optional(protocolName),
  mode: v.optional(proxyMode),
});

/** A fragment that says something else is no address. */
export function readAddress(fragment: string): Address {
  const parsed = v.safeParse(written, Object.fromEntries(new URLSearchParams(fragment.replace(/^#/, ''))));
  if (!parsed.success) return { tab: 'map' };
  const { tab, scope, from, to, ...rest } = parsed.output;
  return { tab, scope, request: from !== undefined && to !== undefined ? { from, to, ...rest } : undefined };
}

export function printAddress({ tab, scope, request }: Address): string {
  const fields = { tab, scope, ...(tab === 'trace' ? request : undefined) };
  const said = Object.entries(fields).filter(([, value]) => value !== undefined && value !== '');
  return `#${new URLSearchParams(said.map(([key, value]) => [key, String(value)])).toString()}`;
}

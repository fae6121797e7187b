/** A request between the extension and the language server: its method, and the schemas of what is asked and answered. */

import type * as v from 'valibot';

export interface RequestSchema<P extends v.GenericSchema, R extends v.GenericSchema> {
  readonly method: string;
  readonly params: P;
  readonly result: R;
}

export function request<P extends v.GenericSchema, R extends v.GenericSchema>(
  method: string,
  params: P,
  result: R,
): RequestSchema<P, R> {
  return { method: `serviceTopology/${method}`, params, result };
}

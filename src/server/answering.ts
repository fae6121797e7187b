/** Answers the extension's questions: what arrives is checked before it is answered, the answer by the compiler. */

import { ErrorCodes, ResponseError, type Connection } from 'vscode-languageserver/node';
import * as v from 'valibot';
import type { Workspace } from '#analysis/workspace';
import type { RequestSchema } from '#protocol/server';
import type { Session } from './session';

export type Answer = <P extends v.GenericSchema, R extends v.GenericSchema>(
  schema: RequestSchema<P, R>,
  handler: (
    params: v.InferOutput<P>,
    workspace: Workspace,
    session: Session,
  ) => v.InferInput<R> | Promise<v.InferInput<R>>,
) => void;

/** Requests are answered for as long as there is a session. */
export function answering(connection: Connection, current: () => Session | undefined): Answer {
  return (schema, handler) => {
    connection.onRequest(schema.method, (params: unknown): unknown => {
      const session = current();
      const parsed = v.safeParse(schema.params, params);
      if (!session) return new ResponseError(ErrorCodes.ServerNotInitialized, 'not initialized');
      if (!parsed.success) return new ResponseError(ErrorCodes.InvalidParams, v.summarize(parsed.issues));
      return handler(parsed.output, session.workspace(), session);
    });
  };
}

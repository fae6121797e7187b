/** Answers the extension's questions: what arrives is checked before it is answered, the answer by the compiler. */

import { ErrorCodes, ResponseError, type Connection } from 'vscode-languageserver';
import * as v from 'valibot';
import { splitId } from '#analysis/tree/view';
import type { Workspace } from '#analysis/workspace';
import type { RequestSchema } from '#protocol/request';
import type { Session, Subject, View } from './session';

export type Answer = <P extends v.GenericSchema, R extends v.GenericSchema>(
  schema: RequestSchema<P, R>,
  handler: (params: v.InferOutput<P>, workspace: Workspace, view: View) => v.InferInput<R> | Promise<v.InferInput<R>>,
) => void;

/** Requests are answered for as long as there is a session. */
export function answering(connection: Connection, current: () => Session | undefined): Answer {
  return (schema, handler) => {
    connection.onRequest(schema.method, (params: unknown): unknown => {
      const session = current();
      const parsed = v.safeParse(schema.params, params);
      if (!session) return new ResponseError(ErrorCodes.ServerNotInitialized, 'not initialized');
      if (!parsed.success) return new ResponseError(ErrorCodes.InvalidParams, v.summarize(parsed.issues));
      const subject = subjectOf(parsed.output);
      const respond = () => {
        const view = session.viewOf(subject);
        return handler(parsed.output, view.workspace(), view);
      };
      return session.ready(subject)?.then(respond) ?? respond();
    });
  };
}

/** Whose scope or document a question is about: that of the files or of a cluster. */
function subjectOf(params: unknown): Subject {
  const found = v.safeParse(subjectSchema, params);
  if (!found.success) return {};
  const { scope, uri, parent, rules } = found.output;
  // The second part of a row's id is that of its scope.
  return { scope: scope ?? rules?.scope ?? (parent === undefined ? undefined : splitId(parent)[1]), uri };
}

const subjectSchema = v.object({
  scope: v.optional(v.string()),
  uri: v.optional(v.string()),
  /** A row of the tree. */
  parent: v.optional(v.string()),
  rules: v.optional(v.object({ scope: v.string() })),
});

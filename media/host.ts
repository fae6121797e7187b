/** The typed channel of a panel to the extension: checked messages in, typed messages out, state kept over reloads. */

import * as v from 'valibot';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
  /** What cannot be done there. VS Code can do all of it, and does not say so; a report cannot. */
  readonly without?: readonly Ability[];
}

/** Something that is done outside of the panel, and not everywhere. */
export type Ability = 'pin' | 'debug' | 'edit' | 'whatIf';

declare function acquireVsCodeApi(): VsCodeApi;

type Schema<T> = v.GenericSchema<unknown, T>;

export interface Host<Incoming, Outgoing, State> {
  post(message: Outgoing): void;
  /** Takes the panel's one listener and tells the extension that the panel is ready. */
  listen(listener: (message: Incoming) => void): void;
  /** What was kept, if it has the shape that this version of the panel keeps. */
  getState(): State | undefined;
  setState(state: State): void;
  can(ability: Ability): boolean;
}

/**
 * Connects the panel; to be called once, since VS Code gives its API to a document only once.
 * A message of another shape is dropped with a warning: the extension may be newer or older than a restored panel.
 */
export function connect<Incoming, Outgoing, State>(schemas: {
  readonly incoming: Schema<Incoming>;
  readonly outgoing: Schema<Outgoing | { kind: 'ready' }>;
  readonly state: Schema<State>;
}): Host<Incoming, Outgoing, State> {
  const api = acquireVsCodeApi();
  return {
    post(message) {
      api.postMessage(v.parse(schemas.outgoing, message));
    },
    listen(listener) {
      window.addEventListener('message', (event: MessageEvent<unknown>) => {
        const parsed = v.safeParse(schemas.incoming, event.data);
        if (parsed.success) listener(parsed.output);
        else console.warn('A message of an unknown shape was dropped:', v.summarize(parsed.issues));
      });
      api.postMessage(v.parse(schemas.outgoing, { kind: 'ready' }));
    },
    getState() {
      const parsed = v.safeParse(schemas.state, api.getState());
      return parsed.success ? parsed.output : undefined;
    },
    setState(state) {
      api.setState(state);
    },
    can: (ability) => api.without?.includes(ability) !== true,
  };
}

/** A request as a debug session: the Debug Adapter Protocol over the stops of a recording. Knows no editor. */

import {
  InitializedEvent, OutputEvent, Source, StackFrame, StoppedEvent, TerminatedEvent, Thread, DebugSession,
} from '@vscode/debugadapter'; // prettier-ignore
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { RecordParams, WireFrame, WireRecording } from '#protocol/debug';
import { capabilities } from './capabilities';
import { evaluate, fieldsOf, interpolate } from './evaluate';
import type { DebugHost } from './host';
import { readLaunch, type Launch } from './launch';
import {
  hitConditionError,
  lineKey,
  Playback,
  type Breakpoints,
  type LineBreakpoint,
  type Log,
  type Moved,
} from './playback';
import { VariablesAtStop, watchedField, wayWords } from './variables';

/** A packet goes one way at a time. */
const threadId = 1;

type Arguments = Readonly<Record<string, unknown>>;

export class RequestDebugSession extends DebugSession {
  readonly #host: DebugHost;
  readonly #subscription: { dispose(): void };
  readonly #lines = new Map<string, readonly LineBreakpoint[]>();
  #chains: readonly string[] = [];
  #fields: readonly string[] = [];
  #stopsAtFailure = true;
  #nextId = 1;
  #launch: Launch | undefined;
  #playback: Playback | undefined;
  #variables: VariablesAtStop | undefined;
  /** The furthest stop that the console has told of. */
  #told = -1;
  /** Whether it was told that the request goes another way by now. */
  #isOutdated = false;
  #configured!: () => void;
  readonly #whenConfigured = new Promise<void>((resolve) => (this.#configured = resolve));

  constructor(host: DebugHost) {
    super();
    this.#host = host;
    this.#subscription = host.onChanged(() => void this.#tellChange());
  }

  override dispose(): void {
    this.#subscription.dispose();
    super.dispose();
  }

  protected override initializeRequest(response: DebugProtocol.InitializeResponse): void {
    response.body = capabilities;
    this.sendResponse(response);
    this.sendEvent(new InitializedEvent());
  }

  protected override configurationDoneRequest(response: DebugProtocol.ConfigurationDoneResponse): void {
    this.sendResponse(response);
    this.#configured();
  }

  protected override launchRequest(response: DebugProtocol.LaunchResponse, given: DebugProtocol.LaunchRequestArguments): void {
    void this.#answer(response, () => this.#start(given as Arguments, response, given.noDebug === true));
  } // prettier-ignore

  async #start(given: Arguments, response: DebugProtocol.LaunchResponse, runs: boolean): Promise<void> {
    const launch = readLaunch(given);
    if ('error' in launch) return this.#refuse(response, launch.error);
    const answer = await this.#host.record(launch.params);
    if ('error' in answer) return this.#refuse(response, answer.error);
    this.#launch = launch;
    this.#playback = new Playback(answer.recording, launch.granularity);
    this.sendResponse(response);
    await this.#whenConfigured;
    this.#begin(launch, runs);
  }

  #begin(launch: Launch, runs: boolean): void {
    const playback = this.#playback!;
    this.#told = -1;
    this.#isOutdated = false;
    this.#log.passed(0);
    if (runs) this.#moved(playback.continue({ lines: [], chains: [], fields: [], failure: false }, this.#log));
    else if (launch.stopOnEntry) this.#moved({ kind: 'stopped', reason: 'entry', hit: [] });
    else this.#moved(playback.continue(this.#breakpoints, this.#log));
  }

  protected override restartRequest(response: DebugProtocol.RestartResponse): void {
    void this.#answer(response, async () => {
      const launch = this.#launch;
      const answer = launch ? await this.#host.record(launch.params) : { error: 'Nothing was launched.' };
      if ('error' in answer) return this.#refuse(response, answer.error);
      this.#playback = new Playback(answer.recording, launch!.granularity);
      this.sendResponse(response);
      this.#begin(launch!, false);
    });
  }

  protected override disconnectRequest(response: DebugProtocol.DisconnectResponse): void {
    this.sendResponse(response);
  }

  protected override terminateRequest(response: DebugProtocol.TerminateResponse): void {
    this.sendResponse(response);
    this.sendEvent(new TerminatedEvent());
  }

  // -------------------------------------------------------------- breakpoints

  get #breakpoints(): Breakpoints {
    const lines = [...this.#lines.values()].flat();
    return { lines, chains: this.#chains, fields: this.#fields, failure: this.#stopsAtFailure };
  }

  protected override setBreakPointsRequest(response: DebugProtocol.SetBreakpointsResponse, { source, breakpoints = [] }: DebugProtocol.SetBreakpointsArguments): void {
    void this.#answer(response, async () => {
      const rules = source.path === undefined ? undefined : this.#host.rulesOf(source.path);
      const known = rules ? await this.#host.ruleLines(rules) : undefined;
      const set: LineBreakpoint[] = [];
      const answers = breakpoints.map((asked): DebugProtocol.Breakpoint => {
        const id = this.#nextId++;
        if (!rules || !known) return { id, verified: false, message: 'Breakpoints stand on rules of a node.' };
        const line = this.convertClientLineToDebugger(asked.line);
        const at = known.lines.includes(line) ? line : known.chains.find((chain) => chain.line === line)?.first;
        if (at === undefined) return { id, verified: false, message: 'No rule stands in this line.' };
        const { condition, hitCondition, logMessage } = asked;
        const error = hitCondition === undefined ? undefined : hitConditionError(hitCondition);
        if (error !== undefined) return { id, verified: false, message: error };
        set.push({ id, key: lineKey(rules, rules.scope, at), condition, hitCondition, logMessage });
        return { id, verified: true, line: this.convertDebuggerLineToClient(at), source };
      });
      this.#lines.set(rules ? lineKey(rules, rules.scope, -1) : (source.path ?? ''), set);
      response.body = { breakpoints: answers };
      this.sendResponse(response);
    });
  } // prettier-ignore

  protected override setFunctionBreakPointsRequest(response: DebugProtocol.SetFunctionBreakpointsResponse, { breakpoints }: DebugProtocol.SetFunctionBreakpointsArguments): void {
    this.#chains = breakpoints.map(({ name }) => name.trim());
    response.body = { breakpoints: breakpoints.map(() => ({ id: this.#nextId++, verified: true })) };
    this.sendResponse(response);
  } // prettier-ignore

  protected override setExceptionBreakPointsRequest(response: DebugProtocol.SetExceptionBreakpointsResponse, { filters, filterOptions }: DebugProtocol.SetExceptionBreakpointsArguments): void {
    const all = [...filters, ...(filterOptions ?? []).map(({ filterId }) => filterId)];
    this.#stopsAtFailure = all.includes('failure');
    this.sendResponse(response);
  } // prettier-ignore

  protected override dataBreakpointInfoRequest(response: DebugProtocol.DataBreakpointInfoResponse, { name }: DebugProtocol.DataBreakpointInfoArguments): void {
    const field = watchedField(name);
    response.body = field === undefined ? { dataId: null, description: `${name} does not change.` } : { dataId: field, description: `packet.${field}`, accessTypes: ['write'] };
    this.sendResponse(response);
  } // prettier-ignore

  protected override setDataBreakpointsRequest(response: DebugProtocol.SetDataBreakpointsResponse, { breakpoints }: DebugProtocol.SetDataBreakpointsArguments): void {
    this.#fields = breakpoints.map(({ dataId }) => dataId);
    response.body = { breakpoints: breakpoints.map(() => ({ id: this.#nextId++, verified: true })) };
    this.sendResponse(response);
  } // prettier-ignore

  // -------------------------------------------------------------- steps

  protected override continueRequest(response: DebugProtocol.ContinueResponse): void {
    this.#move(response, (playback) => playback.continue(this.#breakpoints, this.#log));
  }

  protected override reverseContinueRequest(response: DebugProtocol.ReverseContinueResponse): void {
    this.#move(response, (playback) => playback.reverseContinue(this.#breakpoints));
  }

  protected override nextRequest(response: DebugProtocol.NextResponse): void {
    this.#move(response, (playback) => playback.next(this.#breakpoints, this.#log));
  }

  protected override stepOutRequest(response: DebugProtocol.StepOutResponse): void {
    this.#move(response, (playback) => playback.stepOut(this.#breakpoints, this.#log));
  }

  protected override stepBackRequest(response: DebugProtocol.StepBackResponse): void {
    this.#move(response, (playback) => playback.stepBack());
  }

  protected override stepInRequest(response: DebugProtocol.StepInResponse, { targetId }: DebugProtocol.StepInArguments): void {
    const stepIn = (playback: Playback) => playback.stepIn(this.#breakpoints, this.#log);
    if (targetId === undefined) return this.#move(response, stepIn);
    void this.#answer(response, async () => {
      const error = await this.#take(targetId);
      if (error !== undefined) return this.#refuse(response, error);
      this.#move(response, stepIn);
    });
  } // prettier-ignore

  protected override stepInTargetsRequest(response: DebugProtocol.StepInTargetsResponse): void {
    const { stop } = this.#running();
    response.body = { targets: stop.choice.map((way) => ({ id: way.path, label: wayWords(way) })) };
    this.sendResponse(response);
  }

  protected override gotoTargetsRequest(response: DebugProtocol.GotoTargetsResponse, { source, line }: DebugProtocol.GotoTargetsArguments): void {
    const rules = source.path === undefined ? undefined : this.#host.rulesOf(source.path);
    const key = rules && lineKey(rules, rules.scope, this.convertClientLineToDebugger(line));
    const playback = this.#running();
    const found = key === undefined ? [] : playback.stopsAtLine(key);
    response.body = { targets: found.map((id) => ({ id, line, label: playback.recording.stops[id]!.title })) };
    this.sendResponse(response);
  } // prettier-ignore

  protected override gotoRequest(
    response: DebugProtocol.GotoResponse,
    { targetId }: DebugProtocol.GotoArguments,
  ): void {
    this.#move(response, (playback) => playback.goTo(targetId));
  }

  protected override pauseRequest(response: DebugProtocol.PauseResponse): void {
    this.sendResponse(response);
  }

  #running(): Playback {
    if (!this.#playback) throw new Error('no request is recorded yet');
    return this.#playback;
  }

  /** Answers first: that something has stopped must not come before. */
  #move(response: DebugProtocol.Response, move: (playback: Playback) => Moved): void {
    const playback = this.#running();
    this.sendResponse(response);
    this.#moved(move(playback));
  }

  #moved(moved: Moved): void {
    this.#variables = undefined;
    if (moved.kind === 'ended') {
      this.#tellEnd();
      this.sendEvent(new TerminatedEvent());
      return;
    }
    const event: DebugProtocol.StoppedEvent = new StoppedEvent(moved.reason, threadId);
    event.body.description = this.#descriptionOf(moved);
    if (moved.text !== undefined) event.body.text = moved.text;
    if (moved.hit.length > 0) event.body.hitBreakpointIds = [...moved.hit];
    event.body.allThreadsStopped = true;
    this.sendEvent(event);
  }

  #descriptionOf({ reason }: Extract<Moved, { readonly kind: 'stopped' }>): string {
    const playback = this.#running();
    if (reason === 'exception') return `stopped: ${playback.recording.outcome.kind}`;
    return playback.stop.title;
  }

  /** Another way from here on; a sentence where that does not work. */
  async #take(choose: number | string): Promise<string | undefined> {
    const launch = this.#launch;
    if (!launch) return 'no request is recorded yet';
    const params: RecordParams = { ...launch.params, choose };
    const answer = await this.#host.record(params);
    if ('error' in answer) return answer.error;
    this.#launch = { ...launch, params };
    this.#running().replace(answer.recording);
    this.#told = Math.min(this.#told, this.#running().at);
    this.#variables = undefined;
    this.#write(`way ${answer.recording.path + 1}: ${answer.recording.ways[answer.recording.path]?.text ?? ''}`, 'console');
    return undefined;
  } // prettier-ignore

  // -------------------------------------------------------------- what is seen

  protected override threadsRequest(response: DebugProtocol.ThreadsResponse): void {
    const recording = this.#playback?.recording;
    response.body = { threads: [new Thread(threadId, recording ? `${recording.from} → ${recording.to}` : 'request')] };
    this.sendResponse(response);
  }

  protected override stackTraceRequest(response: DebugProtocol.StackTraceResponse, { startFrame = 0, levels = 0 }: DebugProtocol.StackTraceArguments): void {
    const playback = this.#running();
    const { stop, recording } = playback;
    const frames = [stop.frame, ...(recording.callers[stop.callers] ?? [])].map((frame, id) => this.#frameOf(frame, id));
    if (playback.isAtFailure) frames.push(...this.#causeFrames(recording, frames.length));
    const shown = frames.slice(startFrame, levels > 0 ? startFrame + levels : undefined);
    response.body = { stackFrames: shown, totalFrames: frames.length };
    this.sendResponse(response);
  } // prettier-ignore

  #causeFrames({ causes }: WireRecording, from: number): DebugProtocol.StackFrame[] {
    return causes.map(({ text, place }, i) => this.#frameOf({ name: `because ${text}`, yaml: place }, from + i));
  }

  #frameOf({ name, rules, yaml }: WireFrame, id: number): DebugProtocol.StackFrame {
    const frame: DebugProtocol.StackFrame = new StackFrame(id, name);
    const named = rules ? this.#host.rulesSource({ ...rules, scope: this.#running().recording.scope }) : yaml && this.#host.yamlSource(yaml); // prettier-ignore
    const line = rules?.line ?? yaml?.range.start.line;
    if (!named || line === undefined) return { ...frame, presentationHint: id === 0 ? 'normal' : 'subtle' };
    frame.source = new Source(named.name, named.path);
    frame.line = this.convertDebuggerLineToClient(line);
    frame.column = this.convertDebuggerColumnToClient(yaml?.range.start.character ?? 0);
    return frame;
  }

  protected override scopesRequest(response: DebugProtocol.ScopesResponse): void {
    response.body = { scopes: this.#shown().scopes };
    this.sendResponse(response);
  }

  protected override variablesRequest(response: DebugProtocol.VariablesResponse, { variablesReference }: DebugProtocol.VariablesArguments): void {
    response.body = { variables: this.#shown().variables(variablesReference) };
    this.sendResponse(response);
  } // prettier-ignore

  #shown(): VariablesAtStop {
    const { seen, recording } = this.#running();
    return (this.#variables ??= new VariablesAtStop(seen, recording));
  }

  protected override setVariableRequest(response: DebugProtocol.SetVariableResponse, { name, value }: DebugProtocol.SetVariableArguments): void {
    void this.#answer(response, async () => {
      if (name !== 'way') return this.#refuse(response, 'Only the way can be chosen: all else follows from it.');
      const wanted = value.trim().replace(/^"(.*)"$/, '$1');
      const number = /^\d+\b/.exec(wanted)?.[0];
      const error = await this.#take(number === undefined ? wanted : Number(number) - 1);
      if (error !== undefined) return this.#refuse(response, error);
      const { recording } = this.#running();
      response.body = { value: `${recording.path + 1}: ${recording.ways[recording.path]?.text ?? ''}` };
      this.sendResponse(response);
      this.#moved({ kind: 'stopped', reason: 'goto', hit: [] });
    });
  } // prettier-ignore

  protected override evaluateRequest(response: DebugProtocol.EvaluateResponse, { expression }: DebugProtocol.EvaluateArguments): void {
    const result = evaluate(expression, this.#running().seen);
    // A word under the mouse that is no field is no reason to tell the user.
    if ('error' in result)
      return this.sendErrorResponse(response, { id: 2, format: plain(result.error), showUser: false });
    response.body = { result: result.value, variablesReference: 0 };
    this.sendResponse(response);
  } // prettier-ignore

  protected override completionsRequest(response: DebugProtocol.CompletionsResponse, { text, column }: DebugProtocol.CompletionsArguments): void {
    const typed = /[\w.@-]*$/.exec(text.slice(0, column - 1))?.[0] ?? '';
    const names = [...fieldsOf(this.#running().seen).keys()].filter((name) => name.startsWith(typed));
    response.body = { targets: names.map((label) => ({ label, start: column - 1 - typed.length, length: typed.length })) };
    this.sendResponse(response);
  } // prettier-ignore

  protected override exceptionInfoRequest(response: DebugProtocol.ExceptionInfoResponse): void {
    const { outcome, causes, fixes, symptom } = this.#running().recording;
    const told = causes.map(({ text, place }) => `because ${text}${place ? ` (${this.#placeName(place)})` : ''}`);
    // The reason may end with a cause, which stands below with its place.
    const what = causes.reduce((text, cause) => text.replace(`: ${cause.text}`, ''), outcome.text);
    const description = [what, ...told, `The client sees: ${symptom}`, ...fixes.map((fix) => `Fix: ${fix}`)].join('\n');
    const details = { typeName: outcome.kind, message: outcome.text };
    response.body = { exceptionId: outcome.kind, description, breakMode: 'always', details };
    this.sendResponse(response);
  } // prettier-ignore

  #placeName(place: NonNullable<WireFrame['yaml']>): string {
    return `${this.#host.yamlSource(place).name}:${place.range.start.line + 1}`;
  }

  // -------------------------------------------------------------- console

  readonly #log: Log = {
    passed: (index) => {
      if (index <= this.#told) return;
      this.#told = index;
      const { recording } = this.#running();
      const stop = recording.stops[index]!;
      if (stop.rule?.matched === 'no' && this.#launch?.granularity !== 'every') return;
      const indent = '  '.repeat(stop.kind === 'rule' ? (recording.callers[stop.callers]?.length ?? 0) : 0);
      const lines = [stop.title, ...stop.lines.map((line) => `  ${line}`)];
      for (const [i, line] of lines.entries()) this.#write(`${indent}${line}`, 'stdout', i === 0 ? stop.frame : undefined);
    },
    said: (message, index) => {
      const playback = this.#running();
      this.#write(interpolate(message, playback.seenAt(index)), 'stdout', playback.recording.stops[index]!.frame);
    },
  }; // prettier-ignore

  #tellEnd(): void {
    const { recording, failed } = this.#running();
    const { verdict, symptom, causes, fixes, outcome } = recording;
    const category = failed ? 'stderr' : 'stdout';
    this.#write(`${failed ? outcome.kind : 'delivered'}: ${outcome.text}`, category);
    for (const { text, place } of causes) this.#write(`  because ${text}`, category, { name: '', yaml: place });
    this.#write(`verdict of all ways: ${verdict}; the client sees: ${symptom}`, category);
    for (const fix of fixes) this.#write(`  fix: ${fix}`, category);
    for (const assumed of recording.assumptions) this.#write(`  assumed: ${assumed}`, 'stdout');
  }

  #write(text: string, category: 'console' | 'stdout' | 'stderr', frame?: WireFrame): void {
    const event: DebugProtocol.OutputEvent = new OutputEvent(`${text}\n`, category);
    const { source, line } = frame ? this.#frameOf(frame, 0) : {};
    if (source) Object.assign(event.body, { source, line });
    this.sendEvent(event);
  }

  /** Only what the request itself notices is worth a word: opening a file is a change, too. */
  async #tellChange(): Promise<void> {
    const [launch, before] = [this.#launch, this.#playback?.recording];
    if (!launch || !before || this.#isOutdated) return;
    const answer = await this.#host.record(launch.params).catch(() => undefined);
    if (!answer || this.#playback?.recording !== before) return;
    if ('recording' in answer && JSON.stringify(answer.recording) === JSON.stringify(before)) return;
    this.#isOutdated = true;
    this.#write(
      'The manifests have changed, and this request with them: restart to follow it as it goes now.',
      'console',
    );
  }

  // -------------------------------------------------------------- trouble

  #refuse(response: DebugProtocol.Response, message: string): void {
    this.sendErrorResponse(response, { id: 1, format: plain(message), showUser: true });
  }

  /** Whatever goes wrong while a request is answered becomes its answer. */
  async #answer(response: DebugProtocol.Response, run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.#refuse(response, error instanceof Error ? error.message : String(error));
    }
  }
}

/** Braces mean variables to the protocol. */
function plain(message: string): string {
  return message.replace(/[{}]/g, '');
}

/** Answers the trace, as the extension does in VS Code. */

import { assertNever } from '#base/assert';
import type { Page } from '#page/page';
import { compareRequestMessage, traceChoicesRequest, traceRequestMessage } from '#protocol/server';
import { remediesRequest, traceExportRequest, type WireRemedy } from '#protocol/trace';
import type { WireHopRule, WirePlace, WireTrace, WireTraceRequest } from '#protocol/values';
import type { FromTracePanel, Suggestion, ToTracePanel } from '#protocol/webview';
import type { PanelHost } from './panel';
import { bytesOf, copyText, saveFile } from './save';

export interface TraceActions {
  readonly showPlace: (place: WirePlace) => void;
  readonly showRule: (rule: WireHopRule, trace: WireTrace) => void;
  readonly showRemedy: (remedy: WireRemedy) => void;
  readonly tell: (text: string) => void;
  /** A text that could not be put into the clipboard. */
  readonly showText: (text: string) => void;
  /** What is asked now, for whoever keeps it. */
  readonly asked: (request: WireTraceRequest) => void;
}

interface Found {
  readonly remedies: readonly WireRemedy[];
  readonly hints: readonly string[];
}

const none: Found = { remedies: [], hints: [] };
/** More than these are not suggested at once: who types gets to the others. */
const mostSuggestions = 400;

export class TraceHost implements PanelHost<FromTracePanel> {
  readonly #page: Page;
  readonly #post: (message: ToTracePanel) => void;
  readonly #actions: TraceActions;
  #scope: string;
  #request: WireTraceRequest | undefined;
  #trace: WireTrace | undefined;
  /** Undefined while they are looked for. */
  #found: Found | undefined = none;
  #compares = false;
  #explains = true;
  #version = 0;
  #isReady = false;

  constructor(page: Page, scope: string, post: (message: ToTracePanel) => void, actions: TraceActions) {
    this.#page = page;
    this.#scope = scope;
    this.#post = post;
    this.#actions = actions;
  }

  async show(scope: string, request: WireTraceRequest | undefined): Promise<void> {
    this.#scope = scope;
    this.#request = request;
    this.#found = none;
    if (request) this.#actions.asked(request);
    if (!this.#isReady) return;
    const trace = await this.#refresh();
    const fails = trace === undefined ? request !== undefined && request.from !== '' : !arrives(trace);
    if (!request || !fails) return;
    this.#found = undefined;
    await this.#refresh();
    // The trace is drawn before changes are tried.
    await new Promise((resolve) => setTimeout(resolve, 50));
    const answer = await this.#page.ask(remediesRequest, { scope, request });
    if (this.#request !== request) return;
    this.#found = 'error' in answer ? none : answer;
    await this.#refresh();
  }

  async receive(message: FromTracePanel): Promise<void> {
    switch (message.kind) {
      case 'ready':
        this.#isReady = true;
        return this.show(this.#scope, this.#request);
      case 'trace':
        return this.show(this.#scope, message.request);
      case 'compare':
        this.#compares = message.open;
        await this.#refresh();
        return;
      case 'reveal':
        this.#reveal(message.link);
        return;
      case 'remedy': {
        const remedy = this.#found?.remedies[message.remedy];
        if (message.act === 'trace' && remedy?.request) return this.show(this.#scope, remedy.request);
        if (remedy) this.#actions.showRemedy(remedy);
        return;
      }
      case 'copy':
      case 'savePicture':
        return this.#export(message);
      case 'drawn':
        saveFile('trace.png', bytesOf(message.png), 'image/png');
        return;
      case 'notDrawn':
        this.#actions.tell(`The trace cannot be drawn as a picture: ${message.reason}`);
        return;
      case 'stopExplaining':
        this.#explains = false;
        await this.#refresh();
        return;
      // A report cannot do these, and the panel does not offer them.
      case 'world':
      case 'debug':
      case 'pin':
      case 'saveTest':
        return;
      default:
        assertNever(message);
    }
  }

  async #refresh(): Promise<WireTrace | undefined> {
    const version = ++this.#version;
    const [scope, request] = [this.#scope, this.#request];
    const around = {
      version,
      suggestions: await this.#suggestions(),
      isPinned: false,
      remedies: this.#shownRemedies(),
    };
    if (!request || request.from === '') {
      this.#trace = undefined;
      this.#post({ kind: 'message', ...around, ...unasked(request, around.suggestions.from) });
      return undefined;
    }
    const answer = await this.#page.ask(traceRequestMessage, { scope, request });
    if (version !== this.#version) return undefined;
    this.#trace = 'error' in answer ? undefined : answer.trace;
    if ('error' in answer) {
      const { error, at, suggestions: instead = [] } = answer;
      const title = 'The request cannot be traced';
      this.#post({ kind: 'message', ...around, request, title, text: error, at, instead });
      return undefined;
    }
    const compared = this.#compares ? await this.#page.ask(compareRequestMessage, { scope, request }) : undefined;
    const comparison = compared && ('error' in compared ? { comparisonProblem: compared.error } : compared);
    this.#post({ kind: 'trace', ...around, trace: answer.trace, explains: this.#explains, ...comparison });
    return answer.trace;
  }

  async #suggestions(): Promise<{ from: Suggestion[]; to: Suggestion[] }> {
    const { sources, destinations } = await this.#page.ask(traceChoicesRequest, { scope: this.#scope });
    const plain = ({ value, label, description }: Suggestion): Suggestion => ({ value, label, description });
    return {
      from: sources.slice(0, mostSuggestions).map(plain),
      to: destinations.slice(0, mostSuggestions).map(plain),
    };
  }

  #shownRemedies() {
    return (
      this.#found && {
        list: this.#found.remedies.map(({ steps, then, tone, files, alsoChanges, request }) => ({
          steps,
          then,
          tone,
          files: files.map(({ uri }) => this.#page.text(uri)?.path ?? uri),
          alsoChanges: [...alsoChanges],
          hasRequest: request !== undefined,
        })),
        hints: [...this.#found.hints],
      }
    );
  }

  #reveal(link: Extract<FromTracePanel, { kind: 'reveal' }>['link']): void {
    const trace = this.#trace;
    if (!trace) return;
    const hop = link.of === 'fix' ? undefined : trace.paths[link.path]?.hops[link.hop];
    if (link.of === 'rule') {
      const rule = hop?.rules?.[link.rule];
      if (rule) this.#actions.showRule(rule, trace);
      return;
    }
    const place = link.of === 'fix' ? trace.fixes[link.fix]?.place : hop?.causes[link.cause]?.place;
    if (place) this.#actions.showPlace(place);
  }

  async #export(message: Extract<FromTracePanel, { kind: 'copy' | 'savePicture' }>): Promise<void> {
    if (!this.#request) return;
    const format = message.kind === 'copy' ? message.format : 'svg';
    const answer = await this.#page.ask(traceExportRequest, { scope: this.#scope, request: this.#request, format, path: message.path }); // prettier-ignore
    if ('error' in answer) this.#actions.tell(answer.error);
    else if (message.kind === 'savePicture' && message.format === 'png') this.#post({ kind: 'draw', svg: answer.text });
    else if (message.kind === 'savePicture') saveFile('trace.svg', answer.text, 'image/svg+xml');
    else if (await copyText(answer.text)) this.#actions.tell('The trace is in the clipboard.');
    else this.#actions.showText(answer.text);
  }
}

/** Before there is a request, or one without its source. */
function unasked(request: WireTraceRequest | undefined, sources: readonly Suggestion[]) {
  if (!request)
    return {
      title: 'No request yet',
      text: 'Say above who asks and for what; or choose both on the map.',
      instead: [],
    };
  const instead = sources.slice(0, 3).map(({ value }) => value);
  return { request, title: 'Who asks?', text: 'Choose who sends the request.', at: 'from' as const, instead };
}

function arrives({ outcomes }: WireTrace): boolean {
  return outcomes.every(({ kind }) => kind === 'delivered' || kind === 'unknown');
}

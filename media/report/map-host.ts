/** Answers the map, as the extension does in VS Code. */

import { assertNever } from '#base/assert';
import type { Page } from '#page/page';
import { KnownTopology } from '#protocol/known-topology';
import { topologyPlaceRequest, topologyRequest, topologyTextRequest, topologyTopicsRequest } from '#protocol/server';
import { traceEnd } from '#protocol/trace-end';
import type { WirePlace } from '#protocol/values';
import type { FromTopologyPanel, ToTopologyPanel } from '#protocol/webview';
import type { PanelHost } from './panel';
import { bytesOf, saveFile } from './save';

export interface MapActions {
  readonly showPlace: (place: WirePlace) => void;
  readonly trace: (from: string | undefined, to: string | undefined) => void;
  /** Asks in which format the map is wanted. */
  readonly chooseFormat: () => void;
  readonly tell: (text: string) => void;
}

export type MapFormat = 'svg' | 'png' | 'mermaid' | 'dot';

export class MapHost implements PanelHost<FromTopologyPanel> {
  readonly #page: Page;
  readonly #post: (message: ToTopologyPanel) => void;
  readonly #actions: MapActions;
  readonly #topology = new KnownTopology();
  #scope: string;
  #version = 0;
  #isReady = false;
  #explains = true;

  constructor(page: Page, scope: string, post: (message: ToTopologyPanel) => void, actions: MapActions) {
    this.#page = page;
    this.#scope = scope;
    this.#post = post;
    this.#actions = actions;
  }

  async show(scope: string): Promise<void> {
    this.#scope = scope;
    if (!this.#isReady) return;
    const version = ++this.#version;
    const answer = await this.#page.ask(topologyRequest, { scope });
    if ('error' in answer) {
      const title = 'The map cannot be shown';
      this.#post({ kind: 'message', version, title, text: answer.error, scopes: [] });
      return;
    }
    this.#topology.take(scope, answer, version);
    // The page chooses the scope.
    this.#post({ kind: 'topology', version, topology: this.#topology.whole(), scopes: [] });
  }

  async receive(message: FromTopologyPanel): Promise<void> {
    switch (message.kind) {
      case 'ready':
        this.#isReady = true;
        return this.show(this.#scope);
      case 'scope':
        return this.show(message.scope);
      case 'reveal':
        return this.#reveal(message.id, message.problem);
      case 'explain':
        return this.#explain(message.id);
      case 'stopExplaining':
        this.#explains = false;
        return;
      case 'trace':
        this.#actions.trace(
          message.from === undefined ? undefined : traceEnd(message.from, 'from', this.#topology),
          message.to === undefined ? undefined : traceEnd(message.to, 'to', this.#topology),
        );
        return;
      case 'export':
        this.#actions.chooseFormat();
        return;
      case 'exported':
        saveFile(`map.${message.format}`, message.format === 'svg' ? message.data : bytesOf(message.data), message.format === 'svg' ? 'image/svg+xml' : 'image/png'); // prettier-ignore
        return;
      case 'notExported':
        this.#actions.tell(`The map cannot be drawn as a picture: ${message.reason}`);
        return;
      case 'whatIf':
      case 'moment':
      case 'leaveWhatIf':
      case 'openWhatIf':
        return; // A report does not offer it.
      default:
        assertNever(message);
    }
  }

  async save(format: MapFormat): Promise<void> {
    if (format === 'svg' || format === 'png') {
      this.#post({ kind: 'export', format });
      return;
    }
    const answer = await this.#page.ask(topologyTextRequest, { scope: this.#scope, format });
    if ('error' in answer) this.#actions.tell(answer.error);
    else saveFile(`map.${format === 'dot' ? 'dot' : 'mmd'}`, `${answer.text}\n`, 'text/plain');
  }

  async #explain(id: string): Promise<void> {
    const object = this.#topology.node(id)?.object;
    if (object === undefined || !this.#explains) return;
    const { topics } = await this.#page.ask(topologyTopicsRequest, { scope: this.#scope, object });
    this.#post({ kind: 'explained', id, topics });
  }

  async #reveal(id: string, problem: string | undefined): Promise<void> {
    const object = this.#topology.node(id)?.object;
    if (object === undefined) return;
    const { place } = await this.#page.ask(topologyPlaceRequest, { scope: this.#scope, object, problem });
    if (place) this.#actions.showPlace(place);
  }
}

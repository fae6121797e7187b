/** What all panels share: their page, checked messages both ways, and snapshots sent only where somebody looks. */

import * as v from 'valibot';
import * as vscode from 'vscode';
import type { WireWorld } from '#protocol/values';
import type { AskedTrace } from '../trace-command';

/** Where the built pages are, where trouble is told, and what is remembered for the workspace. */
export interface PanelEnvironment {
  readonly extensionUri: vscode.Uri;
  readonly memory: vscode.Memento;
  readonly log: vscode.LogOutputChannel;
  /** What a title says of a cluster that is not live; empty for one that is, and for files. */
  readonly liveness: (scope: string) => string;
  /** How a request ends in the states of the cluster that its scope is one of; empty for other scopes. */
  readonly outlook: (asked: AskedTrace) => Promise<WireWorld[]>;
}

export interface PanelContract<Out extends { readonly kind: string }, In extends { readonly kind: string }> {
  /** The name of the bundle below dist/media. */
  readonly bundle: 'topology' | 'trace' | 'what-if';
  readonly outgoing: v.GenericSchema<unknown, Out>;
  readonly incoming: v.GenericSchema<unknown, In | { readonly kind: 'ready' }>;
  /** Makes the snapshot to show now, as number `version`. */
  readonly load: (version: number) => Promise<Out>;
  /** Told when what was loaded is on its way to the page. */
  readonly sent?: () => void;
  /** The last snapshot for a page that knows nothing, where `load` may give less than a whole one. */
  readonly snapshot?: (last: Out) => Out;
  readonly receive: (message: In) => Promise<void>;
}

export function pageFolder(extensionUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, 'dist', 'media');
}

export class PanelHost<Out extends { readonly kind: string }, In extends { readonly kind: string }> {
  readonly #panel: vscode.WebviewPanel;
  readonly #log: vscode.LogOutputChannel;
  readonly #contract: PanelContract<Out, In>;
  #last: Out | undefined;
  #version = 0;
  /** Whether the page has asked for its first snapshot since it was last loaded. */
  #ready = false;
  #stale = true;
  /** Whether the newest load is under way. */
  #isLoading = false;
  /** Whether what was loaded waits for a page that was not ready for it. */
  #isWaiting = false;
  #afterNext: Out | undefined;
  #disposed = false;

  constructor(panel: vscode.WebviewPanel, environment: PanelEnvironment, contract: PanelContract<Out, In>) {
    this.#panel = panel;
    this.#log = environment.log;
    this.#contract = contract;
    panel.webview.options = { enableScripts: true, localResourceRoots: [pageFolder(environment.extensionUri)] };
    panel.webview.onDidReceiveMessage((message: unknown) => void this.#receive(message));
    panel.onDidChangeViewState(() => {
      if (panel.visible && this.#stale) void this.refresh();
    });
    panel.onDidDispose(() => (this.#disposed = true));
    panel.webview.html = pageOf(panel.webview, environment.extensionUri, contract.bundle, panel.title);
  }

  get panel(): vscode.WebviewPanel {
    return this.#panel;
  }

  /**
   * Loads and sends the snapshot; of several loads under way only the latest is sent. The first one is loaded while the
   * page itself is, and waits for it.
   */
  async refresh(): Promise<void> {
    this.#stale = true;
    if (!this.#panel.visible) return;
    const version = ++this.#version;
    this.#isLoading = true;
    try {
      const snapshot = await this.#contract.load(version);
      if (version !== this.#version || this.#disposed) return;
      this.#stale = false;
      this.#last = snapshot;
      this.#isWaiting = !this.#ready;
      if (this.#ready) this.#sent();
    } catch (error) {
      this.#log.error(error instanceof Error ? error : String(error));
    } finally {
      if (version === this.#version) this.#isLoading = false;
    }
  }

  #sent(): void {
    this.#sendLast();
    this.#contract.sent?.();
  }

  /** Sends a message behind the next snapshot. */
  postAfterNext(message: Out): void {
    this.#afterNext = message;
  }

  /** Sends a message at once; a page that is not there misses it. */
  post(message: Out): void {
    this.#post(message);
  }

  #sendLast(): void {
    if (this.#last) this.#post(this.#last);
    if (this.#afterNext && !this.#stale) {
      this.#post(this.#afterNext);
      this.#afterNext = undefined;
    }
  }

  #post(message: Out): void {
    void this.#panel.webview.postMessage(v.parse(this.#contract.outgoing, message));
  }

  async #receive(message: unknown): Promise<void> {
    const parsed = v.safeParse(this.#contract.incoming, message);
    if (!parsed.success) {
      this.#log.warn(`A message of an unknown shape from a panel was dropped: ${v.summarize(parsed.issues)}`);
      return;
    }
    try {
      if (isReady(parsed.output)) {
        this.#ready = true;
        if (this.#last) this.#last = this.#contract.snapshot?.(this.#last) ?? this.#last;
        if (this.#isWaiting) this.#sent();
        else this.#sendLast();
        this.#isWaiting = false;
        if (this.#stale && !this.#isLoading) await this.refresh();
      } else await this.#contract.receive(parsed.output);
    } catch (error) {
      this.#log.error(error instanceof Error ? error : String(error));
      void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
    }
  }
}

function isReady<In extends { readonly kind: string }>(
  message: In | { readonly kind: 'ready' },
): message is { readonly kind: 'ready' } {
  return message.kind === 'ready';
}

function pageOf(webview: vscode.Webview, extensionUri: vscode.Uri, bundle: string, title: string): string {
  const nonce = randomName();
  const source = (file: string) => webview.asWebviewUri(vscode.Uri.joinPath(pageFolder(extensionUri), file)).toString();
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}`,
    `img-src ${webview.cspSource} data:`,
    `font-src ${webview.cspSource}`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${escapeHtml(vscode.env.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${source(`${bundle}.css`)}">
<title>${escapeHtml(title)}</title>
</head>
<body>
<div id="root"></div>
<script nonce="${nonce}" src="${source(`${bundle}.js`)}"></script>
</body>
</html>`;
}

/** A name that nobody can guess: 32 hexadecimal digits. */
function randomName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

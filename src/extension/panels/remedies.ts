/** What would mend the shown request: asked for behind the trace, looked at as a diff, made as an edit. */

import * as vscode from 'vscode';
import { remediesRequest, type WireRemedy } from '#protocol/trace';
import type { PanelRemedies } from '#protocol/webview';
import type { Server } from '../client';
import { toRange } from '../places';
import type { AskedTrace } from '../trace-command';

/** Of the documents that show a file as a remedy would make it. */
const scheme = 'service-topology-remedy';

interface Found {
  readonly remedies: readonly WireRemedy[];
  readonly hints: readonly string[];
}

/** The answer for one request as the files are; another request or an edit makes it worthless. */
export class RemedySearch implements vscode.Disposable {
  readonly #server: Server;
  readonly #log: vscode.LogOutputChannel;
  readonly #subscriptions: vscode.Disposable[];
  #key = '';
  #edits = 0;
  #found: Found | undefined;
  readonly #texts = new Map<string, string>();

  constructor(server: Server, log: vscode.LogOutputChannel) {
    this.#server = server;
    this.#log = log;
    this.#subscriptions = [
      server.onChanged(() => this.#edits++),
      vscode.workspace.registerTextDocumentContentProvider(scheme, {
        provideTextDocumentContent: (uri) => this.#texts.get(uri.toString()) ?? '',
      }),
    ];
  }

  /** What is known of it; where that is nothing yet, it is asked for and `ready` is called. */
  of(asked: AskedTrace, ready: () => void): PanelRemedies | undefined {
    const key = JSON.stringify([asked, this.#edits]);
    if (key !== this.#key) {
      this.#key = key;
      this.#found = undefined;
      void this.#ask(asked, key, ready);
    }
    return this.#found && shown(this.#found);
  }

  remedy(index: number): WireRemedy | undefined {
    return this.#found?.remedies[index];
  }

  /** Beside each other, as they are and as they would be. */
  async preview(remedy: WireRemedy, column: vscode.ViewColumn): Promise<void> {
    const title = remedy.steps.join('; ');
    const pairs = remedy.files.map(({ uri, after }) => {
      const file = vscode.Uri.parse(uri, true);
      const changed = file.with({ scheme, query: String(this.#texts.size) });
      this.#texts.set(changed.toString(), after);
      return { file, changed };
    });
    const [only] = pairs;
    if (!only) return;
    if (pairs.length === 1)
      await vscode.commands.executeCommand('vscode.diff', only.file, only.changed, title, { viewColumn: column, preview: true }); // prettier-ignore
    else
      await vscode.commands.executeCommand('vscode.changes', title, pairs.map(({ file, changed }) => [file, file, changed])); // prettier-ignore
  }

  /** Tells whether it was made: not where a file is another one by now. */
  async apply({ edits, files }: WireRemedy): Promise<boolean> {
    for (const { uri, before } of files) {
      const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri, true));
      if (document.getText().replaceAll('\r\n', '\n') !== before.replaceAll('\r\n', '\n')) return false;
    }
    const change = new vscode.WorkspaceEdit();
    for (const { uri, range, newText } of edits) change.replace(vscode.Uri.parse(uri, true), toRange(range), newText);
    return vscode.workspace.applyEdit(change);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  async #ask(asked: AskedTrace, key: string, ready: () => void): Promise<void> {
    try {
      const answer = await this.#server.ask(remediesRequest, asked);
      if (key !== this.#key) return;
      this.#found = 'error' in answer ? { remedies: [], hints: [] } : answer;
    } catch (error) {
      this.#log.warn(`No changes were looked for: ${error instanceof Error ? error.message : String(error)}`);
      if (key === this.#key) this.#found = { remedies: [], hints: [] };
    }
    ready();
  }
}

function shown({ remedies, hints }: Found): PanelRemedies {
  return {
    list: remedies.map(({ steps, then, tone, files, alsoChanges, request }) => ({
      steps,
      then,
      tone,
      files: files.map(({ uri }) => vscode.workspace.asRelativePath(vscode.Uri.parse(uri, true))),
      alsoChanges: [...alsoChanges],
      hasRequest: request !== undefined,
    })),
    hints: [...hints],
  };
}

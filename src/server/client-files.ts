/** Files that only the client can read: folders of a virtual workspace, or all of them where the server is in a browser. */

import * as v from 'valibot';
import type { Connection } from 'vscode-languageserver';
import { listFolderRequest, readBytesRequest, readFileRequest } from '#protocol/files';
import type { RequestSchema } from '#protocol/request';
import { isTooLarge, tooLarge, unreadable, type Entry, type FileSystem, type Reading } from './file-system';
import type { Locate } from './session';

/** Places are URIs. */
export function clientFiles(connection: Connection): Locate {
  const files = new ClientFiles(connection);
  return (uri) => ({ files, place: uri });
}

class ClientFiles implements FileSystem {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  below(folder: string, path: string): string {
    return `${folder}/${path.split('/').map(encodeURIComponent).join('/')}`;
  }

  async list(folder: string): Promise<readonly Entry[]> {
    const answer = await this.#ask(listFolderRequest, { uri: folder });
    if ('error' in answer) throw new Error(answer.error);
    return answer.entries;
  }

  /** A file system of the editor tells of no two names for one folder. */
  identity(folder: string): Promise<string> {
    return Promise.resolve(folder);
  }

  async read(uri: string): Promise<Reading> {
    try {
      const answer = await this.#ask(readFileRequest, { uri });
      if ('error' in answer) return unreadable(answer.error, answer.gone);
      return isTooLarge(answer.text.length) ? tooLarge(answer.text.length) : { text: answer.text };
    } catch (error) {
      return unreadable(this.reasonOf(error), false);
    }
  }

  async readBytes(uri: string): Promise<Uint8Array | undefined> {
    try {
      const answer = await this.#ask(readBytesRequest, { uri });
      if ('error' in answer || isTooLarge(answer.base64.length * 0.75)) return undefined;
      return Uint8Array.from(atob(answer.base64), (letter) => letter.charCodeAt(0));
    } catch {
      return undefined;
    }
  }

  reasonOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
  }

  /** What comes back is checked: the client may be another program than ours. */
  async #ask<P extends v.GenericSchema, R extends v.GenericSchema>(
    request: RequestSchema<P, R>,
    params: v.InferInput<P>,
  ): Promise<v.InferOutput<R>> {
    return v.parse(request.result, await this.#connection.sendRequest(request.method, params));
  }
}

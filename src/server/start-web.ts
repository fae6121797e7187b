/** The bundle that the extension starts as a worker of a browser: all files are read through the editor. */

import {
  BrowserMessageReader,
  BrowserMessageWriter,
  createConnection,
  ProposedFeatures,
} from 'vscode-languageserver/browser';
import { webEngine } from '#render/web';
import { serve } from './serve';

/** The worker's own end of its channel. */
declare const self: MessagePort;

serve(
  createConnection(ProposedFeatures.all, new BrowserMessageReader(self), new BrowserMessageWriter(self)),
  () => undefined,
  ({ bundles }) => (bundles === undefined ? undefined : webEngine(bundles)),
);

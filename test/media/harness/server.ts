/** Serves the panels, freshly bundled, with fixtures: `/?panel=topology&fixture=shop&theme=dark`. */

import { build } from 'esbuild';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { page } from './page';
import { panels, type Fixtures, type PanelName } from './panels';
import { themes, type ThemeName } from './themes';

export interface Harness {
  readonly url: (panel: PanelName, fixture: string, theme?: ThemeName) => string;
  readonly close: () => Promise<void>;
}

/** The bundles as the extension ships them, by name: `topology.js`, `topology.css` … */
async function bundles(root: string): Promise<ReadonlyMap<string, string>> {
  const result = await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(Object.entries(panels).map(([name, { entry }]) => [name, entry])),
    outdir: 'dist/media',
    bundle: true,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: 'chrome130',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    write: false,
    logLevel: 'silent',
  });
  return new Map(result.outputFiles.map((file) => [file.path.replace(/^.*[\\/]/, ''), file.text]));
}

/** Listens on this machine only, at a free port unless one is given; `more` are fixtures of the map beside its own. */
export async function startHarness(root: string, port = 0, more: Fixtures = {}): Promise<Harness> {
  let files = await bundles(root);
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const file = files.get(url.pathname.slice(1));
    if (file !== undefined) {
      response.setHeader('content-type', url.pathname.endsWith('.css') ? 'text/css' : 'text/javascript');
      response.end(file);
      return;
    }
    const names = Object.keys(panels) as PanelName[];
    const panel = names.find((name) => name === url.searchParams.get('panel')) ?? 'topology';
    const fixtures: Fixtures = { ...panels[panel].fixtures, ...more };
    const fixture = fixtures[url.searchParams.get('fixture') ?? ''];
    if (url.pathname !== '/') {
      response.statusCode = url.pathname === '/favicon.ico' ? 204 : 404;
      response.end();
      return;
    }
    const theme = Object.entries(themes).find(([name]) => name === url.searchParams.get('theme'))?.[1] ?? themes.dark;
    response.setHeader('content-type', 'text/html; charset=utf-8');
    const send = (): void => void response.end(page(panel, theme, fixture === undefined ? [] : [fixture()]));
    if (port === 0) send();
    else
      bundles(root).then(
        (fresh) => ((files = fresh), send()),
        (error: unknown) => response.end(String(error)),
      );
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address() as AddressInfo;
  return {
    url: (panel, fixture, theme = 'dark') =>
      `http://127.0.0.1:${address.port}/?panel=${panel}&fixture=${fixture}&theme=${theme}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

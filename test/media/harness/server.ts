/** Serves the panels, freshly bundled, with fixtures: `/?panel=topology&fixture=shop&theme=dark`. */

import { build } from 'esbuild';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ToTopologyPanel, ToTracePanel } from '#protocol/webview';
import { page, type PanelName } from './page';
import { simulated, simulatedTraces } from './simulated-traces';
import { themes, type ThemeName } from './themes';
import { large, shop } from './topology-fixture';
import { delivered, mixed, refused, unresolved } from './trace-fixture';

const scopes = [
  { value: 'examples/shop', label: 'examples/shop (folder)' },
  { value: 'large', label: 'large' },
];

const topologies: Readonly<Record<string, () => ToTopologyPanel>> = {
  shop: () => ({ kind: 'topology', version: 1, topology: shop, scopes }),
  large: () => ({ kind: 'topology', version: 1, topology: large(2000), scopes }),
  middle: () => ({ kind: 'topology', version: 1, topology: large(100), scopes }),
  message: () => ({
    kind: 'message',
    version: 1,
    title: 'No manifests here yet',
    text: 'The map shows the Services of YAML manifests, Kustomizations and charts in this workspace.\nOpen a folder with manifests to begin.',
    scopes: [],
  }),
};

const traces: Readonly<Record<string, () => ToTracePanel>> = {
  refused: () => ({ kind: 'trace', version: 1, trace: refused }),
  delivered: () => ({ kind: 'trace', version: 1, trace: delivered }),
  mixed: () => ({ kind: 'trace', version: 1, trace: mixed }),
  unresolved: () => ({ kind: 'trace', version: 1, trace: unresolved }),
  ...simulatedTraces,
  compared: () => simulated({ from: 'deployment/shop/front', to: '172.30.0.12', port: 30081 }, 1, 'compared'),
  message: () => ({
    kind: 'message',
    version: 1,
    request: { from: 'pod shop/fornt-1', to: 'http://web/' },
    title: 'Nothing is called shop/fornt-1',
    text: 'No pod or workload of examples/shop has this name. Nearest: shop/front-1.',
  }),
};

export interface Harness {
  readonly url: (panel: PanelName, fixture: string, theme?: ThemeName) => string;
  readonly close: () => Promise<void>;
}

/** The bundles as the extension ships them, by name: `topology.js`, `topology.css` … */
async function bundles(root: string): Promise<ReadonlyMap<string, string>> {
  const result = await build({
    absWorkingDir: root,
    entryPoints: { topology: 'media/topology/main.tsx', trace: 'media/trace/main.tsx' },
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

/** Listens on this machine only, at a free port unless one is given. */
export async function startHarness(root: string, port = 0): Promise<Harness> {
  let files = await bundles(root);
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const file = files.get(url.pathname.slice(1));
    if (file !== undefined) {
      response.setHeader('content-type', url.pathname.endsWith('.css') ? 'text/css' : 'text/javascript');
      response.end(file);
      return;
    }
    const panel = url.searchParams.get('panel') === 'trace' ? 'trace' : 'topology';
    const fixtures: Readonly<Record<string, () => ToTopologyPanel | ToTracePanel>> =
      panel === 'trace' ? traces : topologies;
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

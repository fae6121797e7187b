/** A panel in a frame of its own: the very bundle that VS Code shows, with its checked messages to and from the page. */

import { useEffect, useMemo, useRef } from 'preact/hooks';
import * as v from 'valibot';
import type { FrameSetup } from './frame';
import type { Theme } from './themes';

/** The code of a panel, as it is built for VS Code. */
export interface PanelCode {
  readonly script: string;
  readonly style: string;
}

/** Who answers a panel. */
export interface PanelHost<In> {
  receive(message: In): Promise<void>;
}

export function Panel<In, Out>(props: {
  readonly title: string;
  readonly code: PanelCode;
  /** The script that runs before the panel's own. */
  readonly frame: string;
  readonly theme: Theme;
  readonly isShown: boolean;
  readonly incoming: v.GenericSchema<unknown, In>;
  /** Makes the host, once; it is given what sends a message to the panel. */
  readonly connect: (post: (message: Out) => void) => PanelHost<In>;
  readonly onError: (error: unknown) => void;
}) {
  const { title, code, frame, theme, isShown, incoming, connect, onError } = props;
  const element = useRef<HTMLIFrameElement>(null);
  const source = useMemo(
    () => documentOf(title, code, frame, { theme, without: ['pin', 'debug', 'edit', 'whatIf'] }),
    [],
  );

  useEffect(() => {
    const host = connect((message) => element.current?.contentWindow?.postMessage(message, '*'));
    const onMessage = (event: MessageEvent<unknown>): void => {
      if (event.source === null || event.source !== element.current?.contentWindow) return;
      const parsed = v.safeParse(incoming, event.data);
      if (parsed.success) host.receive(parsed.output).catch(onError);
      else console.warn('A message of an unknown shape was dropped:', v.summarize(parsed.issues));
    };
    window.addEventListener('message', onMessage);
    return () => window.removeEventListener('message', onMessage);
  }, []);

  useEffect(() => {
    element.current?.contentWindow?.postMessage({ theme }, '*');
  }, [theme]);

  // Hidden and not taken out, so that it keeps its size and what it shows.
  return <iframe ref={element} class={`panel-frame ${isShown ? '' : 'out-of-sight'}`} title={title} srcdoc={source} />;
}

function documentOf(title: string, { script, style }: PanelCode, frame: string, setup: FrameSetup): string {
  return `<!DOCTYPE html><html lang="en" data-setup="${attribute(JSON.stringify(setup))}"><head><meta charset="utf-8"><title>${attribute(title)}</title><style>${style}</style></head><body><div id="root"></div><script>${frame}</script><script>${script}</script></body></html>`;
}

function attribute(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** What panels of a page share: the newest content, and what is kept over reloads, with where it was scrolled to. */

import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Host } from '../host';

/** Messages may overtake each other. */
export function newest<T extends { readonly version: number }>(now: T | undefined, message: T): T {
  return now !== undefined && message.version < now.version ? now : message;
}

interface Scrolled {
  readonly scroll: number;
}

/** The panel's state; what changes in it is handed to the host once it rests. */
export function useKept<State extends Scrolled>(
  host: Pick<Host<never, never, State>, 'getState' | 'setState'>,
  fresh: State,
) {
  const [state, setState] = useState<State>(() => host.getState() ?? fresh);
  const change = useCallback((part: Partial<State>) => setState((now) => ({ ...now, ...part })), []);
  useEffect(() => {
    const timer = setTimeout(() => host.setState(state), 100);
    return () => clearTimeout(timer);
  }, [host, state]);
  return { state, setState, change };
}

/** For the element that scrolls: once there is something to scroll, it stands where it stood before. */
export function useScroll<E extends HTMLElement>(isThere: boolean, { scroll }: Scrolled) {
  const element = useRef<E>(null);
  const isRestored = useRef(false);
  useLayoutEffect(() => {
    if (!isThere || isRestored.current || element.current === null) return;
    isRestored.current = true;
    element.current.scrollTop = scroll;
  }, [isThere, scroll]);
  return element;
}

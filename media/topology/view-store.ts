/** The view outside of the component's state: panning moves a layer of the browser and draws nothing anew. */

import type { View } from './state';

export interface ViewStore {
  readonly view: View | undefined;
  /** Whether the user has moved the map; until then it shows its opening. */
  readonly isMoved: boolean;
  /** A move of the user. */
  set(view: View): void;
  /** What the map opens with. */
  open(view: View): void;
  /** Follows what is looked at where a new layout has moved it: no move of the user. */
  follow(view: View): void;
  /** Forgets the view: another scope opens anew. */
  reset(): void;
  /** Called after each change; gives the end of the subscription. */
  subscribe(listener: () => void): () => void;
}

export function createViewStore(saved: View | undefined): ViewStore {
  let view = saved;
  let isMoved = saved !== undefined;
  const listeners = new Set<() => void>();
  const change = (next: View | undefined, moved: boolean): void => {
    view = next;
    isMoved = moved;
    for (const listener of listeners) listener();
  };
  return {
    get view() {
      return view;
    },
    get isMoved() {
      return isMoved;
    },
    set: (next) => change(next, true),
    open: (next) => change(next, false),
    follow: (next) => change(next, isMoved),
    reset: () => change(undefined, false),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** One picture of a panel: what it is shown, and what is done before the picture is taken. */

import type { Page } from 'playwright-core';
import type { PanelName } from '../panels';

/** What the screens of a panel are sorted by: each panel has pictures of all four. */
export type PictureState = 'empty' | 'small' | 'large' | 'broken';

export interface Picture {
  readonly panel: PanelName;
  /** One of the panel's fixtures. */
  readonly fixture: string;
  /** The name of the file, behind theme and width. */
  readonly name: string;
  readonly state: PictureState;
  readonly act?: (page: Page) => Promise<void>;
}

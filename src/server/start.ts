/** The bundle that the extension starts in a process of its own. */

import { serveParent } from './main';

serveParent();

/** The trace, as each of its pictures shows it, in each theme. */

import { describeAccessible } from './harness/accessible';
import { tracePictures } from './harness/pictures/trace';

describeAccessible('the trace is accessible', tracePictures);

/** The what-if panel, as each of its pictures shows it, in each theme. */

import { describeAccessible } from './harness/accessible';
import { whatIfPictures } from './harness/pictures/what-if';

describeAccessible('the what-if panel is accessible', whatIfPictures);

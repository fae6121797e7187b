/** The map, as each of its pictures shows it, in each theme. */

import { describeAccessible } from './harness/accessible';
import { mapPictures } from './harness/pictures/map';

// The same page in another state shows the same parts: what is large is looked at once.
const looked = mapPictures.filter(({ name }) => !name.startsWith('map-large'));
describeAccessible('the map is accessible', looked);

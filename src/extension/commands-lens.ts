/** The commands behind lenses and links of hovers; they have arguments, so the palette does not list them. */

import * as v from 'valibot';
import { place } from '#protocol/values';
import type { Panels } from './panels/panels';

const target = v.object({ scope: v.string(), focus: v.optional(place) });

/** Shows a scope on the map, with one of its Services selected. */
export function showOnMap(panels: Panels, argument: unknown): void {
  panels.showMap(v.parse(target, argument));
}

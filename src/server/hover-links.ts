/** Links below a hover: to the trace and the map of the Service that it is about. */

import type { Hover } from '#analysis/features/hover';
import type { Paths } from './paths';
import { wirePlace } from './wire';

/** One line; empty for a hover that is about no Service. */
export function linksOf({ service }: Hover, paths: Paths): string[] {
  if (!service) return [];
  const { scope, name, place } = service;
  const trace = commandLink('Trace', 'serviceTopology.trace', { scope, service: name });
  return [`${trace} · ${commandLink('Map', 'serviceTopology.showOnMap', { scope, focus: wirePlace(place, paths) })}`];
}

/** A command URI: the arguments are a JSON array, encoded. */
function commandLink(text: string, command: string, argument: object): string {
  const encoded = encodeURIComponent(JSON.stringify([argument])).replace(/[()]/g, (char) => `%${char.charCodeAt(0).toString(16)}`); // prettier-ignore
  return `[${text}](command:${command}?${encoded})`;
}

/** A place as people write it: `web.yaml:7:5`. */

import type { WirePlace } from '#protocol/values';

export function PlaceText({ place }: { readonly place: WirePlace | undefined }) {
  if (place === undefined) return null;
  const { line, character } = place.range.start;
  return (
    <span class="place">
      {fileName(place.uri)}:{line + 1}:{character + 1}
    </span>
  );
}

/** The last part of the path; an URI that cannot be decoded is shown as it is. */
export function fileName(uri: string): string {
  const name =
    uri
      .replace(/[?#].*$/, '')
      .split('/')
      .at(-1) ?? uri;
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

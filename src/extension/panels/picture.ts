/** What a page draws, as the bytes of a file. */

export type PictureFormat = 'svg' | 'png';

/** An SVG comes as its text, a PNG in Base64. */
export function pictureBytes(format: PictureFormat, data: string): Uint8Array {
  if (format === 'svg') return new TextEncoder().encode(data);
  return Uint8Array.from(atob(data), (byte) => byte.charCodeAt(0));
}

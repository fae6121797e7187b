/** Texts cut to their room. */

let canvas: OffscreenCanvasRenderingContext2D | null | undefined;
let family: string | undefined;
const widths = new Map<string, number>();

/** In pixels at this font size. */
export function widthOf(text: string, size: number, weight: number): number {
  const key = `${size} ${weight} ${text}`;
  const known = widths.get(key);
  if (known !== undefined) return known;
  canvas ??= new OffscreenCanvas(1, 1).getContext('2d');
  family ??= getComputedStyle(document.body).fontFamily;
  let width = text.length * size * 0.58;
  if (canvas !== null) {
    canvas.font = `${weight} ${size}px ${family}`;
    width = canvas.measureText(text).width;
  }
  if (widths.size > 20_000) widths.clear();
  widths.set(key, width);
  return width;
}

/** The text, cut at its end with "…" if it is wider than the room (in pixels at this font size). */
export function cut(text: string, room: number, size: number, weight = 400): string {
  // No character is wider than its height: short texts need no measuring.
  if (text.length * size <= room || widthOf(text, size, weight) <= room) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (widthOf(`${text.slice(0, middle)}…`, size, weight) <= room) low = middle;
    else high = middle - 1;
  }
  return `${text.slice(0, low).trimEnd()}…`;
}

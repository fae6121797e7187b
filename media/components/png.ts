/** Draws the text of an SVG as a PNG. */

/** What browsers can draw on at once, in pixels of a side. */
const longestSide = 8000;

const noPicture = 'the browser cannot draw it';

/** In Base64, with twice the pixels that the SVG says, as far as browsers can. */
export async function drawPng(svg: string): Promise<string> {
  const image = new Image();
  const loaded = new Promise<void>((resolve, reject) => {
    image.onload = () => resolve();
    image.onerror = () => reject(new Error(noPicture));
  });
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await loaded;
  const { naturalWidth: width, naturalHeight: height } = image;
  const scale = Math.min(2, longestSide / width, longestSide / height);
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext('2d');
  if (context === null) throw new Error(noPicture);
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL('image/png').replace(/^data:image\/png;base64,/, '');
}

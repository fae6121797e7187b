/** What axe-core does not look at: whether texts and lines that are drawn stand out from the ground below them. */

/**
 * Runs in the page: a line for each kind of text in a drawing whose contrast is below 4.5 to 1, and of line or sign below
 * 3 to 1. What a search dims is meant to be faint.
 */
export function faintDrawings(): string[] {
  type Colour = readonly [red: number, green: number, blue: number, alpha: number];
  const probe = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const parse = (text: string): Colour => {
    if (probe === null) throw new Error('no canvas');
    probe.clearRect(0, 0, 1, 1);
    probe.fillStyle = text;
    probe.fillRect(0, 0, 1, 1);
    const [red = 0, green = 0, blue = 0, alpha = 0] = probe.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha / 255];
  };
  const over = (top: Colour, ground: Colour, opacity = 1): Colour => {
    const share = top[3] * opacity;
    const mix = (a: number, b: number): number => a * share + b * (1 - share);
    return [mix(top[0], ground[0]), mix(top[1], ground[1]), mix(top[2], ground[2]), 1];
  };
  const light = ([red, green, blue]: Colour): number => {
    const [r = 0, g = 0, b = 0] = [red, green, blue].map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a: Colour, b: Colour): number => {
    const [bright = 0, dark = 0] = [light(a), light(b)].sort((x, y) => y - x);
    return (bright + 0.05) / (dark + 0.05);
  };
  const paper = parse(getComputedStyle(document.body).backgroundColor);
  const variable = (name: string): Colour => {
    const element = document.createElement('div');
    element.style.color = `var(${name})`;
    document.body.append(element);
    const colour = over(parse(getComputedStyle(element).color), paper);
    element.remove();
    return colour;
  };
  const grounds = { group: variable('--group'), card: variable('--card') };
  const groundOf = (element: Element): Colour => {
    const node = element.closest('.node');
    if (node === null) return element.closest('.edge, .pods') === null ? paper : grounds.group;
    const inside = node.classList.contains('shape-tower') ? grounds.group : paper;
    const frame = node.querySelector('.frame');
    return frame === null ? inside : over(parse(getComputedStyle(frame).fill), inside);
  };
  const opacityOf = (element: Element): number => {
    let opacity = 1;
    for (let at: Element | null = element; at !== null && at.tagName !== 'svg'; at = at.parentElement)
      opacity *= Number(getComputedStyle(at).opacity);
    return opacity;
  };
  const found = new Map<string, string>();
  const marks = '.canvas text, .canvas .sign, .canvas .edge path, .canvas .dots-ready, .canvas .dots-unready';
  for (const element of document.querySelectorAll(marks)) {
    if (element.closest('.dimmed, .spread .edge') !== null) continue;
    const style = getComputedStyle(element);
    const isText = element.tagName === 'text';
    if (style.display === 'none') continue;
    const ground = groundOf(element);
    const opacity = opacityOf(element);
    for (const drawn of isText ? [element, ...element.children] : [element]) {
      const paint = parse(isText ? getComputedStyle(drawn).fill : style.stroke);
      const ratio = contrast(over(paint, ground, opacity), ground);
      if (ratio >= (isText ? 4.5 : 3)) continue;
      const what = `${element.parentElement?.getAttribute('class') ?? ''} > ${drawn.tagName}.${drawn.getAttribute('class') ?? ''}`;
      found.set(what, `${what} has a contrast of ${ratio.toFixed(2)} (${drawn.textContent.slice(0, 30)})`);
    }
  }
  return [...found.values()];
}

// Draws icon.png, the extension's icon: a Service, a pod that it reaches, and one that it does not.
// `node media/icons/draw-icon.mjs`
import { writeFileSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';

const size = 128;
const samples = 4;

const colors = {
  background: [24, 49, 83],
  lines: [235, 242, 250],
  service: [96, 165, 250],
  reached: [74, 200, 130],
  broken: [245, 158, 66],
};

/** Distance to a rounded rectangle; negative inside. */
function roundedBox(x, y, centerX, centerY, halfWidth, halfHeight, radius) {
  const dx = Math.abs(x - centerX) - halfWidth + radius;
  const dy = Math.abs(y - centerY) - halfHeight + radius;
  return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - radius;
}

function circle(x, y, centerX, centerY, radius) {
  return Math.hypot(x - centerX, y - centerY) - radius;
}

function line(x, y, fromX, fromY, toX, toY, width) {
  const dx = toX - fromX;
  const dy = toY - fromY;
  const along = Math.max(0, Math.min(1, ((x - fromX) * dx + (y - fromY) * dy) / (dx * dx + dy * dy)));
  return Math.hypot(x - fromX - along * dx, y - fromY - along * dy) - width / 2;
}

/** The colour at a point, from the top shape down; undefined outside the icon. */
function colorAt(x, y) {
  if (roundedBox(x, y, 64, 64, 64, 64, 26) > 0) return undefined;
  const service = roundedBox(x, y, 36, 64, 17, 17, 7);
  if (service <= 0) return service > -6 ? colors.lines : colors.service;
  const reached = circle(x, y, 95, 36, 15);
  if (reached <= 0) return reached > -6 ? colors.lines : colors.reached;
  const lost = circle(x, y, 95, 92, 15);
  if (lost <= 0) return lost > -6 ? colors.broken : colors.background;
  if (line(x, y, 53, 57, 81, 43, 6.5) <= 0) return colors.lines;
  if (line(x, y, 53, 71, 61, 75, 6.5) <= 0 || line(x, y, 73, 81, 81, 85, 6.5) <= 0) return colors.broken;
  return colors.background;
}

/** One pixel as red, green, blue, alpha: the mean of a grid of samples. */
function pixel(column, row) {
  const sum = [0, 0, 0];
  let covered = 0;
  for (let i = 0; i < samples * samples; i++) {
    const color = colorAt(column + ((i % samples) + 0.5) / samples, row + (Math.floor(i / samples) + 0.5) / samples);
    if (!color) continue;
    covered++;
    for (const channel of [0, 1, 2]) sum[channel] += color[channel];
  }
  if (covered === 0) return [0, 0, 0, 0];
  return [...sum.map((value) => Math.round(value / covered)), Math.round((255 * covered) / samples ** 2)];
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}

const rows = Array.from({ length: size }, (_, row) =>
  Buffer.from([0, ...Array.from({ length: size }, (_, column) => pixel(column, row)).flat()]),
);
const header = Buffer.alloc(13);
header.writeUInt32BE(size, 0);
header.writeUInt32BE(size, 4);
header.set([8, 6, 0, 0, 0], 8);
writeFileSync(
  new URL('icon.png', import.meta.url),
  Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(rows), { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]),
);

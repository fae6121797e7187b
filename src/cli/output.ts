/** How commands print: JSON, YAML, JSON lines, tables for people, colour where a terminal is. */

import { stringify } from 'yaml';
import { Failure } from './failure';

export type Format = 'text' | 'json' | 'yaml' | 'jsonl';

export function print(text: string): void {
  process.stdout.write(text.endsWith('\n') || text === '' ? text : `${text}\n`);
}

/** Prints a value in a format for programs. */
export function printValue(value: unknown, format: Exclude<Format, 'text'>): void {
  if (format === 'yaml') print(stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 }));
  else if (format === 'json') print(JSON.stringify(value, undefined, 2));
  else for (const line of Array.isArray(value) ? value : [value]) print(JSON.stringify(line));
}

export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly green: (text: string) => string;
  readonly blue: (text: string) => string;
  /** Columns to print in. */
  readonly width: number;
}

const plain = (text: string) => text;

/** Colours only on a terminal, and not where NO_COLOR asks for none. */
export function styleOf(stream: NodeJS.WriteStream): Style {
  const colour = stream.isTTY && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
  const wrap = (open: number, close: number) =>
    colour ? (text: string) => `\x1b[${open}m${text}\x1b[${close}m` : plain;
  return {
    bold: wrap(1, 22),
    dim: wrap(2, 22),
    red: wrap(31, 39),
    yellow: wrap(33, 39),
    green: wrap(32, 39),
    blue: wrap(34, 39),
    width: Math.max(80, Math.min(stream.columns ?? 100, 140)),
  };
}

/** A table as `kubectl get` prints it: columns two or more spaces apart. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column]! + 3)))
        .join('')
        .trimEnd(),
    )
    .join('\n');
}

/** The lines of standard input, parsed as JSON one by one; a line that is no JSON gives an error in its place. */
export async function readRequests(
  source: string,
): Promise<readonly ({ readonly value: unknown } | { readonly error: string })[]> {
  if (source !== '-') throw new Failure(`--requests takes - (standard input), not ${source}`);
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks)
    .toString('utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      try {
        return { value: JSON.parse(line) as unknown };
      } catch {
        return { error: `not JSON: ${line.slice(0, 80)}` };
      }
    });
}

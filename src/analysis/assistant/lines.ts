/** Places as an assistant takes them: a file and a line, counted from 1. */

import type { KubernetesObject } from '#model/object';
import { namePlaceOf, type Files } from '../places';
import type { Place } from '../types';

export interface LineOfFile {
  readonly file: string;
  readonly line: number;
}

export function lineOf({ file, range }: Place): LineOfFile {
  return { file, line: range.start.line + 1 };
}

/** Where the object names itself; nothing of what has no file. */
export function lineOfObject(object: KubernetesObject, files: Files): Partial<LineOfFile> {
  const place = namePlaceOf(object, files);
  return place ? lineOf(place) : {};
}

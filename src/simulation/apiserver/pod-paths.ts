/** Which paths inside volumes the API server takes. */

import type { At, FieldErrors } from './field-errors';

/** Models pkg/apis/core/validation ValidateLocalNonReservedPath (v1.37). */
export function checkLocalPath(path: string, at: At, errors: FieldErrors): void {
  checkRelativePath(path, at, errors);
  if (path.startsWith('..') && !path.startsWith('../')) errors.invalid(at, path, "must not start with '..'");
}

/** Models validateLocalDescendingPath. */
export function checkRelativePath(path: string, at: At, errors: FieldErrors): void {
  if (path.startsWith('/')) errors.invalid(at, path, 'must be a relative path');
  checkNoBacksteps(path, at, errors);
}

/** Models validatePathNoBacksteps. */
export function checkNoBacksteps(path: string, at: At, errors: FieldErrors): void {
  if (hasBacksteps(path)) errors.invalid(at, path, "must not contain '..'");
}

/** Whether a step of the path goes up. */
export function hasBacksteps(path: string): boolean {
  return path.split('/').includes('..');
}

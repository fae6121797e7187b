/** What the API server finds wrong with probes and with what runs at a container's start and end. */

import type { JsonObject } from '#base/json';
import type { FieldErrors } from './field-errors';
import type { FieldPath } from './field-path';
import { headerName, portName, portNumber } from './names';
import { count, number, struct, structs, text, textOrNone, texts } from './pod-fields';

const schemes = ['HTTP', 'HTTPS'];
const nonNegative = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'];

/** The kinds of probes in the order in which the server looks at them. */
export const probeFields = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;

/** Models pkg/apis/core/validation validateLivenessProbe, validateReadinessProbe, validateStartupProbe (v1.37). */
export function checkProbes(
  container: JsonObject,
  gracePeriod: number | undefined,
  path: FieldPath,
  errors: FieldErrors,
): void {
  for (const field of probeFields) {
    const probe = struct(container, field);
    if (!probe) continue;
    const at = path.at(field);
    checkProbe(probe, gracePeriod, at, errors);
    const grace = number(probe, 'terminationGracePeriodSeconds');
    if (field === 'readinessProbe') {
      if (grace !== undefined)
        errors.invalid(at.at('terminationGracePeriodSeconds'), grace, 'must not be set for readinessProbes');
    } else if (count(probe, 'successThreshold') !== 1)
      errors.invalid(at.at('successThreshold'), count(probe, 'successThreshold'), 'must be 1');
  }
}

/** Models validateProbe. */
function checkProbe(probe: JsonObject, gracePeriod: number | undefined, path: FieldPath, errors: FieldErrors): void {
  checkHandler(probe, ['exec', 'httpGet', 'tcpSocket', 'grpc'], gracePeriod, path, errors);
  for (const field of nonNegative) {
    const value = count(probe, field);
    if (value < 0) errors.invalid(path.at(field), value, 'must be greater than or equal to 0');
  }
  const grace = number(probe, 'terminationGracePeriodSeconds');
  if (grace !== undefined && grace <= 0)
    errors.invalid(path.at('terminationGracePeriodSeconds'), grace, 'must be greater than 0');
}

/** Models validateLifecycle; the server drops a `stopSignal`, whose gate is off. */
export function checkLifecycle(
  lifecycle: JsonObject | undefined,
  gracePeriod: number | undefined,
  path: FieldPath,
  errors: FieldErrors,
): void {
  for (const field of ['postStart', 'preStop']) {
    const handler = struct(lifecycle, field);
    if (handler) checkHandler(handler, ['exec', 'httpGet', 'tcpSocket', 'sleep'], gracePeriod, path.at(field), errors);
  }
}

type HandlerKind = 'exec' | 'httpGet' | 'tcpSocket' | 'grpc' | 'sleep';

/** Models validateHandler. */
function checkHandler(
  handler: JsonObject,
  kinds: readonly HandlerKind[],
  gracePeriod: number | undefined,
  path: FieldPath,
  errors: FieldErrors,
): void {
  let found = 0;
  for (const kind of kinds) {
    const action = struct(handler, kind);
    if (!action) continue;
    const at = path.at(kind);
    if (found++ > 0) errors.forbidden(at, 'may not specify more than 1 handler type');
    else checkAction(kind, action, gracePeriod, at, errors);
  }
  if (found === 0) errors.required(path, 'must specify a handler type');
}

/** Models validateHandler. */
function checkAction(
  kind: HandlerKind,
  action: JsonObject,
  gracePeriod: number | undefined,
  path: FieldPath,
  errors: FieldErrors,
): void {
  switch (kind) {
    case 'exec':
      if (texts(action, 'command').length === 0) errors.required(path.at('command'));
      return;
    case 'httpGet':
      checkHttpGet(action, path, errors);
      return;
    case 'tcpSocket':
      checkPort(action.port, path, errors);
      return;
    case 'grpc': {
      checkPort(count(action, 'port'), path, errors);
      const mode = textOrNone(action, 'mode');
      if (mode !== undefined && mode !== 'Plaintext' && mode !== 'TLS')
        errors.notSupported(path.at('mode'), mode, ['Plaintext', 'TLS']);
      return;
    }
    case 'sleep': {
      const seconds = count(action, 'seconds');
      if (gracePeriod !== undefined && (seconds < 0 || seconds > gracePeriod))
        errors.invalid(path, seconds, `must be non-negative and less than terminationGracePeriodSeconds (${gracePeriod})`); // prettier-ignore
    }
  }
}

/** Models validateHTTPGetAction. */
function checkHttpGet(action: JsonObject, path: FieldPath, errors: FieldErrors): void {
  checkPort(action.port, path, errors);
  const scheme = text(action, 'scheme') || 'HTTP';
  if (!schemes.includes(scheme)) errors.notSupported(path.at('scheme'), scheme, schemes);
  for (const header of structs(action, 'httpHeaders')) {
    const name = text(header, 'name');
    errors.invalidAll(path.at('httpHeaders'), name, headerName(name));
  }
  const protocol = textOrNone(action, 'protocol');
  if (protocol === undefined) return;
  if (protocol !== 'HTTP1' && protocol !== 'HTTP2')
    errors.notSupported(path.at('protocol'), protocol, ['HTTP1', 'HTTP2']);
  else if (protocol === 'HTTP2' && scheme !== 'HTTP')
    errors.invalid(path.at('protocol'), protocol, 'is only supported with HTTP (H2C)');
  else if (protocol === 'HTTP2' && text(action, 'host') !== '')
    errors.invalid(path.at('host'), text(action, 'host'), 'must be empty when `protocol` is "HTTP2"');
}

/** Models ValidatePortNumOrName. */
function checkPort(port: unknown, path: FieldPath, errors: FieldErrors): void {
  const at = path.at('port');
  if (typeof port === 'string') errors.invalidAll(at, port, portName(port));
  else {
    const given = typeof port === 'number' ? port : 0;
    errors.invalidAll(at, given, portNumber(given));
  }
}

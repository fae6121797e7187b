/** What the API server finds wrong with security contexts. */

import type { JsonObject } from '#base/json';
import type { FieldErrors } from './field-errors';
import type { FieldPath } from './field-path';
import { dnsSubdomain, userId } from './names';
import { isTrue, number, struct, structs, text, textOrNone, texts } from './pod-fields';
import { checkRelativePath } from './pod-paths';

/** Models pkg/apis/core/validation ValidateSecurityContext (v1.37). */
export function checkSecurity(
  context: JsonObject | undefined,
  ownUsers: boolean,
  path: FieldPath,
  errors: FieldErrors,
): void {
  if (!context) return;
  for (const field of ['runAsUser', 'runAsGroup']) checkId(context, field, path, errors);
  const mount = textOrNone(context, 'procMount');
  if (mount !== undefined) {
    if (mount !== 'Default' && mount !== 'Unmasked')
      errors.notSupported(path.at('procMount'), mount, ['Default', 'Unmasked']);
    if (!ownUsers && mount === 'Unmasked')
      errors.invalid(path.at('procMount'), mount, '`hostUsers` must be false to use `Unmasked`');
  }
  checkSeccomp(struct(context, 'seccompProfile'), path.at('seccompProfile'), errors);
  if (context.allowPrivilegeEscalation === false) {
    if (isTrue(context, 'privileged'))
      errors.invalid(path, inGo(context), 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true');
    for (const capability of texts(struct(context, 'capabilities'), 'add'))
      if (capability === 'CAP_SYS_ADMIN')
        errors.invalid(path, inGo(context), 'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN'); // prettier-ignore
  }
  checkWindows(struct(context, 'windowsOptions'), path.at('windowsOptions'), errors);
  checkAppArmor(struct(context, 'appArmorProfile'), path.at('appArmorProfile'), errors);
}

const goFields = [
  'capabilities', 'privileged', 'seLinuxOptions', 'windowsOptions', 'runAsUser', 'runAsGroup', 'runAsNonRoot',
  'readOnlyRootFilesystem', 'allowPrivilegeEscalation', 'procMount', 'seccompProfile', 'appArmorProfile',
]; // prettier-ignore

/** The context as the server prints its own struct: with the names of Go's fields, and with all of them. */
function inGo(context: JsonObject): unknown {
  const name = (field: string) => (field === 'seLinuxOptions' ? 'SELinuxOptions' : `${field[0]!.toUpperCase()}${field.slice(1)}`); // prettier-ignore
  const capabilities = struct(context, 'capabilities');
  return Object.fromEntries(
    goFields.map((field) => [
      name(field),
      field === 'capabilities' && capabilities
        ? { Add: capabilities.add ?? null, Drop: capabilities.drop ?? null }
        : (context[field] ?? null),
    ]),
  );
}

function checkId(context: JsonObject, field: string, path: FieldPath, errors: FieldErrors): void {
  const id = number(context, field);
  if (id !== undefined) errors.invalidAll(path.at(field), id, userId(id));
}

/** Models validatePodSpecSecurityContext. `path` is that of the context. */
export function checkPodSecurity(spec: JsonObject, path: FieldPath, errors: FieldErrors): void {
  const context = struct(spec, 'securityContext');
  if (!context) return;
  for (const field of ['fsGroup', 'runAsUser', 'runAsGroup']) checkId(context, field, path, errors);
  for (const [i, group] of ((context.supplementalGroups as readonly number[] | undefined) ?? []).entries())
    errors.invalidAll(path.at('supplementalGroups', i), group, userId(group));
  checkSysctls(structs(context, 'sysctls'), spec, path.at('sysctls'), errors);
  checkWord(context, 'fsGroupChangePolicy', ['Always', 'OnRootMismatch'], path, errors);
  checkSeccomp(struct(context, 'seccompProfile'), path.at('seccompProfile'), errors);
  checkWindows(struct(context, 'windowsOptions'), path.at('windowsOptions'), errors);
  checkAppArmor(struct(context, 'appArmorProfile'), path.at('appArmorProfile'), errors);
  checkWord(context, 'supplementalGroupsPolicy', ['Merge', 'Strict'], path, errors);
  checkWord(context, 'seLinuxChangePolicy', ['MountOption', 'Recursive'], path, errors);
}

function checkWord(
  context: JsonObject,
  field: string,
  supported: readonly string[],
  path: FieldPath,
  errors: FieldErrors,
): void {
  const word = textOrNone(context, field);
  if (word !== undefined && !supported.includes(word)) errors.notSupported(path.at(field), word, supported);
}

const sysctlPart = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const sysctlText = `^(${sysctlPart}[\\./])*${sysctlPart}$`;
const sysctlName = new RegExp(sysctlText);

/** Models validateSysctls. */
function checkSysctls(sysctls: readonly JsonObject[], spec: JsonObject, path: FieldPath, errors: FieldErrors): void {
  const names = new Set<string>();
  for (const [i, sysctl] of sysctls.entries()) {
    const name = text(sysctl, 'name');
    const at = path.at(i, 'name');
    if (name === '') errors.required(at);
    else if (name.length > 253 || !sysctlName.test(name))
      errors.invalid(at, name, `must have at most 253 characters and match regex ${sysctlText}`);
    else if (names.has(name)) errors.duplicate(at, name);
    const group = sysctlGroup(name);
    if (isTrue(spec, 'hostNetwork') && group === 'net')
      errors.invalid(at, name, "may not be specified when 'hostNetwork' is true");
    else if (isTrue(spec, 'hostIPC') && group === 'ipc')
      errors.invalid(at, name, "may not be specified when 'hostIPC' is true");
    names.add(name);
  }
}

/** Models k8s.io/component-helpers/node/util/sysctl GetNamespace. */
function sysctlGroup(written: string): 'net' | 'ipc' | undefined {
  const name = /^[^.]*\//.test(written) ? written.replaceAll('.', '\n').replaceAll('/', '.').replaceAll('\n', '/') : written; // prettier-ignore
  if (name.startsWith('net.')) return 'net';
  return name === 'kernel.sem' || name.startsWith('kernel.shm') || name.startsWith('kernel.msg') || name.startsWith('fs.mqueue.') ? 'ipc' : undefined; // prettier-ignore
}

const profileTypes = ['Localhost', 'RuntimeDefault', 'Unconfined'];

/** Models validateSeccompProfileField. */
function checkSeccomp(profile: JsonObject | undefined, path: FieldPath, errors: FieldErrors): void {
  if (!profile) return;
  const type = text(profile, 'type');
  const file = textOrNone(profile, 'localhostProfile');
  const at = path.at('localhostProfile');
  if (type === '') errors.required(path.at('type'), 'type is required when seccompProfile is set');
  else if (!profileTypes.includes(type)) errors.notSupported(path.at('type'), type, profileTypes);
  if (type === 'Localhost') {
    if (file === undefined) errors.required(at, 'must be set when seccomp type is Localhost');
    else checkRelativePath(file, at, errors);
  } else if (file !== undefined)
    errors.invalid(at, { Type: type, LocalhostProfile: file }, 'can only be set when seccomp type is Localhost');
}

/** Models ValidateAppArmorProfileField. */
function checkAppArmor(profile: JsonObject | undefined, path: FieldPath, errors: FieldErrors): void {
  if (!profile) return;
  const type = text(profile, 'type');
  const name = textOrNone(profile, 'localhostProfile');
  const at = path.at('localhostProfile');
  switch (type) {
    case 'Localhost':
      if (name === undefined) errors.required(at, 'must be set when AppArmor type is Localhost');
      else if (name.trim() !== name) errors.invalid(at, name, 'must not be padded with whitespace');
      else if (name === '') errors.required(at, 'must be set when AppArmor type is Localhost');
      if (name !== undefined && name.length > 4095) errors.tooLong(at, 4095);
      return;
    case 'RuntimeDefault':
    case 'Unconfined':
      if (name !== undefined) errors.invalid(at, name, 'can only be set when AppArmor type is Localhost');
      return;
    case '':
      errors.required(path.at('type'), 'type is required when appArmorProfile is set');
      return;
    default:
      errors.notSupported(path.at('type'), type, profileTypes);
  }
}

/** Models validateWindowsSecurityContextOptions. */
function checkWindows(options: JsonObject | undefined, path: FieldPath, errors: FieldErrors): void {
  const specName = textOrNone(options, 'gmsaCredentialSpecName');
  if (specName !== undefined) errors.invalidAll(path.at('gmsaCredentialSpecName'), specName, dnsSubdomain(specName));
  const spec = textOrNone(options, 'gmsaCredentialSpec');
  if (spec === '') errors.invalid(path.at('gmsaCredentialSpec'), spec, 'gmsaCredentialSpec cannot be an empty string');
  else if (spec !== undefined && spec.length > 64 * 1024)
    errors.invalid(path.at('gmsaCredentialSpec'), spec, 'gmsaCredentialSpec size must be under 64 KiB');
  const user = textOrNone(options, 'runAsUserName');
  if (user !== undefined) checkWindowsUser(user, path.at('runAsUserName'), errors);
}

const netBios = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/;
const dnsPart = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?';
const windowsDomain = new RegExp(`^${dnsPart}(?:\\.${dnsPart})*$`);

/** Models validateWindowsSecurityContextOptions. */
function checkWindowsUser(name: string, at: FieldPath, errors: FieldErrors): void {
  const parts = name.split('\\');
  const hasControls = /\p{Cc}/u.test(name);
  if (name === '') errors.invalid(at, name, 'runAsUserName cannot be an empty string');
  else if (hasControls) errors.invalid(at, name, 'runAsUserName cannot contain control characters');
  else if (parts.length > 2) errors.invalid(at, name, 'runAsUserName cannot contain more than one backslash');
  if (name === '' || hasControls || parts.length > 2) return;
  const user = parts.at(-1)!;
  const domain = parts.length === 2 ? parts[0]! : undefined;
  if (domain !== undefined && domain.length >= 256)
    errors.invalid(at, name, "runAsUserName's Domain length must be under 256 characters");
  if (domain !== undefined && !netBios.test(domain) && !windowsDomain.test(domain))
    errors.invalid(at, name, "runAsUserName's Domain doesn't match the NetBios nor the DNS format");
  if (user === '') errors.invalid(at, name, "runAsUserName's User cannot be empty");
  else if (user.length > 104)
    errors.invalid(at, name, "runAsUserName's User length must not be longer than 104 characters");
  if (/^[. ]+$/.test(user)) errors.invalid(at, name, "runAsUserName's User cannot contain only periods or spaces");
  if (/["/\\:;|=,+*?<>@[\]]/.test(user))
    errors.invalid(at, name, `runAsUserName's User cannot contain the following characters: "/\\:;|=,+*?<>@[]`);
}

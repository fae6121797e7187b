/** What an object of a rendered scope is called where it is written: kustomizations put something around names. */

import type { KubernetesObject } from '#model/object';
import { nameField } from '../places';
import type { Workspace } from '../workspace';

/** Undefined where its name does not stand in a manifest: a template prints it. */
export function writtenName(object: KubernetesObject, workspace: Workspace): string | undefined {
  const field = nameField(object, ['metadata', 'name'], workspace);
  const content = field?.file.documents[field.document]?.content;
  if (content?.kind !== 'objects') return undefined;
  return content.objects.find(({ origin }) => origin.path.every((step, i) => field?.path[i] === step))?.name;
}

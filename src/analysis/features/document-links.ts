/** Links on host names in texts: to the Service that answers to them. */

import type { Range } from '#base/text';
import { namesIn } from '../names/names-in';
import { serviceOfHost } from '../names/service-names';
import { namespacedName } from '#model/kubernetes';
import { namePlaceOf } from '../places';
import type { Place } from '../types';
import type { Workspace } from '../workspace';
import { placeOfText } from './mentions/mention-places';
import { objectsInFile } from './object-of-scope';

export interface DocumentLink {
  readonly range: Range;
  readonly target: Place;
  readonly tooltip: string;
}

export function documentLinks(workspace: Workspace, path: string): DocumentLink[] {
  const [state] = workspace.scopesOfFile(path);
  if (!state) return [];
  const { controlPlane } = state.simulation;
  return objectsInFile(workspace, state, path).flatMap(({ object }) => {
    return namesIn(object).flatMap((name): DocumentLink[] => {
      const service = serviceOfHost(name.host, object.namespace, controlPlane);
      const own = service && controlPlane.serviceObject(namespacedName(service));
      const target = own && namePlaceOf(own, workspace);
      const place = target && placeOfText(object, name.path, name.range, workspace);
      return service && target && place?.file === path ? [{ range: place.range, target, tooltip: `Service ${namespacedName(service)}` }] : []; // prettier-ignore
    });
  });
}

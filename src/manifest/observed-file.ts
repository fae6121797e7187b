/** A file for an object that no file holds: a cluster's object shows itself as YAML, written when somebody looks. */

import { stringify } from 'yaml';
import type { KubernetesObject } from '#model/object';
import type { ManifestDocument, ManifestFile } from './types';

/** Its text is made when it is first asked for: of 10,000 pods hardly one ever is. */
export function observedFile(path: string, object: KubernetesObject): ManifestFile {
  let text: string | undefined;
  // Quoted as readers of YAML 1.1 need it, go-yaml among them.
  const written = () =>
    (text ??= stringify(object.body, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false }));
  const document: ManifestDocument = {
    index: 0,
    get span() {
      return { start: 0, end: written().length };
    },
    content: { kind: 'objects', objects: [object] },
  };
  return {
    path,
    get text() {
      return written();
    },
    documents: [document],
    problems: [],
  };
}

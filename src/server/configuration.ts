/** The settings of the cluster: the editor's, under those of `.service-topology.yaml` in the workspace's folders. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

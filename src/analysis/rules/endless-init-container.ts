/** init-container-endless: an init container that waits for ever keeps the pod's containers from starting. */

import { printReference } from '#model/object';
import { endlessCommand } from '#simulation/index';
import { fixInWords, putMember, fixBy } from './edits';
import type { Rule } from './index';
import { effectOfNeverReady } from './never-ready';
import { unappliedTo } from './unapplied';

export const endlessInitContainer: Rule = {
  codes: ['init-container-endless'],
  check(object, context, report) {
    const { controlPlane } = context.simulation;
    const group = controlPlane.object(object.key) === object ? controlPlane.podGroup(object.key) : undefined;
    for (const [index, container] of (group?.spec.initContainers ?? []).entries()) {
      const waits = container.restartPolicy === 'Always' ? undefined : endlessCommand(container);
      if (!group || waits === undefined) continue;
      const path = [...group.templatePath, 'spec', 'initContainers', index];
      if (unappliedTo(object, [path.map(String)], context.scope).length > 0) {
        report.leaveOpen(report.place(path));
        continue;
      }
      // The Services that the pods are missing in may be other ones tomorrow.
      report.searchedElsewhere();
      report.add({
        code: 'init-container-endless',
        severity: 'error',
        message: `init container ${container.name} never ends: no container after it starts`,
        place: report.member([...path, 'name']),
        details: [
          { label: 'cause', text: `it runs ${waits}, and the kubelet waits for each init container to end` },
          { label: 'effect', text: `${printReference(object)}: ${effectOfNeverReady(group, context)}` },
        ],
        fixes: [
          fixBy('Make it a sidecar, which runs beside the others (restartPolicy: Always)', true, [
            putMember(object, path, 'restartPolicy', 'Always', context),
          ]),
          fixInWords('Move it to containers, or let it end'),
        ],
      });
    }
  },
};

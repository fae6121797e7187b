/** The rows of the view that compares files with the cluster: what applying would change, group by group. */

import * as vscode from 'vscode';
import type { DifferingObject, Drift } from '#protocol/live';
import { differenceColors, fieldRow, groupRow, type DifferenceRow } from '../difference-row';

export interface DriftRow extends DifferenceRow {
  /** What a click shows: both sides, the file, the cluster's object, or nothing. */
  readonly opens?: 'both' | 'place';
  readonly object?: DifferingObject;
  /** `shop/web`, for what can be traced to. */
  readonly service?: string;
  readonly rows: readonly DriftRow[];
}

/** Groups without rows are left out. */
export function driftRows(drift: Drift): readonly DriftRow[] {
  const isService = ({ reference }: DifferingObject) => reference.startsWith('Service ');
  return [
    groupRow('refused', vscode.l10n.t('Refused by the API server'), 'error', drift.refused.map(refusedRow)),
    groupRow('services', vscode.l10n.t('Services that change'), 'type-hierarchy', drift.services.map(serviceRow)),
    groupRow('others', vscode.l10n.t('Other objects that change'), 'diff-modified', drift.others.map(otherRow)),
    groupRow('files', vscode.l10n.t('Only in the files'), 'diff-added', drift.onlyInFiles.filter((object) => !isService(object)).map((object) => only('files', object))),
    groupRow('cluster', vscode.l10n.t('Only in the cluster'), 'cloud', drift.onlyInCluster.map((object) => only('cluster', object))),
  ].filter(({ rows }) => rows.length > 0); // prettier-ignore
}

function refusedRow({ message, ...object }: Drift['refused'][number]): DriftRow {
  const { reference } = object;
  const reason = leaf(`refused ${object.key} reason`, message, 'info');
  return { id: `refused ${object.key}`, label: reference, description: message, icon: 'error', color: differenceColors.refused, opens: 'place', object, rows: [reason] }; // prettier-ignore
}

function serviceRow(drift: Drift['services'][number]): DriftRow {
  const { key, service, change, fields, endpointsAdded, endpointsRemoved } = drift;
  const shown = change === 'changed' ? fields : fields.filter(({ field }) => telling.has(field));
  return {
    id: `service ${key}`,
    label: service,
    description: [
      changeWord(change),
      ...(change === 'changed' ? fields.map(({ field }) => field.replace(/^spec\./, '')) : []),
      ...(endpointsRemoved.length > 0 ? [vscode.l10n.t('{0} endpoints go', endpointsRemoved.length)] : []),
      ...(endpointsAdded.length > 0 ? [vscode.l10n.t('{0} endpoints come', endpointsAdded.length)] : []),
    ].join(' · '),
    ...signOf(change),
    opens: 'both',
    object: drift,
    service,
    rows: [
      ...shown.map((field) => fieldRow(key, field)),
      ...endpointsRemoved.map((text) => leaf(`${key} -${text}`, vscode.l10n.t('endpoint {0} goes', text), 'diff-removed', differenceColors.removed)),
      ...endpointsAdded.map((text) => leaf(`${key} +${text}`, vscode.l10n.t('endpoint {0} comes', text), 'diff-added', differenceColors.added)),
    ],
  }; // prettier-ignore
}

/** Of a Service that comes; the rest is as by default. */
const telling = new Set(['spec.type', 'spec.clusterIPs', 'spec.ports', 'spec.selector', 'spec.externalName']);

function changeWord(change: Drift['services'][number]['change']): string {
  if (change === 'changed') return vscode.l10n.t('changed');
  return change === 'added' ? vscode.l10n.t('new') : vscode.l10n.t('gone');
}

function signOf(change: Drift['services'][number]['change']): Pick<DriftRow, 'icon' | 'color'> {
  if (change === 'changed') return { icon: 'diff-modified', color: differenceColors.changed };
  return change === 'added'
    ? { icon: 'diff-added', color: differenceColors.added }
    : { icon: 'diff-removed', color: differenceColors.removed };
}

function otherRow({ fields, ...object }: Drift['others'][number]): DriftRow {
  return {
    id: `other ${object.key}`,
    label: object.reference,
    description: fields.length === 1 ? fields[0]!.field : vscode.l10n.t('{0} fields', fields.length),
    ...signOf('changed'),
    opens: 'both',
    object,
    rows: fields.map((field) => fieldRow(object.key, field)),
  };
}

function only(where: 'files' | 'cluster', object: DifferingObject): DriftRow {
  const description = where === 'files' ? vscode.l10n.t('would be created') : vscode.l10n.t('stays as it is');
  const sign = where === 'files' ? signOf('added') : { icon: 'circle-outline' };
  return {
    id: `${where} ${object.key}`,
    label: object.reference,
    description,
    ...sign,
    opens: 'place',
    object,
    rows: [],
  };
}

function leaf(id: string, label: string, icon: string, color?: string): DriftRow {
  return { id, label, description: '', icon, ...(color === undefined ? {} : { color }), rows: [] };
}

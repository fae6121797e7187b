/** Reads `.service-topology.yaml`: its settings, and its mistakes at their places. */

import type { JsonPath } from '#base/json';
import { emptyRange, LineIndex, type Range } from '#base/text';
import type { ChartSettings, ChartSettingsPlace } from './chart-settings';
import { stepInto, type PlacedNode } from './places';
import { defaultLimits } from './limits';
import { readSettings, type SettingsPart } from './settings';
import { splitDocuments } from './split';
import type { ManifestProblem } from './types';
import { readYaml } from './yaml-reader';

export const settingsFileName = '.service-topology.yaml';

export interface SettingsFileReading {
  readonly settings: SettingsPart;
  readonly problems: readonly ManifestProblem[];
}

/** The settings of the file's first document; never throws. `codes` are those that `rules` may name. */
export function readSettingsFile(text: string, codes?: readonly string[]): SettingsFileReading {
  const span = splitDocuments(text)[0];
  if (!span) return { settings: {}, problems: [] };
  if (span.end - span.start > defaultLimits.maxIntricateLength) {
    const message = 'the settings are not read: the file is too large';
    return {
      settings: {},
      problems: [{ code: 'file-too-large', severity: 'error', message, range: emptyRange, document: 0 }],
    };
  }
  const yaml = readYaml(text, span.start, span.end, defaultLimits);
  const reading = readSettings(yaml.value, codes);
  const lines = new LineIndex(text);
  const problems = yaml.problems.map((problem): ManifestProblem => {
    const { code, severity, message } = problem;
    return { code, severity, message, range: lines.range(problem.span), document: 0 };
  });
  for (const problem of reading.problems) {
    const range = yaml.place ? rangeOf(problem.path, problem.part, yaml.place, lines) : emptyRange;
    problems.push({ code: 'settings-invalid', severity: 'error', message: problem.message, range, document: 0 });
  }
  const { charts } = reading.settings;
  if (!charts || !yaml.place) return { settings: reading.settings, problems };
  const place = yaml.place;
  const settings = { ...reading.settings, charts: charts.map((chart) => placedChart(chart, place, lines)) };
  return { settings, problems };
}

/** With the places of what it names, since only the workspace knows whether that is there. */
function placedChart(chart: ChartSettings, root: PlacedNode, lines: LineIndex): ChartSettings {
  const { path, valueFiles } = chart;
  const at: ChartSettingsPlace = {
    file: settingsFileName,
    chart: rangeOf(path.slice(0, 2), 'key', root, lines),
    valueFiles: valueFiles.map((_, index) => rangeOf([...path, 'valueFiles', index], 'value', root, lines)),
  };
  return { ...chart, at };
}

/** The range of a value, or of its key; where it is not written, that of the deepest part of its path. */
export function rangeOf(path: JsonPath, part: 'key' | 'value', root: PlacedNode, lines: LineIndex): Range {
  let node = root;
  for (const [depth, step] of path.entries()) {
    if (part === 'key' && depth === path.length - 1 && node.kind === 'mapping') {
      const entry = node.entries.find(({ key }) => key === step);
      if (entry) return lines.range({ start: entry.keyStart, end: entry.keyEnd });
    }
    const next = stepInto(node, step);
    if (!next) break;
    node = next;
  }
  return lines.range(node);
}

/** When CronJobs run: which schedules and time zones the API server takes. */

interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly names?: readonly string[];
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const bounds: readonly Bounds[] = [
  { least: 0, most: 59 },
  { least: 0, most: 23 },
  { least: 1, most: 31 },
  { least: 1, most: 12, names: ['', ...months] },
  { least: 0, most: 6, names: days },
];
const descriptors = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];

/** Models robfig/cron v3 ParseStandard: what is wrong with the schedule, or undefined. */
export function scheduleComplaint(written: string): string | undefined {
  const zone = /^(?:CRON_)?TZ=([^ ]*)( .*)?$/.exec(written);
  if (zone && !isTimeZone(zone[1]!)) return `provided bad location ${zone[1]}: unknown time zone ${zone[1]}`;
  const schedule = zone ? (zone[2] ?? '').trim() : written;
  if (schedule.startsWith('@')) return descriptorComplaint(schedule);
  const fields = schedule.split(/\s+/).filter((field) => field !== '');
  if (fields.length !== bounds.length)
    return `expected exactly ${bounds.length} fields, found ${fields.length}: [${fields.join(' ')}]`;
  for (const [i, field] of fields.entries())
    for (const range of field.split(',').filter((part) => part !== '')) {
      const complaint = rangeComplaint(range, bounds[i]!);
      if (complaint !== undefined) return complaint;
    }
  return undefined;
}

const duration = /^[-+]?(?:0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;

function descriptorComplaint(schedule: string): string | undefined {
  if (descriptors.includes(schedule)) return undefined;
  const every = '@every ';
  if (!schedule.startsWith(every)) return `unrecognized descriptor: ${schedule}`;
  const text = schedule.slice(every.length);
  if (duration.test(text)) return undefined;
  const quoted = JSON.stringify(text);
  const [, unit] = /^[-+]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))*(?:\d+(?:\.\d*)?|\.\d+)([^\d.]*)/.exec(text) ?? []; // prettier-ignore
  const complaint =
    unit === undefined
      ? `time: invalid duration ${quoted}`
      : unit === ''
        ? `time: missing unit in duration ${quoted}`
        : `time: unknown unit ${JSON.stringify(unit)} in duration ${quoted}`;
  return `failed to parse duration ${schedule}: ${complaint}`;
}

/** Models getRange. */
function rangeComplaint(expression: string, { least, most, names }: Bounds): string | undefined {
  const [range = '', ...steps] = expression.split('/');
  const ends = range.split('-');
  let [start, end] = [least, most];
  if (ends[0] !== '*' && ends[0] !== '?') {
    const first = numberOf(ends[0]!, names);
    if (typeof first === 'string') return first;
    [start, end] = [first, first];
    if (ends.length > 2) return `too many hyphens: ${expression}`;
    if (ends.length === 2) {
      const last = numberOf(ends[1]!, names);
      if (typeof last === 'string') return last;
      end = last;
    }
  }
  let step = 1;
  if (steps.length > 1) return `too many slashes: ${expression}`;
  if (steps.length === 1) {
    const given = numberOf(steps[0]!);
    if (typeof given === 'string') return given;
    step = given;
    if (ends.length === 1) end = most;
  }
  if (start < least) return `beginning of range (${start}) below minimum (${least}): ${expression}`;
  if (end > most) return `end of range (${end}) above maximum (${most}): ${expression}`;
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${expression}`;
  return step === 0 ? `step of range should be a positive number: ${expression}` : undefined;
}

/** The number, or what is wrong with it. Models parseIntOrName. */
function numberOf(text: string, names?: readonly string[]): number | string {
  const named = text === '' ? -1 : (names?.indexOf(text.toLowerCase()) ?? -1);
  if (named >= 0) return named;
  if (!/^[-+]?\d+$/.test(text))
    return `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`;
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    return `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: value out of range`;
  return value < 0 ? `negative number (${value}) not allowed: ${text}` : value;
}

/** Models pkg/apis/batch/validation validateTimeZone (v1.37): what is wrong with the zone. */
export function timeZoneComplaints(zone: string): readonly string[] {
  if (zone === '') return ['timeZone must be nil or non-empty string'];
  const unknown = `unknown time zone ${zone}`;
  const parts = zone.split('/');
  if (parts.some((part) => part === '.' || part === '..' || part.startsWith('-') || !/^[A-Za-z.\-_0-9+]{1,14}$/.test(part)))
    return [unknown]; // prettier-ignore
  if (zone.toLowerCase() === 'local') {
    const complaint = 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones';
    return zone === 'Local' ? [complaint] : [complaint, unknown];
  }
  return isTimeZone(zone) ? [] : [unknown];
}

function isTimeZone(zone: string): boolean {
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions();
    // Go's names are the names of files: their case matters, and all have a capital.
    return zone !== zone.toLowerCase() && (timeZone === zone || timeZone.toLowerCase() !== zone.toLowerCase());
  } catch {
    return false;
  }
}

import * as z from 'zod';
import { LABELS } from './labels.ts';
import type { Range, TimeInterval } from './time-interval.ts';

/** The parts of dq-report.yml that say who is told, and when: Alertmanager's words. */

const route = z.strictObject({
  receiver: z
    .string()
    .optional()
    .describe('Name of the receiver to tell. Default: that of the route above. The top route must have one.'),
  matchers: z
    .array(z.string())
    .optional()
    .describe(
      `All must match: label="value", label!="value", label=~"regex", label!~"regex". Labels: ${LABELS.join(', ')}. The top route has none.`,
    ),
  continue: z.boolean().optional().describe('Whether the routes after it are asked as well. Default: false.'),
  mute_times: z
    .array(z.string())
    .optional()
    .describe('Names of time intervals in which messages wait. Not inherited by the routes below.'),
  active_times: z
    .array(z.string())
    .optional()
    .describe('Names of time intervals outside of which messages wait. Not inherited by the routes below.'),
  get routes(): z.ZodOptional<z.ZodArray<typeof route>> {
    return z
      .array(route)
      .optional()
      .describe('Asked in this order; the first that matches decides, and those after it while it says `continue`.');
  },
});

export const routeSchema = route.describe('The tree of routes that picks receivers for a cause.');
export type RouteFile = z.infer<typeof route>;

const timeOfDay = z
  .string()
  .regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, {
    error: 'a time is written as HH:MM, from 00:00 to 24:00',
    abort: true,
  })
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)));

const times = z
  .strictObject({
    start_time: timeOfDay.describe('HH:MM'),
    end_time: timeOfDay.describe('HH:MM; does not belong to the interval.'),
  })
  .refine(({ start_time: start, end_time: end }) => start < end, {
    error: 'start_time must come before end_time; write an interval over midnight as two',
  })
  .transform(({ start_time: from, end_time: to }): Range => ({ from, to }));

interface RangeKind {
  /** What one end is called in messages. */
  readonly noun: string;
  /** Null for what is none. */
  readonly read: (word: string) => number | null;
  /** For comparing; the same for most. */
  readonly orderOf?: (value: number) => number;
}

/** `monday`, `monday:friday`, `3`, `-3:-1`: one end or both, both of them included. */
function range({ noun, read, orderOf = (value) => value }: RangeKind) {
  return z.union([z.string(), z.number()]).transform((given, context): Range => {
    const words = String(given).toLowerCase().split(':');
    const [from = null, to = from] = words.map(read);
    const problem =
      words.length > 2 || from === null || to === null
        ? `\`${given}\` is no ${noun} and no range of two (first:last)`
        : (from < 0 && to > 0) || orderOf(from) > orderOf(to)
          ? `\`${given}\` ends before it begins`
          : null;
    if (problem !== null) context.addIssue({ code: 'custom', message: problem });
    return { from: from ?? 0, to: to ?? 0 };
  });
}

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];

function indexIn(words: readonly string[], word: string): number | null {
  const index = words.indexOf(word);
  return index === -1 ? null : index;
}

function integer(word: string, isAllowed: (value: number) => boolean = () => true): number | null {
  const value = /^[+-]?\d+$/.test(word) ? Number(word) : null;
  return value !== null && isAllowed(value) ? value : null;
}

const weekday = range({ noun: 'day of the week (such as monday)', read: (word) => indexIn(WEEKDAYS, word) });
const dayOfMonth = range({
  noun: 'day of the month (1 to 31, or -1 for the last one)',
  read: (word) => integer(word, (day) => day !== 0 && Math.abs(day) <= 31),
  // As many days as every month has.
  orderOf: (day) => (day < 0 ? 28 + day : day),
});
const month = range({
  noun: 'month (a name, or 1 to 12)',
  read: (word) => {
    const index = indexIn(MONTHS, word);
    return index === null ? integer(word, (number) => number >= 1 && number <= 12) : index + 1;
  },
});
const year = range({ noun: 'year', read: (word) => integer(word) });

const interval = z
  .strictObject({
    times: z.array(times).optional().describe('Times of the day.'),
    weekdays: z.array(weekday).optional().describe("Days of the week: saturday, 'monday:friday'."),
    days_of_month: z.array(dayOfMonth).optional().describe("Days of the month: 1, '24:26', '-3:-1'."),
    months: z.array(month).optional().describe("Months: december, 'june:august', '1:3'."),
    years: z.array(year).optional().describe("Years: 2027, '2027:2030'."),
    location: z
      .string()
      .refine((name) => name === 'Local' || isTimeZone(name), {
        error: 'there is no such time zone; use a name such as Europe/Berlin, UTC, or Local for that of the machine',
      })
      .optional()
      .describe("Name of the time zone, such as Europe/Berlin; Local for the machine's. Default: UTC."),
  })
  .transform((given): TimeInterval => ({
    times: given.times ?? [],
    weekdays: given.weekdays ?? [],
    daysOfMonth: given.days_of_month ?? [],
    months: given.months ?? [],
    years: given.years ?? [],
    location: given.location === 'Local' ? null : (given.location ?? 'UTC'),
  }));

/** JavaScript takes offsets for zones, Go does not. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

export const timeIntervalsSchema = z
  .array(
    z.strictObject({
      name: z.string().min(1).describe('By which routes name it.'),
      time_intervals: z
        .array(interval)
        .min(1, { error: 'it holds no time, so it never comes' })
        .describe('It is now when it is now in any of these.'),
    }),
  )
  .describe('Times that routes can be muted in, or active in.');
export type TimeIntervalsFile = z.infer<typeof timeIntervalsSchema>;

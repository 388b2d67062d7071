/**
 * A set of minutes, as Alertmanager's `time_intervals` describe it: every field that has entries must have one that fits.
 * Source: github.com/prometheus/alertmanager, timeinterval/timeinterval.go of 0.25.
 */
export interface TimeInterval {
  /** Minutes of the day; the end does not belong to it. */
  readonly times: readonly Range[];
  /** 0 is Sunday. */
  readonly weekdays: readonly Range[];
  /** Counted from the end of the month where negative. */
  readonly daysOfMonth: readonly Range[];
  readonly months: readonly Range[];
  readonly years: readonly Range[];
  /** A name of the time zone database; null for the machine's own. */
  readonly location: string | null;
}

export interface Range {
  readonly from: number;
  readonly to: number;
}

/** What clocks and calendars show somewhere. */
export interface WallClock {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
  /** Of the day. */
  readonly minute: number;
}

export function contains(interval: TimeInterval, { year, month, day, minute }: WallClock): boolean {
  const { times, weekdays, daysOfMonth, months, years } = interval;
  const daysInMonth = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
  return (
    anyOf(times, ({ from, to }) => from <= minute && minute < to) &&
    anyOf(weekdays, within(weekday)) &&
    anyOf(daysOfMonth, (range) => isInMonth(range, day, daysInMonth)) &&
    anyOf(months, within(month)) &&
    anyOf(years, within(year))
  );
}

function anyOf(ranges: readonly Range[], fits: (range: Range) => boolean): boolean {
  return ranges.length === 0 || ranges.some(fits);
}

function within(value: number): (range: Range) => boolean {
  return ({ from, to }) => from <= value && value <= to;
}

/** The 31st of a month that has 30 days is no day of it; an end beyond its end is its end. */
function isInMonth({ from, to }: Range, day: number, daysInMonth: number): boolean {
  const fromEnd = (end: number): number => (end < 0 ? daysInMonth + end + 1 : end);
  return fromEnd(from) <= day && day <= fromEnd(to);
}

const clocks = new Map<string | null, Intl.DateTimeFormat>();

/** @throws {RangeError} for a time zone that does not exist. */
export function wallClock(instant: Date, location: string | null): WallClock {
  const clock = clocks.get(location) ?? clockOf(location);
  clocks.set(location, clock);
  const parts = new Map(clock.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  return {
    year: part('year'),
    month: part('month'),
    day: part('day'),
    minute: part('hour') * 60 + part('minute'),
  };
}

function clockOf(location: string | null): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-GB', {
    ...(location === null ? {} : { timeZone: location }),
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    hourCycle: 'h23',
  });
}

import { describe, expect, test } from '@jest/globals';
import { mutedUntil } from '../../src/routes/muted-until.ts';
import { timeIntervalsSchema } from '../../src/routes/schema.ts';
import { contains, type TimeInterval, wallClock } from '../../src/routes/time-interval.ts';

function intervals(...given: readonly object[]): readonly TimeInterval[] {
  if (given.length === 0) return [];
  return timeIntervalsSchema.parse([{ name: 'x', time_intervals: given }])[0]?.time_intervals ?? [];
}

const daily = (start_time: string, end_time: string, more: object = {}): object => ({
  times: [{ start_time, end_time }],
  ...more,
});
const nights = [daily('20:00', '24:00'), daily('00:00', '07:00')];

describe('an interval', () => {
  test.each([
    ['everything', {}, '2026-01-02T06:00Z', true],
    ['its start', daily('06:00', '07:00'), '2026-01-02T06:00Z', true],
    ['but not its end', daily('06:00', '07:00'), '2026-01-02T07:00Z', false],
    ['the last minute of a day', daily('23:00', '24:00'), '2026-01-02T23:59Z', true],
    ['a Friday', { weekdays: ['monday:friday'] }, '2026-01-02T06:00Z', true],
    ['no Saturday of those days', { weekdays: ['monday:friday', 'sunday'] }, '2026-01-03T06:00Z', false],
    ['the last day of a month', { days_of_month: [-1] }, '2026-02-28T06:00Z', true],
    ['that of a leap year', { days_of_month: [-1] }, '2028-02-28T06:00Z', false],
    ['the third day from the end', { days_of_month: ['-3:-1'] }, '2026-04-28T06:00Z', true],
    ['no 31st where there is none', { days_of_month: [31] }, '2026-04-30T06:00Z', false],
    ['from the 28th to the end', { days_of_month: ['20:31'] }, '2026-04-30T06:00Z', true],
    ['a month by its name', { months: ['december:december', 'January'] }, '2026-01-02T06:00Z', true],
    ['a month by its number', { months: ['2:12'] }, '2026-01-02T06:00Z', false],
    ['a year', { years: [2026] }, '2026-01-02T06:00Z', true],
    ['another year', { years: ['2027:2030'] }, '2026-01-02T06:00Z', false],
    ['only what fits every field', { years: [2026], weekdays: ['sunday'] }, '2026-01-02T06:00Z', false],
    ['the day of its time zone', { weekdays: ['saturday'], location: 'Asia/Tokyo' }, '2026-01-02T16:00Z', true],
    ['half hours of a time zone', daily('11:45', '11:46', { location: 'Asia/Kathmandu' }), '2026-01-02T06:00Z', true],
  ])('holds %s', (_, given, at, expected) => {
    const [interval] = intervals(given);
    expect(interval && contains(interval, wallClock(new Date(at), interval.location))).toBe(expected);
  });
});

describe('a route', () => {
  const cases: readonly (readonly [
    string,
    { mute?: readonly object[]; active?: readonly object[] },
    string,
    string | null,
  ])[] = [
    ['without times speaks', {}, '2026-01-02T06:00:00Z', null],
    ['speaks outside of its mute times', { mute: nights }, '2026-01-02T12:00:00Z', null],
    ['waits until they end, over midnight', { mute: nights }, '2026-01-02T21:30:15Z', '2026-01-03T07:00:00.000Z'],
    [
      'waits to the end of a weekend',
      { mute: [...nights, { weekdays: ['saturday', 'sunday'] }] },
      '2026-01-02T20:00:00Z',
      '2026-01-05T07:00:00.000Z',
    ],
    [
      'waits for its next active time',
      { active: [daily('09:00', '17:00', { weekdays: ['monday:friday'] })] },
      '2026-01-02T17:00:00Z',
      '2026-01-05T09:00:00.000Z',
    ],
    ['speaks in its active times', { active: [daily('09:00', '17:00')] }, '2026-01-02T16:59:59Z', null],
    [
      'waits in mute times also when it is active',
      { active: [daily('09:00', '17:00')], mute: [daily('12:00', '13:05')] },
      '2026-01-02T12:10:00Z',
      '2026-01-02T13:05:00.000Z',
    ],
    [
      'finds a minute between two mute times',
      { mute: [daily('00:00', '08:01'), daily('08:02', '24:00')] },
      '2026-01-02T10:00:00Z',
      '2026-01-03T08:01:00.000Z',
    ],
    [
      'keeps the hours of its time zone in winter',
      { mute: [daily('00:00', '07:00', { location: 'Europe/Berlin' })] },
      '2026-01-02T01:00:00Z',
      '2026-01-02T06:00:00.000Z',
    ],
    [
      'keeps them in summer',
      { mute: [daily('00:00', '07:00', { location: 'Europe/Berlin' })] },
      '2026-07-02T01:00:00Z',
      '2026-07-02T05:00:00.000Z',
    ],
    [
      'keeps them on the day that clocks go forward',
      { mute: [daily('00:00', '07:00', { location: 'Europe/Berlin' })] },
      '2026-03-29T00:30:00Z',
      '2026-03-29T05:00:00.000Z',
    ],
    [
      'ends a mute time that the clocks jump over when they have',
      { mute: [daily('01:00', '02:30', { location: 'Europe/Berlin' })] },
      '2026-03-29T00:30:00Z',
      '2026-03-29T01:00:00.000Z',
    ],
    [
      'speaks in the hour between when the clocks go back into a mute time',
      { mute: [daily('01:00', '02:30', { location: 'Europe/Berlin' })] },
      '2026-10-25T00:00:00Z',
      '2026-10-25T00:30:00.000Z',
    ],
    ['asks again in a year when it never ends', { mute: [{}] }, '2026-01-02T06:00:00Z', '2027-01-03T06:00:00.000Z'],
  ];
  test.each(cases)('%s', (_, { mute = [], active = [] }, now, until) => {
    const route = { muteTimes: intervals(...mute), activeTimes: intervals(...active) };
    expect(mutedUntil(route, new Date(now))).toBe(until);
  });
});

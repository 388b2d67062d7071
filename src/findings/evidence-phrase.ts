import type { Evidence, Sample } from '../artifacts/evidence.ts';
import { formatNumber, pluralOf } from './message.ts';
import { plain, shortened } from './plain.ts';

/** "77 of 294 orders (26.2 %) · 64,569.00 of 294,461.40 revenue · 8 with a duplicated key · 12 days from 2025-02-23 to … · e.g. …" */
export function evidencePhrase({ measure, periods, reasons, detail, samples }: Evidence, units: string): string {
  const parts = [
    units,
    measure === null ? null : measurePhrase(measure),
    ...reasons.slice(0, REASONS_SHOWN).map(({ reason, failed }) => `${formatNumber(failed)} ${reason}`),
    moreReasons(reasons.length - REASONS_SHOWN),
    periods === null ? null : periodsPhrase(periods),
    detail,
    samples.length === 0 ? null : `e.g. ${samples.slice(0, SAMPLES_SHOWN).map(samplePhrase).join('; ')}`,
  ];
  return plain(parts.filter((part) => part !== null).join(' · ')).replaceAll(/\s+/g, ' ');
}

const REASONS_SHOWN = 5;
const SAMPLES_SHOWN = 3;
const SAMPLE_LENGTH = 60;

function moreReasons(number: number): string | null {
  return number > 0 ? `${formatNumber(number)} more ${number === 1 ? 'reason' : pluralOf('reason')}` : null;
}

function measurePhrase({ name, checked, failed }: NonNullable<Evidence['measure']>): string | null {
  if (failed === null) return null;
  const digits = [checked, failed].some((amount) => amount !== null && !Number.isInteger(amount)) ? 2 : 0;
  const amounts = [failed, checked].filter((amount) => amount !== null).map((amount) => formatAmount(amount, digits));
  return `${amounts.join(' of ')} ${name}`;
}

function formatAmount(amount: number, digits: number): string {
  // `formatNumber` would drop the zeros.
  const [whole = '', fraction] = Math.abs(amount).toFixed(digits).split('.');
  return `${amount < 0 ? '-' : ''}${formatNumber(Number(whole))}${fraction === undefined ? '' : `.${fraction}`}`;
}

/** "2025-03-04 to 2025-03-08 (5 days)", or "2 days from 2025-03-04 to 2025-03-08" where others in between were fine. */
function periodsPhrase({ first, last, failed }: NonNullable<Evidence['periods']>): string {
  const days = daysFrom(first, last);
  const period = days === null ? 'period' : 'day';
  const number = `${formatNumber(failed)} ${failed === 1 ? period : pluralOf(period)}`;
  if (first === last) return `${first} (${number})`;
  return days === null || days === failed ? `${first} to ${last} (${number})` : `${number} from ${first} to ${last}`;
}

/** How many days there are, both ends among them; null for what are no days. */
function daysFrom(first: string, last: string): number | null {
  const isDay = (text: string): boolean => /^\d{4}-\d\d-\d\d$/.test(text);
  if (!isDay(first) || !isDay(last)) return null;
  return Math.round((Date.parse(last) - Date.parse(first)) / 86_400_000) + 1;
}

/** `T100`, or `client_id C1, day 2025-03-01` where there are several columns. */
export function samplePhrase(sample: Sample): string {
  const members = Object.entries(sample);
  const shown = members.map(([column, value]) => {
    const text = shortened(value === null ? 'NULL' : String(value), SAMPLE_LENGTH);
    return members.length === 1 ? text : `${column} ${text}`;
  });
  return shown.join(', ');
}

import { evidencePhrase } from './evidence-phrase.ts';
import type { Finding } from './finding.ts';
import { unitsPhrase } from './message.ts';
import { plain } from './plain.ts';

/** Said by dbt of every error, and of no use to who must mend it. */
const noise = [
  /^\s*compiled (?:code|SQL) at /i,
  /^\s*> (?:in|called by) (?:macro|model|test)/,
  /^\s*This model has an enforced contract that failed\.?$/,
  /^\s*Please ensure the name, data_type, and number of columns in your contract match/,
];

/**
 * The message without the parts that repeat the title, dbt's first line and its own trace; what a test of the package
 * measured stands in the place of the bare count.
 */
export function messageLines(finding: Pick<Finding, 'message' | 'evidence' | 'test'>): readonly string[] {
  const lines = linesOf(finding.message);
  if (finding.evidence === null) return lines;
  const units = plain(unitsPhrase(finding.evidence, finding.test?.testName ?? null));
  const phrase = evidencePhrase(finding.evidence, units);
  const [first = '', ...rest] = lines;
  return first.startsWith(units) ? [phrase + first.slice(units.length), ...rest] : [...lines, phrase];
}

function linesOf(message: string): readonly string[] {
  const lines = plain(message)
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line.trim() !== '');
  const rest = lines.length > 1 && /^\w+ Error in /.test(lines[0] ?? '') ? lines.slice(1) : lines;
  const telling = rest
    .filter((line) => !noise.some((pattern) => pattern.test(line)))
    .map((line) => line.replace(/^ {2}/, ''));
  const shown = telling.length === 0 ? rest : telling;
  // Python tells the error itself last.
  const last = shown.at(-1);
  const isTrace = shown.some((line) => line.trim() === 'Traceback (most recent call last):');
  return isTrace && last !== undefined ? [last.trim(), ...shown.slice(0, -1)] : shown;
}

/** The message in one line: the first, with the second where the first only announces it. */
export function headlineOf(finding: Pick<Finding, 'message' | 'evidence' | 'test'>): string {
  const [first = '', second] = messageLines(finding);
  const announces = /:\s*$/.test(first) || /^Code: \d+\.$/.test(first);
  return second !== undefined && announces ? `${first} ${second.trim()}` : first;
}

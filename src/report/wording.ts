import { stripVTControlCharacters } from 'node:util';
import type { OwnerFields } from '../artifacts/manifest.ts';
import type { Cause, FoldReason } from '../causes/cause.ts';
import { describeErrorClass } from '../findings/error-class.ts';
import type { Finding, TestRef } from '../findings/finding.ts';
import { formatNumber } from '../findings/message.ts';

/** What every format says in the same words. Text from artifacts is data: each format escapes it for its own sink. */

/** One line that names the fault: "not_null client_id on stg_web_events". */
export function titleOf({ kind, subject, test, errorClass }: Finding): string {
  const why = errorClass === null || errorClass === 'unknown' ? '' : `: ${describeErrorClass(errorClass)}`;
  switch (kind) {
    case 'test_failed':
    case 'test_warned':
      return test === null || test.uniqueId === subject.uniqueId ? (test?.name ?? subject.name) : `${testTitle(test)} on ${subject.name}`;
    case 'unit_test_failed':
      return `Unit test ${test?.name ?? ''} of ${subject.name}`;
    case 'test_errored':
      return `The test ${test === null ? subject.name : testTitle(test)} on ${subject.name} could not run${why}`;
    case 'model_errored':
      return `${subject.name} could not be built${why}`;
    case 'seed_errored':
      return `The seed ${subject.name} could not be loaded${why}`;
    case 'snapshot_errored':
      return `The snapshot ${subject.name} could not be taken${why}`;
    case 'hook_errored':
      return `The hook ${subject.name} failed${why}`;
    case 'model_warned':
      return `${subject.name} was built with a warning`;
    case 'partial_success':
      return `${subject.name} was built in part${why}`;
    case 'source_stale':
      return `Source ${subject.name} is stale`;
    case 'source_unchecked':
      return `The freshness of source ${subject.name} is not known${why}`;
    case 'node_skipped':
      return `${test?.name ?? subject.name} was skipped`;
  }
}

/** dbt's generated names repeat test, model and column; a name that a person chose says more than any of them. */
function testTitle({ name, testName, namespace, column }: TestRef): string {
  if (testName === null) return name;
  const generated = [testName, `source_${testName}`, ...(namespace === null ? [] : [`${namespace}_${testName}`, `${namespace}_source_${testName}`])];
  if (!generated.some((start) => name.startsWith(`${start}_`) || name === start)) return name;
  return column === null ? testName : `${testName} ${column}`;
}

/** The message without the parts that repeat the title: dbt's first line and the path of the compiled file. */
export function messageLines({ message }: Pick<Finding, 'message'>): readonly string[] {
  const lines = plain(message).split('\n').map((line) => line.trimEnd()).filter((line) => line.trim() !== '');
  const rest = lines.length > 1 && /^\w+ Error in /.test(lines[0] ?? '') ? lines.slice(1) : lines;
  return rest.filter((line) => !/^\s*compiled (?:code|SQL) at /i.test(line)).map((line) => line.replace(/^ {2}/, ''));
}

/** What a failure means, as its authors wrote it beside the test or the model; the first sentence. */
export function meaningOf({ test, subject }: Finding): string | null {
  const description = plain(test?.description ?? subject.description ?? '').replaceAll(/\s+/g, ' ').trim();
  if (description === '') return null;
  // dbt 2 and 1.10 copy a generic test's own documentation here when the project wrote none.
  return /^.*?[.!?](?= |$)/.exec(description)?.[0] ?? description;
}

/** "Growth analytics <growth@shop.example> #growth-data". */
export function personOf({ name, email, slack }: OwnerFields): string {
  const address = email === null ? null : name === null ? email : `<${email}>`;
  return [name, address, slack].filter((word) => word !== null).map(plain).join(' ');
}

/** "4 skipped: 1 model, 3 tests" and what else is folded; null if nothing is. */
export function symptomsOf({ symptoms }: Cause): string | null {
  if (symptoms.length === 0) return null;
  const skipped = symptoms.filter(({ because }) => because === 'skipped_by' || because === 'fail_fast');
  const others = symptoms.filter(({ because }) => because !== 'skipped_by' && because !== 'fail_fast');
  const models = skipped.filter(({ finding }) => finding.test === null).length;
  const tests = skipped.length - models;
  const parts = [];
  if (skipped.length > 0) parts.push(`${[models > 0 ? count(models, 'model') : null, tests > 0 ? count(tests, 'test') : null].filter((part) => part !== null).join(' and ')} skipped`);
  for (const because of new Set(others.map((symptom) => symptom.because))) {
    const number = others.filter((symptom) => symptom.because === because).length;
    parts.push(`${count(number, 'finding')} ${foldPhrase(because)}`);
  }
  return parts.join('; ');
}

/** Why a symptom is folded, to be read behind its name. */
export function foldPhrase(because: FoldReason): string {
  switch (because) {
    case 'skipped_by':
      return 'skipped by dbt because of it';
    case 'fail_fast':
      return 'skipped because dbt stopped at it (fail-fast)';
    case 'stale_input':
      return 'asking for recent rows below it';
    case 'same_column':
      return 'of the same test on the same column below it';
  }
}

export function count(number: number, noun: string): string {
  return `${formatNumber(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/** Takes out what could move a cursor, recolour a terminal or reverse the reading direction. Keeps line breaks. */
export function plain(text: string): string {
  return stripVTControlCharacters(text)
    .replaceAll('\t', '  ')
    .replaceAll(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, '');
}

import * as fc from 'fast-check';
import { columnTest, type Project, type ResultOf } from '../project.ts';
import { type DbtCommand, failing } from './runs.ts';

/** `absent`: the project does not have the test any more. */
export type Fate = 'fail' | 'warn' | 'error' | 'pass' | 'skip' | 'not selected' | 'absent';

export const fate = fc.constantFrom<Fate>('fail', 'warn', 'error', 'pass', 'pass', 'skip', 'not selected', 'absent');

const MODELS = ['a', 'b', 'c'] as const;
export const SLOTS = ['a', 'b', 'c', 'd'] as const;
export type Slot = (typeof SLOTS)[number];
const modelOf: Readonly<Record<Slot, (typeof MODELS)[number]>> = { a: 'a', b: 'b', c: 'c', d: 'c' };

export interface Outcomes {
  readonly models: Readonly<Record<(typeof MODELS)[number], 'success' | 'error' | 'not selected'>>;
  readonly tests: Readonly<Record<Slot, Fate>>;
  readonly failures: Readonly<Record<Slot, number>>;
  /** Whether all errors are the same, so that three fold. */
  readonly isOneError: boolean;
}

/**
 * Models fail and what is below them is skipped; tests fail, warn, pass, are skipped, left out, removed, put back and
 * renamed; `dbt retry` runs again what failed or was skipped, and dq-report reads its file with or without that of the
 * build, before it as well or not. Below `a` stands `b`, so that failures fold; the tests of `c` are each other's like.
 */
export interface Morning {
  readonly build: Outcomes;
  readonly renamed: Readonly<Record<Slot, boolean>>;
  readonly retry: Outcomes;
  /** Which files dq-report reads, call by call. */
  readonly calls: readonly ('build' | 'retry' | 'both')[];
}

const fateOfModel = fc.constantFrom<'success' | 'error' | 'not selected'>(
  'success',
  'success',
  'success',
  'error',
  'not selected',
);
const someFailures = fc.integer({ min: 1, max: 9 });
const outcomes = fc.record<Outcomes>({
  models: fc.record({ a: fateOfModel, b: fateOfModel, c: fateOfModel }),
  tests: fc.record({ a: fate, b: fate, c: fate, d: fate }),
  failures: fc.record({ a: someFailures, b: someFailures, c: someFailures, d: someFailures }),
  isOneError: fc.boolean(),
});
const isRenamed = fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true));
export const mornings = fc.array(
  fc.record<Morning>({
    build: outcomes,
    renamed: fc.record({ a: isRenamed, b: isRenamed, c: isRenamed, d: isRenamed }),
    retry: outcomes,
    calls: fc.constantFrom<Morning['calls']>(
      ['build'],
      ['build', 'build'],
      ['both'],
      ['build', 'both'],
      ['build', 'retry'],
      ['build', 'retry', 'both'],
    ),
  }),
  { minLength: 1, maxLength: 16 },
);

interface Seen {
  readonly minute: number;
  readonly failed: boolean;
  /** Of a test that failed. */
  readonly rows?: number;
}

/** The newest result of each node that ran. */
export function seenIn(commands: readonly DbtCommand[]): ReadonlyMap<string, Seen> {
  const all = commands.flatMap(({ minute, results }) =>
    Object.entries(results).map(([node, result]) => [node, { minute, result }] as const),
  );
  return new Map(
    [...new Map(all)].flatMap(([node, { minute, result }]): [string, Seen][] => {
      const status = statusOf(result);
      if (status === 'skipped') return [];
      const failed = status !== 'pass' && status !== 'success';
      const rows = typeof result === 'string' || status !== 'fail' ? {} : { rows: Number(result['failures']) };
      return [[node, { minute, failed, ...rows }]];
    }),
  );
}

export function isRetried(result: ResultOf | undefined): boolean {
  return result !== undefined && ['error', 'fail', 'skipped'].includes(statusOf(result));
}

function statusOf(result: ResultOf): string {
  return String(typeof result === 'string' ? result : result['status']);
}

/** Tests under another name on the same column of the same model are the same. */
export function identityOf(node: string): string | null {
  const slot = SLOTS.find((each) => node.startsWith(`test.${each}_`));
  return slot === undefined ? null : modelOf[slot];
}

export function projectOf(tests: ReadonlyMap<Slot, string>): Project {
  return {
    'model.a': {},
    'model.b': { reads: ['model.a'] },
    'model.c': {},
    ...Object.fromEntries(
      [...tests].map(([slot, name]) => [name, columnTest('not_null', `model.${modelOf[slot]}`, 'client_id')]),
    ),
  };
}

/** What dbt writes down of the nodes that it was to run. */
export function resultsOf(
  { models, tests, failures, isOneError }: Outcomes,
  there: readonly Slot[],
  nameOf: (slot: Slot) => string,
  isToRun: (node: string) => boolean = () => true,
): ReadonlyMap<string, ResultOf> {
  const results = new Map<string, ResultOf>();
  const error = (node: string): ResultOf => ({
    status: 'error',
    message: `Database Error in ${node}\n  ${isOneError ? 'permission denied for schema raw' : `${node} is broken`}`,
  });
  const isStopped = (model: string): boolean => ['error', 'skipped'].includes(statusOf(results.get(model) ?? ''));
  for (const name of MODELS) {
    const node = `model.${name}`;
    if (models[name] === 'not selected' || !isToRun(node)) continue;
    const isBelow = name === 'b' && isStopped('model.a');
    results.set(node, isBelow ? 'skipped' : models[name] === 'error' ? error(node) : 'success');
  }
  for (const slot of there) {
    const node = nameOf(slot);
    if (!isToRun(node)) continue;
    const result = isStopped(`model.${modelOf[slot]}`) ? 'skipped' : resultOf(tests[slot], failures[slot], error(node));
    if (result !== null) results.set(node, result);
  }
  return results;
}

export function resultOf(given: Fate, failures: number, error: ResultOf): ResultOf | null {
  switch (given) {
    case 'fail':
      return failing(failures);
    case 'warn':
      return { status: 'warn', failures };
    case 'error':
      return error;
    case 'pass':
      return 'pass';
    case 'skip':
      return 'skipped';
    case 'not selected':
    case 'absent':
      return null;
  }
}

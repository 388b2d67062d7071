import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { columnTest, type Project, type ResultOf } from '../project.ts';
import { Ledger } from './ledger.ts';
import { failing, runAt } from './runs.ts';

/**
 * Any sequence of runs against a model that is too simple to be wrong: of each test it knows the newest observation, and
 * an incident is open when that one failed. Tests fail, pass, are skipped, not selected, removed and put back; runs come
 * out of order, overlap, and come twice. What folds, and what is renamed, has tests of its own: track.test.ts.
 */
const TESTS = ['a', 'b', 'c', 'd'] as const;
type Test = (typeof TESTS)[number];
/** `absent`: the project does not have the test any more. */
type Fate = 'fail' | 'warn' | 'error' | 'pass' | 'skip' | 'not selected' | 'absent';

interface Step {
  readonly fates: Readonly<Record<Test, Fate>>;
  readonly failures: number;
  /** How many minutes after the newest run; negative for a run that comes late, 0 for the same run again. */
  readonly later: number;
  /** For so many minutes the run went on after its tests had run, so that runs overlap. */
  readonly wentOn: number;
}

const fate = fc.constantFrom<Fate>('fail', 'warn', 'error', 'pass', 'pass', 'skip', 'not selected', 'absent');
const steps = fc.array(
  fc.record<Step>({
    fates: fc.record({ a: fate, b: fate, c: fate, d: fate }),
    failures: fc.integer({ min: 1, max: 40 }),
    later: fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 1, max: 3 }) }, fc.integer({ min: -4, max: 0 })),
    wentOn: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 5 })),
  }),
  { minLength: 1, maxLength: 25 },
);

describe('whatever happens,', () => {
  test('an incident is open where the newest result is a failure, and none ends without a pass', () => {
    fc.assert(
      fc.property(steps, (given) => {
        const ledger = new Ledger();
        const newest = new Map<Test, { minute: number; failed: boolean }>();
        const applied = new Set<number>();
        let now = 100;
        for (const { fates, failures, later, wentOn } of given) {
          const minute = now + later;
          now = Math.max(now, minute);
          const { project, results } = runOf(fates, failures);
          // No two runs look at a test in the same moment.
          const seen = minute - wentOn + minute / 1000;
          const changes = ledger.apply(runAt(minute, results, project, null, { nodesAt: seen }));
          // The same run again.
          expect(applied.has(minute) && changes.length > 0).toBe(false);
          if (applied.has(minute)) continue;
          const isLate = [...applied].some((other) => other > minute);
          applied.add(minute);
          for (const name of TESTS) {
            const failed = ['fail', 'warn', 'error'].includes(fates[name]);
            if (!failed && fates[name] !== 'pass') continue;
            if ((newest.get(name)?.minute ?? 0) < seen) newest.set(name, { minute: seen, failed });
          }
          for (const { reason, incident } of changes) {
            const name = TESTS.find((each) => incident.uniqueId.endsWith(`.${each}`));
            const why = `${reason} ${name === undefined ? '' : fates[name]}${isLate ? ' late' : ''}`;
            expect(why).toMatch(/^(?:resolved pass( late)?|retired absent|(?!resolved|retired).*)$/);
            if (reason === 'retired' && name !== undefined) newest.set(name, { minute, failed: false });
          }
          const open = ledger.open().filter(({ flapping }) => !flapping);
          const flapping = new Set(
            ledger
              .open()
              .filter((each) => each.flapping)
              .map(({ uniqueId }) => uniqueId),
          );
          const wrong = [...newest].filter(([, { failed }]) => failed).map(([name]) => `test.shop.${name}`);
          expect(open.map(({ uniqueId }) => uniqueId).toSorted()).toEqual(
            wrong.filter((uniqueId) => !flapping.has(uniqueId)).toSorted(),
          );
          expect(new Set(ledger.open().map(({ fingerprint }) => fingerprint)).size).toBe(ledger.open().length);
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** Each test stands on a model of its own, so that none folds under another. */
function runOf(
  fates: Readonly<Record<Test, Fate>>,
  failures: number,
): { project: Project; results: Record<string, ResultOf> } {
  const there = TESTS.filter((name) => fates[name] !== 'absent');
  const project = Object.fromEntries([
    ...TESTS.map((name) => [`model.${name}`, {}] as const),
    ...there.map((name) => [`test.${name}`, columnTest('not_null', `model.${name}`, name)] as const),
  ]);
  const results = Object.fromEntries(
    there.flatMap((name): [string, ResultOf][] => {
      switch (fates[name]) {
        case 'fail':
          return [[`test.${name}`, failing(failures)]];
        case 'warn':
          return [[`test.${name}`, { status: 'warn', failures }]];
        case 'error':
          return [[`test.${name}`, { status: 'error', message: `Database Error in test ${name}: ${name} is broken` }]];
        case 'pass':
          return [[`test.${name}`, 'pass']];
        case 'skip':
          return [[`test.${name}`, 'skipped']];
        case 'not selected':
        case 'absent':
          return [];
      }
    }),
  );
  return { project, results: { 'model.a': 'success', ...results } };
}

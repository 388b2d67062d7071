import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { columnTest, fullId, type Project, type ResultOf } from '../project.ts';
import { Ledger } from './ledger.ts';
import { Model } from './model.ts';
import {
  type Fate,
  fate,
  identityOf,
  isRetried,
  mornings,
  projectOf,
  resultOf,
  resultsOf,
  seenIn,
  type Slot,
  SLOTS,
} from './mornings.ts';
import { runAt, runOf } from './runs.ts';

/**
 * Any sequence of runs against a model that is too simple to be wrong: of each test it knows the newest observation, and
 * an incident is open when that one failed. Tests fail, pass, are skipped, not selected, removed and put back; runs come
 * out of order, overlap, and come twice. The second property is about all that comes in its order: mornings.ts.
 */
const TESTS = ['a', 'b', 'c', 'd'] as const;
type Test = (typeof TESTS)[number];

interface Step {
  readonly fates: Readonly<Record<Test, Fate>>;
  readonly failures: number;
  /** How many minutes after the newest run; negative for a run that comes late, 0 for the same run again. */
  readonly later: number;
  /** For so many minutes the run went on after its tests had run, so that runs overlap. */
  readonly wentOn: number;
}

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
          const { project, results } = buildOf(fates, failures);
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

test('every failing node is in one open incident, through renames, retries and folds, and no other is open', () => {
  fc.assert(
    fc.property(mornings, (given) => {
      const ledger = new Ledger();
      const model = new Model();
      const names: Record<Slot, number> = { a: 1, b: 1, c: 1, d: 1 };
      const idOf = new Map<number, string>();
      for (const [index, { build, renamed, retry, calls }] of given.entries()) {
        for (const slot of SLOTS) if (renamed[slot]) names[slot] += 1;
        const nameOf = (slot: Slot): string => `test.${slot}_${names[slot]}`;
        const there = SLOTS.filter((slot) => build.tests[slot] !== 'absent');
        const project = projectOf(new Map(there.map((slot) => [slot, nameOf(slot)])));
        const first = resultsOf(build, there, nameOf);
        const second = resultsOf(retry, there, nameOf, (node) => isRetried(first.get(node)));
        const commands = {
          build: { which: 'build', id: `build-${index}`, minute: 10 * index + 1, results: Object.fromEntries(first) },
          retry: { which: 'retry', id: `retry-${index}`, minute: 10 * index + 2, results: Object.fromEntries(second) },
        } as const;
        for (const call of calls) {
          // There is nothing to retry.
          if ((call === 'build' ? first : second).size === 0) continue;
          const read = call === 'both' ? [commands.build, commands.retry] : [commands[call]];
          const before = new Map(ledger.incidents);
          const changes = ledger.apply(runOf(project, read));
          const seen = seenIn(read);
          const wrong = [...seen].filter(([, { failed }]) => failed).map(([node]) => node);
          model.look({ there: Object.keys(project), identityOf, seen, minute: read.at(-1)?.minute ?? 0 });

          for (const { reason, incident } of changes)
            expect([reason, before.has(incident.id)]).not.toEqual(['opened', true]);
          const open = ledger.open();
          const nodes = open.map(({ uniqueId }) => uniqueId.replace('.shop.', '.'));
          expect(nodes.toSorted()).toEqual([...model.open().keys()].toSorted());
          // An id belongs to one entry, and the entry to it.
          for (const [node, number] of model.open()) {
            const { id } = open[nodes.indexOf(node)] ?? {};
            idOf.set(number, idOf.get(number) ?? id ?? '');
            expect([node, id]).toEqual([node, idOf.get(number)]);
          }
          expect(new Set(idOf.values()).size).toBe(idOf.size);
          expect(new Set(open.map(({ fingerprint }) => fingerprint)).size).toBe(open.length);
          for (const node of wrong) expect(nodes.filter((each) => each === node)).toHaveLength(1);
          // What explains another is open itself, but of what has passed for now; what failed last surfaces, when that has ended.
          const fingerprints = new Map(open.map(({ fingerprint }, at) => [nodes[at], fingerprint]));
          const lost = open.filter(({ foldedUnder: under, recent }) => under !== null && recent.endsWith('F'));
          expect([...fingerprints.values()]).toEqual(
            expect.arrayContaining(lost.map(({ foldedUnder }) => foldedUnder)),
          );
          const surfaced = changes.filter(({ reason }) => reason === 'surfaced').map(({ incident }) => incident);
          expect(surfaced.filter(({ recent }) => !recent.endsWith('F'))).toEqual([]);
          const unseen = surfaced.filter(({ uniqueId }) => !seen.has(uniqueId.replace('.shop.', '.')));
          const causes = new Set(unseen.map(({ id }) => before.get(id)?.foldedUnder));
          const explaining = [...before.values()].filter(({ fingerprint }) => causes.has(fingerprint));
          expect(explaining.filter(({ id }) => open.some((each) => each.id === id))).toEqual([]);
          // What fails above with as many rows explains what was seen to fail below.
          const isExplained = (seen.get(nameOf('a'))?.rows ?? 0) >= (seen.get(nameOf('b'))?.rows ?? Infinity);
          const below = changes.filter(({ incident }) => incident.uniqueId === fullId(nameOf('b')));
          const under = below.map(({ incident }) => incident.foldedUnder);
          expect(under.filter((each) => isExplained && each !== fingerprints.get(nameOf('a')))).toEqual([]);
        }
      }
    }),
    { numRuns: 500 },
  );
});

/** Each test stands on a model of its own, so that none folds under another. */
function buildOf(
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
      const error = { status: 'error', message: `Database Error in test ${name}: ${name} is broken` };
      const result = resultOf(fates[name], failures, error);
      return result === null ? [] : [[`test.${name}`, result]];
    }),
  );
  return { project, results: { 'model.a': 'success', ...results } };
}

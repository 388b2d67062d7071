import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { isTable } from '../../src/artifacts/unique-id.ts';
import { explain } from '../../src/causes/explain.ts';
import { classify } from '../../src/findings/classify.ts';
import { noRules } from '../../src/findings/rules.ts';
import { aRun, type Project, type ResultOf } from '../project.ts';

const COUNT = 14;
/** By number: what each model reads, all of it before itself; what its test looks at beside it; how both went. */
const shop = fc.array(
  fc.record({
    reads: fc.array(fc.nat(COUNT), { maxLength: 2 }),
    alsoTested: fc.option(fc.nat(COUNT), { nil: null }),
    breaks: fc.constantFrom('no', 'no', 'no', 'model', 'test', 'connection'),
  }),
  { minLength: 3, maxLength: COUNT },
);

test('a cause reaches what is built from its subject, and all that dbt skipped because of it', () => {
  fc.assert(
    fc.property(shop, (models) => {
      const project: Project = Object.fromEntries(
        models.flatMap(({ reads, alsoTested }, number) => {
          const before = reads.filter((each) => each < number).map((each) => `model.m${each}`);
          const tested = [number, ...(alsoTested !== null && alsoTested < number ? [alsoTested] : [])];
          return [
            [`model.m${number}`, { reads: before }],
            [`test.t${number}`, { reads: tested.map((each) => `model.m${each}`) }],
            [`exposure.e${number}`, { reads: [`model.m${number}`] }],
          ] as const;
        }),
      );
      const run = aRun(project, asDbtWould(models));
      for (const { finding, symptoms, impact } of explain(classify(run, noRules), run).causes) {
        const subject = finding.subject.uniqueId;
        const stopped = symptoms.filter((symptom) => symptom.finding.test === null);
        const starts = [subject, ...stopped.map((symptom) => symptom.finding.uniqueId)];
        const others = starts.slice(1).filter((each) => each !== subject && isTable(each));
        const below = new Set([...run.manifest.tablesBelow(starts), ...others]);
        expect([subject, impact.models]).toEqual([subject, below.size]);
        expect(impact.exposures).toEqual(run.manifest.exposuresBelow(starts).map(({ name }) => name));
      }
    }),
    { numRuns: 500 },
  );
});

/** What is below something broken, or below all that a failed test looks at, is skipped. */
function asDbtWould(
  models: readonly {
    readonly reads: readonly number[];
    readonly alsoTested: number | null;
    readonly breaks: string;
  }[],
): Record<string, ResultOf> {
  const results: Record<string, ResultOf> = {};
  const above: ReadonlySet<number>[] = [];
  for (const [number, { reads, breaks }] of models.entries()) {
    const before = reads.filter((each) => each < number);
    const ancestors = new Set(before.flatMap((each) => [each, ...(above[each] ?? [])]));
    above.push(ancestors);
    const isStopped = [...ancestors].some((each) => {
      const other = models[each];
      if (other === undefined || results[`model.m${each}`] === 'skipped') return true;
      if (other.breaks === 'model' || other.breaks === 'connection') return true;
      const beside = other.alsoTested;
      return other.breaks === 'test' && (beside === null || beside >= each || ancestors.has(beside));
    });
    const isBroken = breaks === 'model' || breaks === 'connection';
    results[`model.m${number}`] = isStopped ? 'skipped' : isBroken ? broken(number, breaks) : 'success';
    const isUntested = isStopped || isBroken;
    results[`test.t${number}`] = isUntested ? 'skipped' : breaks === 'test' ? { status: 'fail', failures: 3 } : 'pass';
  }
  return results;
}

function broken(number: number, how: string): ResultOf {
  const message =
    how === 'connection'
      ? 'Database Error\n  connection to server was lost'
      : `Database Error\n  column "c${number}" does not exist`;
  return { status: 'error', message };
}

import { describe, expect, test } from '@jest/globals';
import type { Case } from './cases/case.ts';
import { genericTests } from './cases/index.ts';
import { mutantFiles, mutantName } from './mutants.ts';
import { isThere, type Saying, sayings, TestProject, toldBy } from './project.ts';

/** One run of dbt with some hundred tests. */
const TIMEOUT = 600_000;

const run = (await isThere('duckdb')) ? test : test.skip;

describe('cases catch', () => {
  run(
    'every wrong variant of the SQL of every test',
    async () => {
      const files = await Promise.all(
        Object.entries(genericTests).map(([name, { mutations }]) => mutantFiles(name, mutations)),
      );
      const project = await TestProject.create('duckdb', Object.assign({}, ...files));
      try {
        const folders = Object.keys(genericTests).map((name) => `path:models/${name}`);
        await project.dbt({ args: ['build', '--select', ...folders], vars: { sample_keys: 10 } });
        const told = await toldBy(project);
        const verdicts = Object.entries(genericTests).flatMap(([name, { cases, mutations }]) =>
          mutations.map(({ what, caughtBy }, index) => {
            const outcome = told[mutantName(caughtBy, index)];
            const expected = cases[caughtBy];
            return `${name}: ${what}: ${expected === undefined ? 'has no such case' : verdictOf(outcome, expected)}`;
          }),
        );
        expect(verdicts.filter((verdict) => !verdict.endsWith('is caught'))).toEqual([]);
        const unproven = Object.entries(genericTests).filter(([, { mutations }]) => mutations.length < 3);
        expect(unproven.map(([name]) => name)).toEqual([]);
      } finally {
        await project.remove();
      }
    },
    TIMEOUT,
  );
});

function verdictOf(outcome: Saying | undefined, expected: Case): string {
  // What breaks the SQL would be caught by any case, and proves nothing.
  if (outcome === undefined || outcome.status === 'error') return 'breaks the SQL';
  return JSON.stringify(outcome) === JSON.stringify(sayings(expected)) ? 'survives' : 'is caught';
}

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Engine, evidenceQueriesIn, isThere, TestProject, type TestResult } from './project.ts';
import { randomTables } from './random-tables.ts';

/** A run of dbt over all of them takes about fifteen seconds. */
const TIMEOUT = 300_000;

const engines: readonly Engine[] = ['duckdb', 'postgres'];
const there = new Map(await Promise.all(engines.map(async (engine) => [engine, await isThere(engine)] as const)));

describe.each(engines)('on %s', (engine) => {
  const run = there.get(engine) === true ? test : test.skip;
  let project: TestProject | null = null;

  beforeAll(async () => {
    if (there.get(engine) === true) project = await TestProject.create(engine, randomTables(20_250_308));
  }, TIMEOUT);
  afterAll(() => project?.remove(), TIMEOUT);

  run(
    "dbt's own tests and ours say the same of random models and sources, with and without evidence",
    async () => {
      if (project === null) return;
      const select = ['--select', 'path:models/random'];
      await project.dbt({ args: ['run', ...select] });
      await project.dbt({ args: ['test', ...select], testsFrom: 'dbt' });
      const own = await project.results();
      const { log } = await project.dbt({ args: ['test', ...select], vars: { sample_keys: 5 } });
      const ours = await project.results();
      const withoutEvidence = await project.dbt({
        args: ['test', '--select', 'random_0*'],
        vars: { evidence: false },
      });
      const plain = await project.results();

      expect(
        [...own].filter(([, { status }]) => status === 'error').map(([name, { message }]) => [name, message]),
      ).toEqual([]);
      expect(verdictsOf(ours)).toEqual(verdictsOf(own));
      expect(verdictsOf(own)).toMatchObject(verdictsOf(plain));
      // Or else nothing was compared.
      expect(new Set([...own.values()].map(({ status }) => status))).toEqual(new Set(['pass', 'warn', 'fail']));
      expect(plain.size).toBeGreaterThan(20);
      expect(own.size).toBe(100);
      // An ephemeral model cannot be asked, neither as the one that is tested nor as the parent.
      const asked = [...ours.values()].filter(({ sql }) => !sql.includes('__dbt__cte__'));
      expect(asked.length).toBeGreaterThan(50);
      expect(asked.length).toBeLessThan(own.size);
      expect(evidenceQueriesIn(log)).toBe(asked.length);
      expect(asked.every(({ sql }) => sql.includes('/* dq_report:{"v":1,'))).toBe(true);
      expect(evidenceQueriesIn(withoutEvidence.log)).toBe(0);
      expect([...plain.values()].some(({ sql }) => sql.includes('dq_report:'))).toBe(false);

      await project.dbt({ args: ['build', '--empty', ...select, '--exclude', 'source:*'], testsFrom: 'dbt' });
      const ownOfNothing = await project.results();
      await project.dbt({ args: ['build', '--empty', ...select, '--exclude', 'source:*'] });
      expect(verdictsOf(await project.results())).toEqual(verdictsOf(ownOfNothing));
      expect(ownOfNothing.size).toBe(72);
    },
    TIMEOUT,
  );
});

function verdictsOf(results: ReadonlyMap<string, TestResult>): Record<string, unknown> {
  return Object.fromEntries([...results].map(([name, { sql: _, ...verdict }]) => [name, verdict]));
}

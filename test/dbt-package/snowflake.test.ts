import { expect, test } from '@jest/globals';
import { type Case, NO_EVIDENCE } from './cases/case.ts';
import { allCases } from './cases/index.ts';
import { evidenceQueriesIn, isThere, sayings, TestProject, toldBy } from './project.ts';

/** Two runs of dbt. */
const TIMEOUT = 600_000;

const run = (await isThere('snowflake')) ? test : test.skip;

/** What Snowflake says otherwise, and rightly so: it has names that are not quoted in capitals. */
const details: Readonly<Record<string, string>> = {
  client_still_filled_by_a_missing_day: 'visited_on is missing, probably renamed to VISITED_AT',
};

run(
  'on an emulator of Snowflake each test finds the units, and tells the evidence, that it does elsewhere',
  async () => {
    const project = await TestProject.create('snowflake');
    try {
      const { log } = await project.dbt({ args: ['build'], vars: { sample_keys: 10 } });
      const cases = Object.entries(allCases).map(([name, expected]) => [name, sayings(inSnowflake(name, expected))]);
      expect(await toldBy(project)).toEqual(Object.fromEntries(cases));
      const asked = Object.values(allCases).filter((each) => each.evidence !== NO_EVIDENCE).length;
      expect(evidenceQueriesIn(log)).toBe(asked);

      // 23:30 in London is the next day in Berlin.
      await project.dbt({ args: ['test', '--select', 'channel_complete'], vars: { timezone: 'Europe/Berlin' } });
      expect((await project.evidence()).get('channel_complete')).toMatchObject({
        periods: { first: '2025-01-02', last: '2025-01-03', failed: 2 },
      });
    } finally {
      await project.remove();
    }
  },
  TIMEOUT,
);

function inSnowflake(name: string, expected: Case): Case {
  const detail = details[name];
  return detail === undefined || expected.evidence === null
    ? expected
    : { ...expected, evidence: { ...expected.evidence, detail } };
}

import { describe, expect, test } from '@jest/globals';
import { genericTests } from './cases/index.ts';
import { isThere, refusalsOf } from './project.ts';

/** dbt parses a tiny project once for each. */
const TIMEOUT = 300_000;

const run = (await isThere('duckdb')) ? test : test.skip;

describe('bad arguments', () => {
  run(
    'stop compilation with a sentence that names the test and the argument',
    async () => {
      const refusals = Object.entries(genericTests).flatMap(([name, tests]) =>
        tests.refusals.map((refusal) => ({ test: name, ...refusal })),
      );
      const said = await refusalsOf(refusals);
      // The sentence stands in a message of several lines, which dbt indents.
      const told = said.map((message) => message?.replaceAll(/\s+/g, ' ') ?? 'It was accepted.');
      const missed = refusals.filter(
        ({ test: name, sentence }, index) => told[index]?.includes(`dq_report.${name}: ${sentence}`) !== true,
      );
      expect(missed.map((refusal) => ({ ...refusal, said: told[refusals.indexOf(refusal)] }))).toEqual([]);
      const unasked = Object.entries(genericTests).filter(([, tests]) => tests.refusals.length === 0);
      expect(unasked.map(([name]) => name)).toEqual([]);
    },
    TIMEOUT,
  );
});

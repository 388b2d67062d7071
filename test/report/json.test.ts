import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as z from 'zod';
import { formatJson, toJson } from '../../src/report/json.ts';
import { reportSchema } from '../../src/report/json-schema.ts';
import { aCause, aFinding, anExposure, aNode, aReport, aTest, reportOf } from '../builders.ts';
import { aRun, columnTest, type Project } from '../project.ts';

const committed: Record<string, unknown> = JSON.parse(await readFile('schemas/report.schema.json', 'utf8'));
const isValid = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true }).compile(committed);

function problemsOf(document: unknown): unknown {
  isValid(document);
  return isValid.errors ?? [];
}

const shop: Project = {
  'group.growth': { owner: { name: 'Growth', email: 'growth@shop.example' } },
  'source.web.events': { freshness: { error_after: { count: 1, period: 'day' } } },
  'source.web.clicks': { freshness: { error_after: { count: 1, period: 'day' } } },
  'model.stg': {
    reads: ['source.web.events'],
    original_file_path: 'models/stg.sql',
    config: { materialized: 'table', group: 'growth' },
  },
  'model.fct': { reads: ['model.stg'] },
  'model.other': { reads: ['source.web.clicks'] },
  'test.stg_id': columnTest('not_null', 'model.stg', 'id', { original_file_path: 'models/schema.yml' }),
  'test.other_id': columnTest('unique', 'model.other', 'id'),
  'test.clicks_id': columnTest('not_null', 'source.web.clicks', 'id'),
  'test.singular': { reads: [] },
  'operation.hook': {},
  'exposure.sales': { reads: ['model.fct'], owner: { name: 'Ana', email: 'ana@shop.example' } },
  'exposure.nobodys': { reads: ['model.other'], owner: {} },
};

const eventful = reportOf(
  aRun(
    shop,
    {
      'model.stg': { status: 'error', message: 'Database Error in model stg\n  column "id" does not exist' },
      'model.fct': 'skipped',
      'model.other': 'success',
      'test.stg_id': 'skipped',
      'test.other_id': { status: 'fail', failures: 3, message: 'Got 3 results, configured to fail if != 0' },
      'test.clicks_id': { status: 'warn', failures: 1 },
      'test.singular': { status: 'fail', failures: 2 },
      'operation.hook': { status: 'error', message: 'no' },
    },
    { freshness: { 'source.web.events': 'pass' }, environment: 'prod' },
  ),
);

describe('the JSON Schema', () => {
  test('in schemas/ is the one of the code; `npm run schemas` writes it anew', () => {
    expect(committed).toEqual(z.toJSONSchema(reportSchema));
  });

  test.each([
    ['of a run with every kind of trouble', eventful],
    ['of a green run', aReport()],
    [
      'of a run of which nothing is known',
      aReport({ run: { ...aReport().run, project: null, dbtVersion: null, generatedAt: null, invocationIds: [] } }),
    ],
    [
      'with every kind of exposure',
      aReport({
        verdicts: [
          anExposure({ verdict: 'wrong', reasons: ['it is'] }),
          anExposure({ owner: { name: null, email: null, slack: '#a' } }),
        ],
      }),
    ],
  ])('accepts the report %s', (_, report) => {
    expect(problemsOf(toJson(report))).toEqual([]);
    expect([...formatJson(report)].join('')).toBe(`${JSON.stringify(toJson(report), null, 2)}\n`);
  });

  test('comes in pieces that do not grow with the number of causes', () => {
    const longest = (count: number): number => {
      const causes = Array.from({ length: count }, () => aCause());
      return Math.max(...[...formatJson(aReport({ causes }))].map(({ length }) => length));
    };
    expect(longest(1000)).toBe(longest(1));
  });

  test('counts the reasons that it does not list', () => {
    const report = aReport({ verdicts: [anExposure({ verdict: 'wrong', reasons: ['it is'], furtherReasons: 7 })] });
    expect(toJson(report).exposures).toMatchObject([{ reasons: ['it is'], further_reasons: 7 }]);
  });

  test('counts the exposures below a cause that it does not list', () => {
    const exposures = Array.from({ length: 60 }, (_, index) => `board_${index}`);
    const [cause] = toJson(
      aReport({ causes: [aCause({ impact: { models: 1, blockedModels: 0, exposures } })] }),
    ).causes;
    expect(cause?.downstream).toEqual({ models: 1, exposures: exposures.slice(0, 50), further_exposures: 10 });
  });

  test('accepts evidence', () => {
    const [cause] = toJson(aReport({ causes: [aCause()] })).causes;
    const evidence = {
      unit: 'order',
      checked: 294,
      failed: 77,
      share: 0.262,
      measure: { name: 'revenue', checked: 294_461.4, failed: 64_569 },
      samples: [{ transaction_id: 'T1' }],
      periods: { first: '2025-02-23', last: '2025-03-08', failed: 14 },
      reasons: [{ reason: 'with a duplicated key', failed: 8 }],
      detail: null,
    };
    expect(problemsOf({ ...toJson(aReport()), causes: [{ ...cause, evidence }] })).toEqual([]);
  });

  test('refuses a key that is left out and a key it does not know', () => {
    const { project, ...rest } = toJson(eventful);
    expect(problemsOf(rest)).toHaveLength(1);
    expect(problemsOf({ project, ...rest, more: 1 })).toHaveLength(1);
  });
});

describe('the JSON report', () => {
  test('counts results by outcome, and the sources that nobody asked', () => {
    expect(toJson(eventful).totals).toEqual({ passed: 1, warned: 1, failed: 2, errored: 2, skipped: 2, unchecked: 1 });
  });

  test('tells a cause in full', () => {
    expect(toJson(eventful).causes.find(({ unique_id }) => unique_id === 'model.shop.stg')).toEqual({
      fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
      incident: null,
      state: null,
      change: null,
      severity: 'error',
      category: 'pipeline',
      kind: 'model_errored',
      error_class: 'missing_column',
      unique_id: 'model.shop.stg',
      name: 'stg',
      resource_type: 'model',
      path: 'models/stg.sql',
      model: 'stg',
      column: null,
      test: null,
      message: 'Database Error in model stg\n  column "id" does not exist',
      failures: null,
      evidence: null,
      owner: { name: 'Growth', email: 'growth@shop.example', slack: null, reason: 'group growth' },
      symptoms: [
        { unique_id: 'model.shop.fct', kind: 'node_skipped', fold_reason: 'skipped_by' },
        { unique_id: 'test.shop.stg_id', kind: 'node_skipped', fold_reason: 'skipped_by' },
      ],
      upstream_suspects: [],
      further_suspects: 0,
      downstream: { models: 1, exposures: ['sales'], further_exposures: 0 },
      first_seen: null,
      runs: null,
      next_command: 'dbt build --select stg+',
    });
  });

  test.each([
    ['test.shop.other_id', { name: 'other_id', test: 'unique', model: 'other', column: 'id', resource_type: 'test' }],
    [
      'test.shop.clicks_id',
      { name: 'clicks_id', test: 'not_null', model: 'web.clicks', column: 'id', resource_type: 'test' },
    ],
    ['test.shop.singular', { name: 'singular', test: 'singular', model: null, column: null, resource_type: 'test' }],
    ['operation.shop.hook', { name: 'hook', test: null, model: null, column: null, resource_type: 'operation' }],
    [
      'source.shop.web.clicks',
      { name: 'web.clicks', test: null, model: 'web.clicks', column: null, resource_type: 'source' },
    ],
  ])('names what is wrong with %s', (uniqueId, names) => {
    expect(toJson(eventful).causes.find(({ unique_id }) => unique_id === uniqueId)).toMatchObject(names);
  });

  test('says null for an exposure whose owner dbt left empty', () => {
    expect(toJson(eventful).exposures.map(({ name, verdict, owner }) => [name, verdict, owner])).toEqual([
      ['nobodys', 'wrong', null],
      ['sales', 'late', { name: 'Ana', email: 'ana@shop.example', slack: null }],
    ]);
  });

  test('gives the same fault the same fingerprint, but not in another environment', () => {
    const fingerprints = ['prod', 'prod', 'staging'].map((environment, index) => {
      const causes = [aCause({ finding: aFinding({ failures: index, message: `${index} rows` }) })];
      return toJson(aReport({ causes, run: { ...aReport().run, environment } })).causes[0]?.fingerprint;
    });
    expect(fingerprints[0]).toBe(fingerprints[1]);
    expect(fingerprints[0]).not.toBe(fingerprints[2]);
  });

  test('holds no raw character that steers a terminal, and loses none', () => {
    const name = 'a\u001B[31m\u009B2J\u202Eb\u{1F600}';
    const causes = [aCause({ finding: aFinding({ subject: aNode({ name }), test: aTest({ name }) }) })];
    const text = [...formatJson(aReport({ causes }))].join('');
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(JSON.parse(text).causes[0].name).toBe(name);
  });
});

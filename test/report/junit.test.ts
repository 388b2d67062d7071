import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { validateXML } from 'xmllint-wasm';
import { formatJunit } from '../../src/report/junit.ts';
import type { Report } from '../../src/report/report.ts';
import { reportOf } from '../builders.ts';
import { hostileText } from '../hostile.ts';
import { aRun, columnTest, type Project, type ResultOf } from '../project.ts';

const schema = await readFile('test/fixtures/junit/junit-10.xsd', 'utf8');

const junit = (report: Report): string => [...formatJunit(report)].join('');

async function problemsOf(...documents: readonly string[]): Promise<readonly string[]> {
  const xml = documents.map((contents, index) => ({ fileName: `${index}.xml`, contents }));
  return (await validateXML({ xml, schema })).errors.map(({ rawMessage }) => rawMessage);
}

const critical = { config: { meta: { dq_report: { severity: 'critical' } } } };
const mere = { config: { meta: { dq_report: { severity: 'warning' } } } };
const counted = (status: string): ResultOf => ({
  status,
  failures: 3,
  message: 'Got 3 results, configured to fail if != 0',
});

const shop: Project = {
  'source.web.events': { freshness: { error_after: { count: 1, period: 'day' } } },
  'source.web.clicks': { freshness: { error_after: { count: 1, period: 'day' } } },
  'model.stg': { reads: ['source.web.events'], original_file_path: 'models/stg.sql' },
  'model.fct': { reads: ['model.stg'] },
  'test.id': columnTest('not_null', 'model.stg', 'id', { original_file_path: 'models/schema.yml' }),
  'test.raised': columnTest('unique', 'model.stg', 'id', critical),
  'test.lowered': columnTest('unique', 'model.stg', 'id', mere),
  'unit_test.stg.adds_up': { reads: ['model.stg'], model: 'stg', name: 'adds_up' },
  'exposure.sales': { reads: ['model.fct'] },
};

/** The test case of one node, as it stands in the document. */
function caseOf(
  results: Readonly<Record<string, ResultOf>>,
  name: string,
  freshness: Readonly<Record<string, ResultOf>> = {},
): string {
  const document = junit(reportOf(aRun(shop, results, { freshness })));
  return (
    document
      .split(/(?=<testcase )/)
      .find((part) => part.includes(` name="${name}"`))
      ?.replaceAll(/\n\s*/g, ' ')
      .trim() ?? 'not there'
  );
}

describe('a test case', () => {
  test.each<[string, Record<string, ResultOf>, string, RegExp]>([
    ['passes', { 'test.id': 'pass' }, 'id', /^<testcase classname="shop\.stg" name="id" file="models\/schema\.yml"\/>/],
    [
      'passes when a model was built',
      { 'model.stg': 'success' },
      'model stg',
      /^<testcase classname="shop\.stg" name="model stg" file="models\/stg\.sql"\/>/,
    ],
    [
      'fails with its count',
      { 'test.id': counted('fail') },
      'id',
      /<failure type="test_failed" message="3 rows without a value">3 rows .* Severity: error/,
    ],
    [
      'fails when a unit test does',
      { 'unit_test.stg.adds_up': 'fail' },
      'adds_up',
      /classname="shop\.stg" .*<failure type="unit_test_failed"/,
    ],
    [
      'passes with a remark when dbt warns',
      { 'test.id': counted('warn') },
      'id',
      /"> <system-out>Warning: 3 rows .*<\/system-out> <\/testcase>/,
    ],
    [
      'fails when the team raised a warning',
      { 'test.raised': counted('warn') },
      'raised',
      /<failure type="test_warned"/,
    ],
    [
      'passes with a remark when the team lowered a failure',
      { 'test.lowered': counted('fail') },
      'lowered',
      /<system-out>Warning: 3 duplicated/,
    ],
    [
      'is in error when a model is',
      { 'model.stg': { status: 'error', message: 'no' } },
      'model stg',
      /<error type="model_errored" message="no">/,
    ],
    [
      'is in error when a test could not run',
      { 'test.id': { status: 'error', message: 'no' } },
      'id',
      /<error type="test_errored" message="no">/,
    ],
    [
      'is skipped because of its cause',
      { 'model.stg': 'error', 'model.fct': 'skipped' },
      'model fct',
      /<skipped type="node_skipped" message="Skipped by dbt\. \(because of: stg could not be built\)">/,
    ],
    [
      'is skipped when dbt had nothing to do',
      { 'model.stg': 'no-op' },
      'model stg',
      /<skipped type="not_run" message="There was nothing to do\."/,
    ],
    [
      'is skipped when an exposure is',
      { 'exposure.sales': 'skipped', 'model.stg': 'success' },
      'exposure sales',
      /<skipped type="skipped"/,
    ],
  ])('%s', (_, results, name, expected) => {
    expect(caseOf(results, name)).toMatch(expected);
  });

  test.each<[string, ResultOf, RegExp]>([
    [
      'passes when the source is fresh',
      'pass',
      /^<testcase classname="shop\.web\.events" name="freshness of web\.events"\/>/,
    ],
    ['fails when it is stale', 'error', /<failure type="source_stale"/],
    ['passes with a remark when it is late by the warning limit only', 'warn', /<system-out>Warning: Stale/],
    ['is skipped when its age is not known', 'runtime error', /<skipped type="source_unchecked"/],
  ])('%s', (_, status, expected) => {
    expect(caseOf({ 'model.stg': 'success' }, 'freshness of web.events', { 'source.web.events': status })).toMatch(
      expected,
    );
  });

  test('is skipped for a source that dbt did not mention', () => {
    expect(caseOf({ 'model.stg': 'success' }, 'freshness of web.clicks', { 'source.web.events': 'pass' })).toMatch(
      /<skipped type="source_unchecked"/,
    );
  });
});

describe('the JUnit report', () => {
  const results = {
    'model.stg': 'success',
    'test.id': counted('fail'),
    'test.raised': counted('warn'),
    'model.fct': 'skipped',
    'exposure.sales': 'skipped',
  };
  const document = junit(
    reportOf(aRun(shop, results, { freshness: { 'source.web.events': 'pass' }, environment: 'prod' })),
  );

  test('has a case for every result and a suite with its counts for every kind', () => {
    expect([...document.matchAll(/<testsuites? [^>]+>/g)].map(([tag]) => tag)).toEqual([
      '<testsuites name="shop prod" tests="7" failures="2" errors="0">',
      '<testsuite name="source freshness" tests="2" failures="0" errors="0" skipped="1" timestamp="2026-01-02T06:00:30">',
      '<testsuite name="models" tests="2" failures="0" errors="0" skipped="1" timestamp="2026-01-02T06:00:30">',
      '<testsuite name="data tests" tests="2" failures="2" errors="0" skipped="0" timestamp="2026-01-02T06:00:30">',
      '<testsuite name="others" tests="1" failures="0" errors="0" skipped="1" timestamp="2026-01-02T06:00:30">',
    ]);
    expect(document.match(/<testcase /g)).toHaveLength(7);
  });

  test('is valid by the schema of Jenkins', async () => {
    const empty = junit(reportOf(aRun({}, {})));
    expect(await problemsOf(document, empty)).toEqual([]);
    expect(await problemsOf('<testsuites><testcase/></testsuites>')).not.toEqual([]);
  });

  test('never repeats classname and name, because GitLab keeps only the first', () => {
    const twice = { ...shop, 'test.id.2': { ...shop['test.id'], name: 'id' } };
    const cases = junit(reportOf(aRun(twice, { 'test.id': 'pass', 'test.id.2': 'pass' }))).match(
      /<testcase classname="[^"]+" name="[^"]+"/g,
    );
    expect(cases).toEqual([
      '<testcase classname="shop.stg" name="id"',
      '<testcase classname="shop.stg" name="id (test.shop.id.2)"',
    ]);
  });

  test('stays well-formed and valid whatever names and messages hold', async () => {
    const node = fc.record({
      name: hostileText,
      original_file_path: hostileText,
      meta: fc.record({ owner: hostileText }),
    });
    const result = fc.record({
      status: fc.constantFrom('fail', 'warn', 'error', 'skipped', 'pass', 'strange'),
      message: hostileText,
      failures: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(node, result), { minLength: 1, maxLength: 20 }), async (nodes) => {
        const project = Object.fromEntries(nodes.map(([entry], index) => [`test.t${index}`, entry]));
        const run = aRun(project, Object.fromEntries(nodes.map(([, entry], index) => [`test.t${index}`, entry])));
        const hostile = junit(reportOf(run));
        expect(hostile.match(/<testcase /g)).toHaveLength(nodes.length);
        expect(await problemsOf(hostile)).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });
});

test('a failure names what to run once it is mended, and a skip what it waits for', () => {
  const xml = junit(reportOf(aRun(shop, { 'model.stg': { status: 'error', message: 'no' }, 'model.fct': 'skipped' })));
  expect(xml.match(/Next: dbt build --select stg\+/g)).toHaveLength(2);
  expect(xml.match(/Because of: stg could not be built/g)).toHaveLength(1);
});

import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { Evidence } from '../../src/artifacts/evidence.ts';
import { resultMessage } from '../../src/findings/message.ts';
import { toJson } from '../../src/report/json.ts';
import { formatJunit } from '../../src/report/junit.ts';
import { formatMarkdown } from '../../src/report/markdown.ts';
import { formatText } from '../../src/report/text.ts';
import { messageLines } from '../../src/report/wording.ts';
import { aFinding, aTest, reportOf } from '../builders.ts';
import { hostileText } from '../hostile.ts';
import { aRun, columnTest, fullId } from '../project.ts';

const orders: Evidence = {
  unit: 'order',
  checked: 294,
  failed: 77,
  measure: { name: 'revenue', checked: 294_461.4, failed: 64_569 },
  samples: [{ transaction_id: 'T1' }, { transaction_id: 'T2' }, { transaction_id: null }, { transaction_id: 'T4' }],
  periods: { first: '2025-02-23', last: '2025-03-08', failed: 12 },
  reasons: [{ reason: 'with a duplicated key', failed: 8 }],
  detail: '2025-03-08: 12.00, expected 13.00',
};
const bare: Evidence = {
  unit: 'order',
  checked: 294,
  failed: 77,
  measure: null,
  samples: [],
  periods: null,
  reasons: [],
  detail: null,
};

const phrase =
  '77 of 294 orders (26.2 %) · 64,569.00 of 294,461.40 revenue · 8 with a duplicated key · 12 days from 2025-02-23 to 2025-03-08 · 2025-03-08: 12.00, expected 13.00 · e.g. T1; T2; NULL';

/** Through the words of dbt, as they come with a result. */
function lines(evidence: Evidence, failures: number, limit = '!= 0', testName = 'revenue_matches_item_sum') {
  const result = {
    uniqueId: 'test.shop.revenue',
    status: 'fail',
    statusText: 'fail',
    message: `Got ${failures} results, configured to fail if ${limit}`,
    failures,
    evidence,
    batches: null,
    invocationId: null,
    command: null,
    completedAt: null,
  } as const;
  const message = resultMessage(result, 'test_failed', testName);
  return messageLines(aFinding({ message, evidence, failures, test: aTest({ testName }) }));
}

describe('what a test measured is told', () => {
  test('in place of its count', () => expect(lines(orders, 77)).toEqual([phrase]));

  test('with the limit, if there is one', () =>
    expect(lines(bare, 77, '> 10')).toEqual(['77 of 294 orders (26.2 %) (limit: > 10)']));

  test('after the count, where dbt counted otherwise', () =>
    expect(lines(bare, 2)).toEqual(['2 failing rows', '77 of 294 orders (26.2 %)']));

  test.each([
    ['not_null', 'row', '77 of 294 rows without a value (26.2 %)'],
    ['unique', 'value', '77 of 294 values duplicated (26.2 %)'],
    ['accepted_values', 'value', '77 of 294 values unexpected (26.2 %)'],
    ['relationships', 'row', '77 of 294 rows without a parent (26.2 %)'],
  ])("with what is wrong, for dbt's own test %s", (testName, unit, expected) =>
    expect(lines({ ...bare, unit }, 77, '!= 0', testName)).toEqual([expected]),
  );

  test.each<[string, Partial<Evidence>]>([
    ['1 of 1 order (100 %)', { checked: 1, failed: 1 }],
    ['1 of 1,000,000 orders (< 0.1 %)', { checked: 1_000_000, failed: 1 }],
    ['999,999 of 1,000,000 orders (> 99.9 %)', { checked: 1_000_000, failed: 999_999 }],
    ['0 of 0 orders', { checked: 0, failed: 0 }],
    ['0 of 3 orders (0 %)', { checked: 3, failed: 0 }],
    ['1 of 2 days (50 %)', { unit: 'day', checked: 2, failed: 1 }],
    ['1 of 2 categories (50 %)', { unit: 'category', checked: 2, failed: 1 }],
    ['1 of 2 boxes (50 %)', { unit: 'box', checked: 2, failed: 1 }],
    ['77 of 294 orders (26.2 %) · 8 of 294 rows', { measure: { name: 'rows', checked: 294, failed: 8 } }],
    [
      '77 of 294 orders (26.2 %) · -1,234.50 of -0.25 revenue',
      { measure: { name: 'revenue', checked: -0.25, failed: -1234.5 } },
    ],
    ['77 of 294 orders (26.2 %) · 8 rows', { measure: { name: 'rows', checked: null, failed: 8 } }],
    ['77 of 294 orders (26.2 %)', { measure: { name: 'rows', checked: 8, failed: null } }],
    [
      '77 of 294 orders (26.2 %) · 2025-02-23 (1 day)',
      { periods: { first: '2025-02-23', last: '2025-02-23', failed: 1 } },
    ],
    [
      '77 of 294 orders (26.2 %) · 2025-03-04 to 2025-03-08 (5 days)',
      { periods: { first: '2025-03-04', last: '2025-03-08', failed: 5 } },
    ],
    [
      '77 of 294 orders (26.2 %) · 2 days from 2025-02-27 to 2025-03-02',
      { periods: { first: '2025-02-27', last: '2025-03-02', failed: 2 } },
    ],
    [
      '77 of 294 orders (26.2 %) · 2025-02 to 2025-03 (2 periods)',
      { periods: { first: '2025-02', last: '2025-03', failed: 2 } },
    ],
    ['77 of 294 orders (26.2 %) · e.g. client C1, day 2025-01-01', { samples: [{ client: 'C1', day: '2025-01-01' }] }],
    [
      '77 of 294 orders (26.2 %) · 6 a · 5 b · 4 c · 3 d · 2 e · 1 more reason',
      { reasons: ['a', 'b', 'c', 'd', 'e', 'f'].map((reason, index) => ({ reason, failed: 6 - index })) },
    ],
    [`77 of 294 orders (26.2 %) · e.g. ${'x'.repeat(60)}…`, { samples: [{ id: 'x'.repeat(10_000) }] }],
  ])('as "%s"', (expected, change) => expect(lines({ ...bare, ...change }, change.failed ?? 77)).toEqual([expected]));

  test('in every format', () => {
    const uniqueId = fullId('test.revenue_matches');
    const sql = `select 1\n/* dq_report:${JSON.stringify({ v: 1, unique_id: uniqueId, invocation_id: 'run-1', ...orders })} */`;
    const report = reportOf(
      aRun(
        { 'model.orders': {}, 'test.revenue_matches': columnTest('revenue_matches', 'model.orders', 'revenue') },
        { 'model.orders': 'success', 'test.revenue_matches': { status: 'fail', failures: 77, compiled_code: sql } },
      ),
    );
    const wide = { width: 200, colour: false, verbose: false };
    expect(formatText(report, wide).replaceAll(/\s+/g, ' ')).toContain(phrase);
    expect(formatMarkdown(report)).toContain(phrase);
    expect([...formatJunit(report)].join('')).toContain(phrase);
    expect(toJson(report).causes[0]).toMatchObject({
      message: '77 of 294 orders (26.2 %)',
      evidence: { ...orders, share: 77 / 294 },
    });
  });

  test('in one line that steers no terminal, whatever the data holds', () => {
    const evidence = fc.record({
      unit: hostileText.filter((text) => text !== ''),
      checked: fc.constant(9),
      failed: fc.nat({ max: 9 }),
      measure: fc.option(
        fc.record({ name: hostileText, checked: fc.option(fc.double()), failed: fc.option(fc.nat()) }),
      ),
      samples: fc.array(fc.dictionary(hostileText, fc.option(hostileText), { maxKeys: 2 }), { maxLength: 4 }),
      periods: fc.option(fc.record({ first: hostileText, last: hostileText, failed: fc.nat() })),
      reasons: fc.array(fc.record({ reason: hostileText, failed: fc.nat() }), { maxLength: 7 }),
      detail: fc.option(hostileText),
    });
    fc.assert(
      fc.property(evidence, (given) => {
        for (const line of lines(given, 5)) expect(line).not.toMatch(/[\n\r\u001B\u009B\u202E]/);
      }),
    );
  });
});

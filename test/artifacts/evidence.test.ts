import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { type Evidence, readEvidence, shareOf } from '../../src/artifacts/evidence.ts';
import { hostileText } from '../hostile.ts';
import { aRun, fullId } from '../project.ts';

const mine = { uniqueId: 'test.shop.revenue_matches', invocationId: 'run-1' };

const full = {
  v: 1,
  unique_id: mine.uniqueId,
  invocation_id: 'run-1',
  unit: 'order',
  checked: 294,
  failed: 77,
  measure: { name: 'revenue', checked: 294_461.4, failed: 64_569 },
  samples: [{ transaction_id: 'T1' }],
  periods: { first: '2025-02-23', last: '2025-03-08', failed: 12 },
  reasons: [{ reason: 'with a duplicated key', failed: 8 }],
  detail: '2025-03-08: 12.00, expected 13.00',
};

const { v: _v, unique_id: _uniqueId, invocation_id: _invocationId, ...read } = full;

function comment(value: unknown): string {
  return `/* dq_report:${JSON.stringify(value)} */`;
}

describe('the evidence of a test', () => {
  test('is read from the last comment of its SQL, and what it could not say is absent', () => {
    expect(readEvidence(`select 1\n${comment(full)}`, mine)).toEqual(read);
    const {
      measure: _measure,
      samples: _samples,
      periods: _periods,
      reasons: _reasons,
      detail: _detail,
      ...least
    } = full;
    expect(readEvidence(`${comment(full)}\nselect 1\n${comment({ ...least, failed: 3, more: 1 })}\n`, mine)).toEqual({
      unit: 'order',
      checked: 294,
      failed: 3,
      measure: null,
      samples: [],
      periods: null,
      reasons: [],
      detail: null,
    });
  });

  test.each([
    ['there is no SQL', null],
    ['there is no comment', 'select 1 /* not ours */'],
    ['it is cut off', comment(full).slice(0, 120)],
    ['it is no JSON', '/* dq_report:{"v":1, */'],
    ['it is no object', '/* dq_report:[1] */'],
    ['it is of a later version', comment({ ...full, v: 2 })],
    ['it belongs to another test', comment({ ...full, unique_id: 'test.shop.other' })],
    ['it belongs to another invocation', comment({ ...full, invocation_id: 'run-0' })],
    [
      'another one follows that is not its own',
      `${comment(full)} ${comment({ ...full, unique_id: 'test.shop.other' })}`,
    ],
    ['more failed than were checked', comment({ ...full, failed: 295 })],
    ['a number is not a count', comment({ ...full, failed: -1 })],
    ['a number is no number', comment({ ...full, checked: '294' })],
    ['a number is beyond all bounds', comment(full).replace('294,', '1e999,')],
    ['a unit has no name', comment({ ...full, unit: '' })],
    ['it is larger than any', comment({ ...full, unit: 'x'.repeat(1_100_000) })],
  ])('is nothing if %s', (_, code) => expect(readEvidence(code, mine)).toBeNull());

  test('of an invocation nobody knows is nothing', () =>
    expect(readEvidence(comment(full), { ...mine, invocationId: null })).toBeNull());

  test.each([
    [
      'a measure that is no number',
      { measure: { name: 'revenue', checked: 'NaN', failed: 1e300 } },
      { measure: { name: 'revenue', checked: null, failed: null } },
    ],
    ['a measure without a name', { measure: { checked: 1 } }, { measure: null }],
    ['samples that are no keys', { samples: [{ id: { deep: 1 } }] }, { samples: [] }],
    ['periods that are no texts', { periods: { first: 1, last: 2, failed: 1 } }, { periods: null }],
    ['reasons without a number', { reasons: [{ reason: 'of NULL' }] }, { reasons: [] }],
    ['a detail that is no text', { detail: 5 }, { detail: null }],
  ])('loses no more than %s', (_, change, expected) =>
    expect(readEvidence(comment({ ...full, ...change }), mine)).toEqual({ ...read, ...expected }),
  );

  test('cannot reach what all objects share', () => {
    const sample = '{"__proto__":{"polluted":true},"id":"1"}';
    const code = comment(full).replace('{"transaction_id":"T1"}', sample);
    readEvidence(code, mine);
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(Object.hasOwn({}, 'polluted')).toBe(false);
  });

  test('comes back as it was, whatever the data holds, when written as the macros write it', () => {
    const value = fc.oneof(hostileText, fc.constantFrom('*/', '/*', '*/ /* dq_report:{', 'x'.repeat(10_000)));
    const samples = fc.array(
      fc.dictionary(
        value.filter((key) => key !== '__proto__'),
        fc.option(value),
        { maxKeys: 3 },
      ),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(samples, hostileText, (given, sql) => {
        const json = JSON.stringify({ ...full, samples: given }).replaceAll('*', String.raw`\u002a`);
        expect(readEvidence(`${sql}\n/* dq_report:${json} */\n`, mine)?.samples).toEqual(given);
      }),
    );
  });

  test('never throws and never takes longer than the SQL is long', () => {
    const piece = fc.constantFrom(
      '/* dq_report:',
      '/* dq_report:{',
      '*/',
      ' */',
      '{"v":1',
      '"',
      comment(full),
      '\\u002a',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, hostileText), { maxLength: 30 }), (pieces) => {
        const evidence = readEvidence(pieces.join(''), mine);
        expect(evidence === null || evidence.failed <= evidence.checked).toBe(true);
      }),
    );
    const many = '/* dq_report:{'.repeat(750_000);
    expect(readEvidence(many, mine)).toBeNull();
    expect(readEvidence(`${many}*/`, mine)).toBeNull();
    expect(readEvidence(`${' '.repeat(10_000_000)}${comment(full)}`, mine)).toEqual(read);
  });
});

describe('a result has the evidence', () => {
  const sql = (more: Partial<typeof full> = {}): string =>
    `select 1\n${comment({ ...full, unique_id: fullId('test.revenue_matches'), ...more })}`;
  const evidenceOf = (result: Record<string, unknown>, node: Record<string, unknown> = {}): Evidence | null =>
    aRun(
      { 'model.orders': {}, 'test.revenue_matches': { reads: ['model.orders'], ...node } },
      { 'test.revenue_matches': { status: 'fail', ...result } },
    ).results[0]?.evidence ?? null;

  test('of its own SQL', () => expect(evidenceOf({ compiled_code: sql() })).toEqual(read));

  test('of the SQL in the manifest, where dbt 2 wrote it there alone', () =>
    expect(evidenceOf({}, { compiled_code: sql() })).toEqual(read));

  test('not of an older command, whose SQL the manifest keeps', () =>
    expect(evidenceOf({}, { compiled_code: sql({ invocation_id: 'run-0' }) })).toBeNull());
});

test.each([
  [77, 294, 77 / 294],
  [0, 3, 0],
  [0, 0, null],
])('%d of %d is a share of %p', (failed, checked, share) => expect(shareOf({ ...read, failed, checked })).toBe(share));

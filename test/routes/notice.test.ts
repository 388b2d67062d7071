import { describe, expect, test } from '@jest/globals';
import type { Change } from '../../src/incidents/incident.ts';
import type { Cause } from '../../src/causes/cause.ts';
import { type Explained, noticeOf } from '../../src/routes/notice.ts';
import { aCause, aFinding, anExposure, aNode, aTest } from '../builders.ts';
import { Ledger } from '../incidents/ledger.ts';
import { failing, runAt } from '../incidents/runs.ts';

const [change]: readonly (Change | undefined)[] = new Ledger().apply(
  runAt(0, { 'test.orders_have_a_client': failing(5) }),
);
if (change === undefined) throw new Error('nothing failed');

const surroundings = {
  project: 'shop',
  environment: 'prod',
  verdicts: new Map([
    ['sales', anExposure({ name: 'sales', label: 'Weekly sales', verdict: 'wrong', url: 'https://bi.example/1' })],
  ]),
  links: [
    { title: 'Run', url: 'https://ci.example/job' },
    { title: 'Docs', url: 'https://docs.example/#!/model/{unique_id}' },
  ],
};

const evidence = {
  unit: 'order',
  checked: 294,
  failed: 77,
  measure: null,
  samples: [{ transaction_id: 'T100' }, { client_id: 'C1', day: '2025-03-01' }],
  periods: null,
  reasons: [],
  detail: null,
};

const alone = (cause: Cause | null): Explained => ({ cause, explainedBy: null });

describe('a notice', () => {
  test('says what is known of the cause', () => {
    const finding = aFinding({
      message: 'Got 77 results, configured to fail if != 0',
      evidence,
      owner: { name: 'Ana', email: null, slack: null, reason: 'group growth' },
      test: aTest({ description: 'Orders without a client cannot be invoiced. Ask the shop. Then wait.' }),
    });
    const symptom = aFinding({ subject: aNode({ name: 'revenue' }), test: null, kind: 'node_skipped' });
    const cause = aCause({
      finding,
      symptoms: [{ finding: symptom, because: 'skipped_by' }],
      upstreamSuspects: [aNode({ name: 'events' })],
      impact: { models: 3, blockedModels: 1, exposures: ['sales', 'gone'] },
    });
    expect(noticeOf(change, alone(cause), [], surroundings)).toMatchObject({
      incident: change.incident,
      reason: 'opened',
      project: 'shop',
      environment: 'prod',
      cause: {
        meaning: 'Orders without a client cannot be invoiced. Ask the shop.',
        category: 'correctness',
        errorClass: null,
        owner: { name: 'Ana', reason: 'group growth' },
        path: 'models/schema.yml',
        models: 3,
        blockedModels: 1,
        exposures: [{ name: 'Weekly sales', verdict: 'wrong', url: 'https://bi.example/1' }],
        folded: '1 model skipped',
        symptoms: ['revenue'],
        upstreamSuspects: ['events'],
        nextCommand: 'dbt build --select orders+',
      },
    });
  });

  test('keeps sample keys apart from what may go anywhere', () => {
    const notice = noticeOf(change, alone(aCause({ finding: aFinding({ evidence }) })), [], surroundings);
    expect(notice.cause?.samples).toEqual(['T100', 'client_id C1, day 2025-03-01']);
    expect(JSON.stringify({ ...notice, cause: { ...notice.cause, samples: [] } })).not.toMatch(/T100|C1/);
    expect(notice.cause?.message.join()).toContain('77 of 294');
  });

  test('has the links of the configuration, with names from artifacts encoded', () => {
    const hostile = { ...change, incident: { ...change.incident, subjectId: 'model.a/../?x=1#<b>$&' } };
    expect(noticeOf(hostile, alone(null), [], surroundings).links).toEqual([
      { title: 'Run', url: 'https://ci.example/job' },
      { title: 'Docs', url: 'https://docs.example/#!/model/model.a%2F..%2F%3Fx%3D1%23%3Cb%3E%24%26' },
    ]);
  });

  test('is short enough to be kept, however much an adapter says', () => {
    const message = Array.from({ length: 500 }, () => 'x'.repeat(5000)).join('\n');
    const { cause } = noticeOf(change, alone(aCause({ finding: aFinding({ message }) })), [], surroundings);
    expect(JSON.stringify(cause).length).toBeLessThan(10_000);
  });

  test('lists fifty dashboards and symptoms, the worst dashboards first, and counts the others', () => {
    const boards = Array.from({ length: 90 }, (_, index) => `board_${index}`);
    const verdicts = new Map(
      boards.map((name, index) => [
        name,
        anExposure({ name, verdict: index < 20 ? 'safe' : index < 80 ? 'late' : 'wrong' }),
      ]),
    );
    const symptom = { finding: aFinding({ test: null, kind: 'node_skipped' }), because: 'skipped_by' } as const;
    const cause = aCause({
      impact: { models: 9, blockedModels: 0, exposures: boards },
      symptoms: Array.from({ length: 70 }, () => symptom),
      upstreamSuspects: [aNode({ name: 'events' })],
      furtherSuspects: 4,
    });
    const { cause: said } = noticeOf(change, alone(cause), [], { ...surroundings, verdicts });
    expect(said?.exposures.map(({ verdict }) => verdict)).toEqual([
      ...Array.from({ length: 10 }, () => 'wrong'),
      ...Array.from({ length: 40 }, () => 'late'),
    ]);
    expect(said?.symptoms).toHaveLength(50);
    expect(said?.upstreamSuspects).toEqual(['events']);
    expect(said?.further).toEqual({ exposures: 40, doubtful: 20, symptoms: 20, suspects: 4 });
  });

  test('says nothing of a cause that has ended', () => {
    expect(noticeOf(change, alone(null), [], surroundings).cause).toBeNull();
  });

  test('survives the outbox, where it is JSON', () => {
    const notice = noticeOf(change, alone(aCause()), [], surroundings);
    expect(JSON.parse(JSON.stringify(notice))).toEqual(notice);
  });
});

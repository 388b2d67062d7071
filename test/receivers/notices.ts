import * as fc from 'fast-check';
import { ERROR_CLASSES } from '../../src/findings/error-class.ts';
import { CATEGORIES, FINDING_KINDS, SEVERITIES } from '../../src/findings/finding.ts';
import { CHANGE_REASONS, type ChangeReason, type Incident } from '../../src/incidents/incident.ts';
import type { Notice, NoticeCause, Order, Receipt, Task } from '../../src/receivers/receiver.ts';
import { VERDICTS } from '../../src/causes/cause.ts';
import { hostileText } from '../hostile.ts';

/** Builders for what receivers take: each is complete and dull, and a test names only what it is about. */

export function anIncident(more: Partial<Incident> = {}): Incident {
  const { id = '0123456789ab', severity = 'error', failures = 77 } = more;
  return {
    id,
    environment: 'prod',
    fingerprint: `fingerprint-${id}`,
    uniqueId: 'test.shop.not_null_orders_client_id.0123456789',
    subjectId: 'model.shop.orders',
    testIdentity: null,
    title: 'not_null client_id on orders',
    kind: 'test_failed',
    state: 'open',
    severity,
    failures,
    told: { severity, failures },
    foldedUnder: null,
    openedAt: '2026-01-02T06:00:00.000Z',
    lastSeenAt: '2026-01-02T06:00:00.000Z',
    lastObservedAt: '2026-01-02T06:00:00.000Z',
    endedAt: null,
    runs: 1,
    recent: 'F',
    flapping: false,
    ...more,
  };
}

export function aNoticeCause(more: Partial<NoticeCause> = {}): NoticeCause {
  return {
    message: ['77 of 294 orders without a value (26.2 %)'],
    meaning: null,
    category: 'correctness',
    raised: null,
    errorClass: null,
    owner: null,
    path: 'models/orders.sql',
    models: 0,
    blockedModels: 0,
    exposures: [],
    folded: null,
    symptoms: [],
    upstreamSuspects: [],
    further: { exposures: 0, doubtful: 0, symptoms: 0, suspects: 0 },
    nextCommand: 'dbt build --select orders+',
    explainedBy: null,
    samples: [],
    ...more,
  };
}

export function aNotice(more: Partial<Notice> = {}): Notice {
  return {
    incident: anIncident(),
    reason: 'opened',
    at: '2026-01-02T06:00:00.000Z',
    project: 'shop',
    environment: 'prod',
    cause: aNoticeCause(),
    history: [],
    links: [],
    ...more,
  };
}

/** Everything that a notice can have. */
export function aFullNotice(): Notice {
  return aNotice({
    reason: 'worsened',
    incident: anIncident({ severity: 'critical', failures: 412, runs: 3, recent: 'PFFF' }),
    history: [{ reason: 'opened', at: '2026-01-01T06:00:00Z', severity: 'error', failures: 77 }],
    cause: aNoticeCause({
      message: ['412 of 1,000 orders without a value', 'for 3 days in a row'],
      meaning: 'Orders without a client are not billed.',
      owner: { name: 'Finance', email: 'finance@shop.example', slack: '#finance', reason: 'group finance of orders' },
      models: 14,
      blockedModels: 9,
      exposures: [
        { name: 'Weekly sales', verdict: 'wrong', url: 'https://bi.shop.example/1' },
        { name: 'Churn', verdict: 'late', url: null },
        { name: 'Stock', verdict: 'safe', url: null },
      ],
      folded: '9 tests skipped',
      symptoms: ['unique order_id on fct_orders', 'not_null order_id on fct_orders'],
      upstreamSuspects: ['stg_clients'],
      samples: ['order_id: 17', 'order_id: 23'],
    }),
    links: [
      { title: 'Runbook', url: 'https://wiki.shop.example/orders' },
      { title: 'Run URL', url: 'https://ci.shop.example/42' },
    ],
  });
}

/** The end of an incident: its node ran and passed, or left the project. */
export function anEnd(more: Partial<Incident> = {}): Notice {
  const incident = anIncident({ state: 'resolved', runs: 3, recent: 'FFFP', endedAt: '2026-01-03T06:00:00Z', ...more });
  return aNotice({
    incident,
    reason: incident.state === 'retired' ? 'retired' : 'resolved',
    at: '2026-01-03T06:00:00Z',
    cause: null,
  });
}

/** The same incident after it has ended. */
export function ended(notice: Notice, at = '2026-01-03T06:00:00.000Z'): Notice {
  const { incident, reason, history } = notice;
  return {
    ...notice,
    reason: 'resolved',
    at,
    cause: null,
    incident: { ...incident, state: 'resolved', endedAt: at, lastObservedAt: at, recent: `${incident.recent}P` },
    history: [...history, { reason, at: notice.at, severity: incident.severity, failures: incident.failures }],
  };
}

/** The same incident, with twice as many failures and a higher severity. */
export function worse(notice: Notice, at = '2026-01-02T18:00:00.000Z'): Notice {
  const { incident, reason, history } = notice;
  const failures = (incident.failures ?? 0) * 2;
  return {
    ...notice,
    reason: 'worsened',
    at,
    incident: { ...incident, severity: 'critical', failures, runs: incident.runs + 1, recent: `${incident.recent}F` },
    history: [...history, { reason, at: notice.at, severity: incident.severity, failures: incident.failures }],
  };
}

export function aTask(order: Order, previous: Receipt | null = null, deliveryId = 'delivery-1'): Task {
  return { deliveryId, order, previous, mayBeThere: false, digests: [] };
}

/** So many causes as a broken night brings, each with a title of its own. */
export function manyNotices(number: number): readonly Notice[] {
  return Array.from({ length: number }, (_, index) => {
    const severity = SEVERITIES[index % SEVERITIES.length] ?? 'error';
    const name = `fct_${String(index).padStart(3, '0')}_orders_by_client_and_day`;
    return aNotice({
      incident: anIncident({
        id: `incident-${index}`,
        severity,
        uniqueId: `test.shop.not_null_${name}_client_id.${index}`,
        title: `not_null client_id on ${name}`,
      }),
      cause: aNoticeCause({
        path: `models/marts/orders/${name}.sql`,
        owner: { name: 'Growth analytics', email: 'growth@shop.example', slack: null, reason: 'group growth' },
        exposures: [{ name: 'Weekly sales', verdict: 'wrong', url: 'https://bi.shop.example/1' }],
      }),
    });
  });
}

/** Controls of the sinks that could call people, hide text, or become a link. */
const CONTROLS = [
  '<!here>',
  '<!channel|x>',
  '<@U0123456789>',
  '<!subteam^S0123456789>',
  '<https://e.vil|click>',
  '@here',
  '@all',
  '%%%',
  '\n%%%\n',
  '@slack-general',
  '&lt;!here&gt;',
  '```',
];
const sinkText = fc
  .array(fc.oneof({ weight: 2, arbitrary: hostileText }, { weight: 1, arbitrary: fc.constantFrom(...CONTROLS) }), {
    maxLength: 6,
  })
  .map((pieces) => pieces.join(' '));
/** Now and then longer than anything takes. */
const anyText = fc.oneof(
  { weight: 5, arbitrary: sinkText },
  {
    weight: 1,
    arbitrary: fc.tuple(sinkText, fc.integer({ min: 1, max: 400 })).map(([text, times]) => text.repeat(times)),
  },
);
const texts = fc.array(anyText, { maxLength: 30 });
const nullable = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { nil: null });
const reason: fc.Arbitrary<ChangeReason> = fc.constantFrom(...CHANGE_REASONS);
const count = fc.nat(1_000_000);

/** A notice whose every text was written by an enemy. */
export const hostileNotice: fc.Arbitrary<Notice> = fc
  .record({
    title: anyText,
    kind: fc.constantFrom(...FINDING_KINDS),
    severity: fc.constantFrom(...SEVERITIES),
    failures: nullable(count),
    flapping: fc.boolean(),
    runs: fc.integer({ min: 1, max: 500 }),
    reason,
    project: nullable(anyText),
    environment: nullable(anyText),
    told: fc.array(
      fc.record({
        reason,
        at: fc.constant('2026-01-02T05:00:00.000Z'),
        severity: fc.constantFrom(...SEVERITIES),
        failures: nullable(count),
      }),
      { maxLength: 5 },
    ),
    cause: nullable(
      fc.record({
        message: texts,
        meaning: nullable(anyText),
        category: fc.constantFrom(...CATEGORIES),
        raised: nullable(anyText),
        errorClass: nullable(fc.constantFrom(...ERROR_CLASSES)),
        owner: nullable(
          fc.record({ name: nullable(anyText), email: nullable(anyText), slack: nullable(anyText), reason: anyText }),
        ),
        path: nullable(anyText),
        models: count,
        blockedModels: count,
        exposures: fc.array(
          fc.record({ name: anyText, verdict: fc.constantFrom(...VERDICTS), url: nullable(anyText) }),
          { maxLength: 20 },
        ),
        folded: nullable(anyText),
        symptoms: texts,
        upstreamSuspects: texts,
        further: fc.record({ exposures: count, doubtful: count, symptoms: count, suspects: count }),
        nextCommand: nullable(anyText),
        explainedBy: nullable(anyText),
        samples: texts,
      }),
    ),
  })
  .map(({ title, kind, severity, failures, flapping, runs, told, ...rest }) => {
    const isEnded = rest.reason === 'resolved' || rest.reason === 'retired';
    const state = rest.reason === 'resolved' ? 'resolved' : rest.reason === 'retired' ? 'retired' : 'open';
    return {
      incident: anIncident({
        title,
        kind,
        severity,
        failures,
        flapping,
        runs,
        state,
        endedAt: isEnded ? '2026-01-03T06:00:00.000Z' : null,
      }),
      at: '2026-01-03T06:00:00.000Z',
      history: told,
      links: [],
      ...rest,
    };
  });

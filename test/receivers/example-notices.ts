import * as fc from 'fast-check';
import { CHANGE_REASONS, type Incident } from '../../src/incidents/incident.ts';
import { ERROR_CLASSES } from '../../src/findings/error-class.ts';
import { CATEGORIES, FINDING_KINDS, SEVERITIES } from '../../src/findings/finding.ts';
import { VERDICTS } from '../../src/causes/cause.ts';
import type { Notice, NoticeCause, Order, Receipt, Task } from '../../src/receivers/receiver.ts';
import { hostileText } from '../hostile.ts';

/** Builders for what receivers take: each is complete and dull, and a test names only what it is about. */

export function anIncident(more: Partial<Incident> = {}): Incident {
  return {
    id: '0123456789ab',
    environment: 'prod',
    fingerprint: 'prod model.shop.orders test.shop.not_null_orders_client_id.0123456789',
    uniqueId: 'test.shop.not_null_orders_client_id.0123456789',
    subjectId: 'model.shop.orders',
    testIdentity: 'not_null client_id',
    title: 'not_null client_id on orders',
    kind: 'test_failed',
    state: 'open',
    severity: 'error',
    failures: 77,
    told: { severity: 'error', failures: 77 },
    foldedUnder: null,
    openedAt: '2026-01-02T06:00:00Z',
    lastSeenAt: '2026-01-02T06:00:00Z',
    lastObservedAt: '2026-01-02T06:00:00Z',
    endedAt: null,
    runs: 1,
    recent: 'F',
    flapping: false,
    ...more,
  };
}

export function aNoticeCause(more: Partial<NoticeCause> = {}): NoticeCause {
  return {
    message: ['77 rows without a value'],
    meaning: null,
    category: 'correctness',
    errorClass: null,
    owner: null,
    path: 'models/orders.sql',
    models: 0,
    blockedModels: 0,
    exposures: [],
    folded: null,
    symptoms: [],
    upstreamSuspects: [],
    nextCommand: 'dbt build --select orders+',
    samples: [],
    ...more,
  };
}

export function aNotice(more: Partial<Notice> = {}): Notice {
  return {
    incident: anIncident(),
    reason: 'opened',
    at: '2026-01-02T06:00:00Z',
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

export function aTask(order: Order, previous: Receipt | null = null): Task {
  return { deliveryId: 'delivery-1', order, previous };
}

const texts = fc.array(hostileText, { maxLength: 4 });
const maybe = fc.option(hostileText, { nil: null });
/** Sometimes far longer than any limit. */
const longText = fc.tuple(hostileText, fc.constantFrom(1, 1, 1, 40, 4000)).map(([text, times]) => text.repeat(times));

const hostileCause: fc.Arbitrary<NoticeCause> = fc.record({
  message: fc.array(longText, { maxLength: 4 }),
  meaning: maybe,
  category: fc.constantFrom(...CATEGORIES),
  errorClass: fc.option(fc.constantFrom(...ERROR_CLASSES), { nil: null }),
  owner: fc.option(fc.record({ name: maybe, email: maybe, slack: maybe, reason: longText }), { nil: null }),
  path: maybe,
  models: fc.nat(),
  blockedModels: fc.nat(),
  exposures: fc.array(fc.record({ name: longText, verdict: fc.constantFrom(...VERDICTS), url: maybe }), {
    maxLength: 4,
  }),
  folded: maybe,
  symptoms: texts,
  upstreamSuspects: texts,
  nextCommand: maybe,
  samples: texts,
});

/** A notice whose every text an enemy has written. */
export const hostileNotice: fc.Arbitrary<Notice> = fc
  .record({
    reason: fc.constantFrom(...CHANGE_REASONS),
    title: longText,
    uniqueId: longText,
    subjectId: longText,
    kind: fc.constantFrom(...FINDING_KINDS),
    state: fc.constantFrom('open' as const, 'resolved' as const, 'retired' as const),
    severity: fc.constantFrom(...SEVERITIES),
    failures: fc.option(fc.nat(), { nil: null }),
    at: fc.constantFrom('2026-01-02T06:00:00Z', '2020-01-01T00:00:00.123456789Z', '2026-01-02T06:00:00', 'never'),
    project: maybe,
    environment: maybe,
    cause: fc.option(hostileCause, { nil: null }),
    links: fc.array(fc.record({ title: hostileText, url: fc.constant('https://wiki.shop.example/runbook') }), {
      maxLength: 3,
    }),
  })
  .map(({ reason, at, project, environment, cause, links, ...incident }) =>
    aNotice({ reason, at, project, environment, cause, links, incident: anIncident(incident) }),
  );

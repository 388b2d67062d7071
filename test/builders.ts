import type { Run } from '../src/artifacts/run.ts';
import type { Cause, ExposureVerdict } from '../src/causes/cause.ts';
import type { Finding, NodeRef, TestRef } from '../src/findings/finding.ts';
import type { Delivery } from '../src/deliveries/delivery.ts';
import { countOutcomes } from '../src/findings/outcome.ts';
import { noRules, type Rules } from '../src/findings/rules.ts';
import { reportOf as explainedReport } from '../src/pipeline.ts';
import type { Report } from '../src/report/report.ts';
import { aRun } from './project.ts';
import { aNotice } from './receivers/notices.ts';

/** Builders for what the later stages take: each is complete and dull, and a test names only what it is about. */

export function aNode(more: Partial<NodeRef> = {}): NodeRef {
  const name = more.name ?? 'orders';
  return {
    uniqueId: `model.shop.${name}`,
    resourceType: 'model',
    name,
    package: 'shop',
    path: `models/${name}.sql`,
    description: null,
    ...more,
  };
}

export function aTest(more: Partial<TestRef> = {}): TestRef {
  const name = more.name ?? 'not_null_orders_client_id';
  return {
    uniqueId: `test.shop.${name}.0123456789`,
    resourceType: 'test',
    name,
    testName: 'not_null',
    namespace: null,
    column: 'client_id',
    path: 'models/schema.yml',
    description: null,
    ...more,
  };
}

/** A failed `not_null` on orders; `test: null` makes it a finding of the subject itself. */
export function aFinding(more: Partial<Finding> = {}): Finding {
  const subject = more.subject ?? aNode();
  const test = more.test === undefined ? aTest() : more.test;
  return {
    uniqueId: test?.uniqueId ?? subject.uniqueId,
    subject,
    test,
    kind: 'test_failed',
    category: 'correctness',
    severity: 'error',
    blocks: true,
    errorClass: null,
    message: '77 rows without a value',
    failures: 77,
    evidence: null,
    owner: null,
    invocationId: 'run-1',
    observedAt: '2026-01-02T06:00:00Z',
    ...more,
  };
}

export function aCause(more: Partial<Cause> = {}): Cause {
  const finding = more.finding ?? aFinding();
  return {
    finding,
    severity: finding.severity,
    category: finding.category,
    symptoms: [],
    upstreamSuspects: [],
    furtherSuspects: 0,
    impact: { models: 0, blockedModels: 0, exposures: [] },
    nextCommand: 'dbt build --select orders+',
    ...more,
  };
}

export function anExposure(more: Partial<ExposureVerdict> = {}): ExposureVerdict {
  const name = more.name ?? 'weekly_sales';
  const owner = { name: 'Ana', email: 'ana@shop.example', slack: null };
  return {
    uniqueId: `exposure.shop.${name}`,
    name,
    label: null,
    url: null,
    owner,
    verdict: 'safe',
    reasons: [],
    furtherReasons: 0,
    ...more,
  };
}

/** Ordered a moment ago for a webhook; nobody has tried it. */
export function aDelivery(more: Partial<Delivery> = {}): Delivery {
  return {
    id: '0123456789abcdef01234567',
    project: 'shop',
    environment: '',
    receiver: 'hook',
    integration: 'webhook',
    order: { action: 'open', notice: aNotice() },
    state: 'pending',
    mayHaveArrived: false,
    leaseUntil: null,
    attempts: 0,
    notBefore: null,
    mutedUntil: null,
    dueAt: null,
    route: null,
    createdAt: '2026-01-02T06:00:00.000Z',
    updatedAt: '2026-01-02T06:00:00.000Z',
    fault: null,
    reason: null,
    receipt: null,
    ...more,
  };
}

/** A report of nothing but these causes and exposures; the findings follow from the causes. */
export function aReport(more: Partial<Report> = {}): Report {
  const { causes = [], run = aRun({}, { 'model.orders': 'success' }) } = more;
  return {
    run,
    outcomes: countOutcomes(run),
    findings: causes.flatMap((cause) => [cause.finding, ...cause.symptoms.map((symptom) => symptom.finding)]),
    causes,
    verdicts: [],
    changes: null,
    deliveries: [],
    now: NOW,
    ...more,
  };
}

const NOW = new Date('2026-01-02T07:00:00Z');

/** The report of a run, through the real stages. */
export function reportOf(run: Run, rules: Rules = noRules): Report {
  return explainedReport(run, { rules, now: NOW });
}

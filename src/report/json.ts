import { type Evidence, shareOf } from '../artifacts/evidence.ts';
import type { OwnerFields } from '../artifacts/manifest.ts';
import type { Cause } from '../causes/cause.ts';
import type { Finding } from '../findings/finding.ts';
import { fingerprintOf } from '../findings/fingerprint.ts';
import type { Change } from '../incidents/incident.ts';
import type { JsonCause, JsonReport } from './json-schema.ts';
import type { Report } from './report.ts';

/** The report for programs, piece by piece: of a large project it need not fit into one string. */
export function* formatJson(report: Report): Generator<string, void> {
  let before = '{';
  for (const [key, value] of Object.entries(partsOf(report))) {
    yield `${before}\n  ${JSON.stringify(key)}: `;
    if (isList(value)) yield* listed(value);
    else yield indented(value, '  ');
    before = ',';
  }
  yield '\n}\n';
}

function* listed(items: Iterable<unknown>): Generator<string, void> {
  let before = '[';
  for (const item of items) {
    yield `${before}\n    ${indented(item, '    ')}`;
    before = ',';
  }
  yield before === '[' ? '[]' : '\n  ]';
}

function indented(value: unknown, margin: string): string {
  return harmless(JSON.stringify(value, null, 2)).replaceAll('\n', `\n${margin}`);
}

function isList(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

/** The report in the shape of schemas/report.schema.json. */
export function toJson(report: Report): JsonReport {
  const parts = partsOf(report);
  return { ...parts, causes: [...parts.causes] };
}

/** The same, whose causes are written down when they are asked for. */
interface Parts extends Omit<JsonReport, 'causes'> {
  readonly causes: Iterable<JsonCause>;
}

function partsOf(report: Report): Parts {
  const { run, outcomes, findings, causes, verdicts, changes, deliveries } = report;
  const { passed, warned, failed, errored, skipped } = outcomes;
  const unchecked = findings.filter((finding) => finding.kind === 'source_unchecked').length;
  return {
    schema_version: 1,
    project: run.project,
    environment: run.environment,
    dbt_version: run.dbtVersion,
    invocation_ids: [...run.invocationIds],
    generated_at: run.generatedAt,
    totals: { passed, warned, failed, errored, skipped, unchecked },
    causes: toJsonCauses(causes, run.environment, changes ?? []),
    exposures: verdicts.map(({ name, verdict, reasons, furtherReasons, owner }) => ({
      name,
      verdict,
      reasons: [...reasons],
      further_reasons: furtherReasons,
      owner: someone(owner),
    })),
    ended: (changes ?? []).flatMap(toEnded),
    deliveries: deliveries.map(({ receiver, integration, action, state, reason }) => ({
      receiver,
      integration,
      action,
      state,
      reason,
    })),
    notes: run.notes.map(({ code, message }) => ({ code, message })),
  };
}

/** A thousand names below each of a thousand causes are a million. */
const EXPOSURES = 50;

function* toJsonCauses(
  causes: readonly Cause[],
  environment: string | null,
  changes: readonly Change[],
): Generator<JsonCause, void> {
  const byFinding = new Map(changes.map((change) => [change.incident.uniqueId, change]));
  for (const cause of causes) yield toJsonCause(cause, environment, byFinding.get(cause.finding.uniqueId) ?? null);
}

function toJsonCause(
  { finding, severity, category, symptoms, upstreamSuspects, furtherSuspects, impact, nextCommand }: Cause,
  environment: string | null,
  change: Change | null,
): JsonCause {
  const { uniqueId, subject, test, kind, errorClass, message, failures, evidence, owner } = finding;
  const node = test ?? subject;
  return {
    fingerprint: fingerprintOf(finding, environment),
    incident: change?.incident.id ?? null,
    state: change?.incident.state ?? null,
    change: change?.reason ?? null,
    severity,
    category,
    kind,
    error_class: errorClass,
    unique_id: uniqueId,
    name: node.name,
    resource_type: node.resourceType,
    path: node.path ?? subject.path,
    model: modelOf(finding),
    column: test?.column ?? null,
    test: test === null ? null : (test.testName ?? test.name),
    message,
    failures,
    evidence: evidence === null ? null : toJsonEvidence(evidence),
    owner: owner === null ? null : { name: owner.name, email: owner.email, slack: owner.slack, reason: owner.reason },
    symptoms: symptoms.map((symptom) => ({
      unique_id: symptom.finding.uniqueId,
      kind: symptom.finding.kind,
      fold_reason: symptom.because,
    })),
    upstream_suspects: upstreamSuspects.map((suspect) => suspect.uniqueId),
    further_suspects: furtherSuspects,
    downstream: {
      models: impact.models,
      exposures: impact.exposures.slice(0, EXPOSURES),
      further_exposures: Math.max(0, impact.exposures.length - EXPOSURES),
    },
    first_seen: change?.incident.openedAt ?? null,
    runs: change?.incident.runs ?? null,
    next_command: nextCommand,
  };
}

function toEnded({ reason, incident }: Change): JsonReport['ended'] {
  if (reason !== 'resolved' && reason !== 'retired') return [];
  const { id, fingerprint, uniqueId, title, openedAt, runs } = incident;
  return [{ incident: id, fingerprint, change: reason, unique_id: uniqueId, title, first_seen: openedAt, runs }];
}

function toJsonEvidence(evidence: Evidence): JsonCause['evidence'] {
  const { unit, checked, failed, measure, samples, periods, reasons, detail } = evidence;
  return {
    unit,
    checked,
    failed,
    share: shareOf(evidence),
    measure: measure === null ? null : { name: measure.name, checked: measure.checked, failed: measure.failed },
    samples: samples.map((sample) => ({ ...sample })),
    periods: periods === null ? null : { first: periods.first, last: periods.last, failed: periods.failed },
    reasons: reasons.map(({ reason, failed: units }) => ({ reason, failed: units })),
    detail,
  };
}

/** A test that reads nothing is its own subject; a hook is no model. */
function modelOf({ subject, test }: Finding): string | null {
  return subject.uniqueId === test?.uniqueId || subject.resourceType === 'operation' ? null : subject.name;
}

/** dbt lets an exposure's owner be empty. */
function someone({ name, email, slack }: OwnerFields): OwnerFields | null {
  return name === null && email === null && slack === null ? null : { name, email, slack };
}

/** The same document for a parser, without the characters that steer a terminal or turn the reading direction. */
function harmless(json: string): string {
  return json.replaceAll(
    /[\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

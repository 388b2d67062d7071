import type { Evidence } from '../artifacts/evidence.ts';
import type { Manifest } from '../artifacts/manifest.ts';
import { partsOf } from '../artifacts/unique-id.ts';
import type { FreshnessResult, NodeResult, Run } from '../artifacts/run.ts';
import { classifyError, type ErrorClass } from './error-class.ts';
import type { Finding, FindingKind } from './finding.ts';
import { freshnessMessage, resultMessage } from './message.ts';
import { ownerOf } from './owner.ts';
import { isTest, outcomeOf } from './outcome.ts';
import { rank } from './rank.ts';
import type { Rules } from './rules.ts';
import { nodeRef, subjectOfTest, testRef } from './subject.ts';

/** Turns every observation that is not fine into a finding, in the order dbt wrote them. */
export function classify(run: Run, rules: Rules): readonly Finding[] {
  const results = run.results.map((result) => fromResult(result, run.manifest, rules));
  const freshness = run.freshness.results.map((result) => fromFreshness(result, run.manifest, rules));
  return [...results, ...brokenEphemerals(run, rules), ...freshness, ...uncheckedSources(run, rules)].filter(
    (finding) => finding !== null,
  );
}

function fromResult(result: NodeResult, manifest: Manifest, rules: Rules): Finding | null {
  const kind = kindOf(result, manifest);
  if (kind === null) return null;
  return build(
    {
      uniqueId: result.uniqueId,
      kind,
      dbtWarns: result.status === 'warn',
      message: resultMessage(result, kind, manifest.node(result.uniqueId)?.test?.name ?? null),
      // dbt counts hooks and unit tests here as well, which have no rows.
      failures: partsOf(result.uniqueId).resourceType === 'test' ? result.failures : null,
      evidence: kind === 'test_failed' || kind === 'test_warned' ? result.evidence : null,
      blocks: blocksBelow(result, kind, manifest),
      invocationId: result.invocationId,
      observedAt: result.completedAt,
    },
    manifest,
    rules,
  );
}

/**
 * Nothing is built from what could not be built, unless its config says `on_error: continue` (dbt 1.12). `dbt build` also
 * skips what is below a test that failed, never what is below one that warned; `dbt test` skips nothing.
 */
function blocksBelow({ uniqueId, status, command }: NodeResult, kind: FindingKind, manifest: Manifest): boolean {
  switch (kind) {
    case 'test_failed':
    case 'unit_test_failed':
    case 'test_errored':
      return (
        (status === 'fail' || status === 'error') && (command === null || command === 'build' || command === 'retry')
      );
    case 'model_errored':
    case 'seed_errored':
    case 'snapshot_errored':
    case 'partial_success':
      return manifest.node(uniqueId)?.goesOnAfterError !== true;
    case 'test_warned':
    case 'model_warned':
    case 'hook_errored':
    case 'source_stale':
    case 'source_unchecked':
    case 'node_skipped':
      return false;
  }
}

/** The kind of what is not fine, null for what is. */
function kindOf(result: NodeResult, manifest: Manifest): FindingKind | null {
  const type = partsOf(result.uniqueId).resourceType;
  switch (outcomeOf(result)) {
    case 'passed':
    case 'not_run':
      return null;
    case 'skipped':
      // An exposure is told by its verdict. An ephemeral model is never built: to skip it says nothing.
      return type === 'exposure' || manifest.node(result.uniqueId)?.materialized === 'ephemeral'
        ? null
        : 'node_skipped';
    case 'warned':
      return isTest(result.uniqueId) ? 'test_warned' : 'model_warned';
    case 'failed':
      if (type === 'unit_test') return 'unit_test_failed';
      return type === 'test' ? 'test_failed' : erroredKind(type);
    case 'errored':
      return result.status === 'partial success' ? 'partial_success' : erroredKind(type);
  }
}

function erroredKind(resourceType: string): FindingKind {
  switch (resourceType) {
    case 'test':
    case 'unit_test':
      return 'test_errored';
    case 'seed':
      return 'seed_errored';
    case 'snapshot':
      return 'snapshot_errored';
    case 'operation':
    // What `dbt run-operation` runs.
    case 'macro':
      return 'hook_errored';
    default:
      return 'model_errored';
  }
}

/**
 * An ephemeral model that does not compile has no result of its own. What selects from it is skipped and says why:
 * "Compilation Error in model.shop.orders, caused by compilation error in referenced ephemeral model model.shop.raw".
 * Seen in dbt 1.11; `task/base.py` writes it.
 */
function brokenEphemerals({ results, manifest }: Run, rules: Rules): readonly Finding[] {
  const broken = new Map<string, Finding>();
  for (const { status, message, invocationId, completedAt } of results) {
    const uniqueId =
      status === 'skipped' ? /referenced ephemeral model (model\.[^\s,]+)/.exec(message ?? '')?.[1] : undefined;
    if (uniqueId === undefined || broken.has(uniqueId)) continue;
    broken.set(
      uniqueId,
      build(
        {
          uniqueId,
          kind: 'model_errored',
          dbtWarns: false,
          message: message ?? '',
          failures: null,
          evidence: null,
          blocks: true,
          invocationId,
          observedAt: completedAt,
        },
        manifest,
        rules,
      ),
    );
  }
  return [...broken.values()];
}

function fromFreshness(result: FreshnessResult, manifest: Manifest, rules: Rules): Finding | null {
  switch (result.status) {
    case 'pass':
    case 'success':
      return null;
    case 'warn':
    case 'error':
    case 'fail':
      return source('source_stale', result.status === 'warn');
    default:
      // `runtime error` up to dbt 1.7, and whatever a later version may call it: the age is not known.
      return source('source_unchecked', false);
  }
  function source(kind: FindingKind, dbtWarns: boolean): Finding {
    const { uniqueId, checkedAt } = result;
    return build(
      {
        uniqueId,
        kind,
        dbtWarns,
        message: freshnessMessage(result),
        failures: null,
        evidence: null,
        blocks: false,
        observedAt: checkedAt,
        error: result.error,
      },
      manifest,
      rules,
    );
  }
}

/** dbt from 1.8 on leaves out of sources.json every source whose freshness query failed: silence is not freshness. */
function uncheckedSources({ freshness, manifest }: Run, rules: Rules): readonly Finding[] {
  if (!freshness.checked) return [];
  const checked = new Set(freshness.results.map((result) => result.uniqueId));
  const missing = manifest.sourcesWithFreshness().filter((uniqueId) => !checked.has(uniqueId));
  const message =
    'Has a freshness rule, but sources.json does not mention it: its freshness query failed, or it was not selected.';
  return missing.map((uniqueId) =>
    build(
      {
        uniqueId,
        kind: 'source_unchecked',
        dbtWarns: false,
        message,
        failures: null,
        evidence: null,
        blocks: false,
        observedAt: null,
        error: null,
      },
      manifest,
      rules,
    ),
  );
}

interface Observed {
  readonly uniqueId: string;
  readonly kind: FindingKind;
  readonly dbtWarns: boolean;
  readonly message: string;
  readonly failures: number | null;
  readonly evidence: Evidence | null;
  readonly blocks: boolean;
  readonly invocationId?: string | null;
  readonly observedAt: string | null;
  /** The adapter's words, where they are not the message; null where there are none. */
  readonly error?: string | null;
}

function build(observed: Observed, manifest: Manifest, rules: Rules): Finding {
  const { uniqueId, kind, message, failures, evidence, observedAt } = observed;
  const testId = isTest(uniqueId) ? uniqueId : null;
  const subjectId = testId === null ? uniqueId : subjectOfTest(manifest, testId);
  return {
    uniqueId,
    subject: nodeRef(manifest, subjectId),
    test: testId === null ? null : testRef(manifest, testId),
    kind,
    blocks: observed.blocks,
    ...rank({ kind, dbtWarns: observed.dbtWarns, subjectId, testId }, manifest, rules),
    errorClass: errorClassOf(kind, observed.error === undefined ? message : observed.error),
    message,
    failures,
    evidence,
    owner: ownerOf(subjectId, testId, manifest, rules),
    invocationId: observed.invocationId ?? null,
    observedAt,
  };
}

function errorClassOf(kind: FindingKind, message: string | null): ErrorClass | null {
  if (message === null) return null;
  switch (kind) {
    case 'test_errored':
    case 'model_errored':
    case 'seed_errored':
    case 'snapshot_errored':
    case 'hook_errored':
    case 'partial_success':
    case 'source_unchecked':
      return classifyError(message);
    case 'test_failed':
    case 'test_warned':
    case 'unit_test_failed':
    case 'model_warned':
    case 'source_stale':
    case 'node_skipped':
      return null;
  }
}

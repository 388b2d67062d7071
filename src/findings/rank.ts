import type { Manifest, ManifestNode, Meta } from '../artifacts/manifest.ts';
import { CATEGORIES, type Category, type FindingKind, SEVERITIES, type Severity } from './finding.ts';
import type { RuleCandidate, Rules } from './rules.ts';
import { nodeRef } from './subject.ts';

/** A finding before it is ranked. */
export interface Unranked {
  readonly kind: FindingKind;
  /** `warn` of freshness and tests, as dbt judged. */
  readonly dbtWarns: boolean;
  readonly subjectId: string;
  readonly testId: string | null;
}

/**
 * Category and severity. dbt's severity decides whether dbt goes on, not whether a person is woken: `meta.dq_report` on
 * the test or its model, a tag named like a category, and the configuration's rules may each say otherwise.
 */
export function rank(finding: Unranked, manifest: Manifest, rules: Rules): { category: Category; severity: Severity } {
  const nodes = [finding.testId, finding.subjectId]
    .map((id) => (id === null ? undefined : manifest.node(id)))
    .filter((node) => node !== undefined);
  const candidate = candidateOf(finding.subjectId, finding.testId, manifest);
  const onlyWarns = finding.testId !== null && manifest.node(finding.testId)?.test?.onlyWarns === true;
  const matching = rules.ranking.filter((rule) => rule.matches(candidate));
  const category =
    fromMeta(nodes, 'category', CATEGORIES) ??
    fromTags(nodes) ??
    firstOf(matching, 'category') ??
    categoryOf(finding.kind);
  const severity =
    (finding.kind === 'node_skipped' ? null : fromMeta(nodes, 'severity', SEVERITIES)) ??
    firstOf(matching, 'severity') ??
    severityOf(finding, onlyWarns, category);
  return { category, severity };
}

/** The names that rules and routes can ask for. */
export function candidateOf(subjectId: string, testId: string | null, manifest: Manifest): RuleCandidate {
  const test = testId === null ? undefined : manifest.node(testId);
  const subject = manifest.node(subjectId);
  const { name = null, namespace = null } = test?.test ?? {};
  const given = [test?.name ?? null, name, name === null || namespace === null ? null : `${namespace}.${name}`];
  return {
    model: [...new Set([subject?.name ?? subjectId, nodeRef(manifest, subjectId).name])],
    test: given.filter((word) => word !== null),
    path: subject?.path ?? test?.path ?? null,
    package: test?.package ?? subject?.package ?? null,
    tags: [test, subject].flatMap((node) => node?.tags ?? []),
  };
}

function firstOf<K extends 'category' | 'severity'>(rules: Rules['ranking'], key: K): Rules['ranking'][number][K] {
  return rules.find((rule) => rule[key] !== null)?.[key] ?? null;
}

function fromMeta<T extends string>(nodes: readonly ManifestNode[], key: string, allowed: readonly T[]): T | null {
  for (const node of nodes) {
    const value = ownMeta(node.meta)[key];
    const word = allowed.find((candidate) => candidate === value);
    if (word !== undefined) return word;
  }
  return null;
}

function fromTags(nodes: readonly ManifestNode[]): Category | null {
  const tagged = nodes.map((node) => CATEGORIES.find((category) => node.tags.includes(category)));
  return tagged.find((category) => category !== undefined) ?? null;
}

function categoryOf(kind: FindingKind): Category {
  switch (kind) {
    case 'test_failed':
    case 'test_warned':
    case 'unit_test_failed':
      return 'correctness';
    case 'source_stale':
    case 'source_unchecked':
      return 'freshness';
    case 'test_errored':
    case 'model_errored':
    case 'model_warned':
    case 'seed_errored':
    case 'snapshot_errored':
    case 'hook_errored':
    case 'partial_success':
    case 'node_skipped':
      return 'pipeline';
  }
}

function severityOf({ kind, dbtWarns, testId }: Unranked, onlyWarns: boolean, category: Category): Severity {
  switch (kind) {
    case 'node_skipped':
      // The cause above is counted by itself; but if revenue was not built because of it, somebody should get up.
      return testId === null && category === 'business_critical' ? 'critical' : 'warning';
    case 'source_unchecked':
      // It may be fine, and it may merely not have been selected.
      return 'warning';
    default:
      // A test that is only to warn is no worse when it cannot run.
      if (dbtWarns || (kind === 'test_errored' && onlyWarns)) return 'warning';
      return category === 'business_critical' ? 'critical' : 'error';
  }
}

/** `meta: {dq_report: {…}}`, empty if it is not there. */
export function ownMeta(meta: Meta): Meta {
  const own = meta['dq_report'];
  return typeof own === 'object' && own !== null && !Array.isArray(own) ? { ...own } : {};
}

/** What `meta.dq_report` of a node says and nobody understands: words that are none, keys that do not exist. */
export function strangeMeta({ name, meta }: ManifestNode): readonly string[] {
  const known = ['category', 'severity', 'owner', 'slack', 'channel'];
  const own = ownMeta(meta);
  const keys = Object.keys(own).filter((key) => !known.includes(key));
  const isStrange = (key: string, allowed: readonly string[]): boolean =>
    own[key] !== undefined && !allowed.some((word) => word === own[key]);
  return [
    ...keys.map((key) => `${name}: there is no key "${key}"; there are ${known.join(', ')}`),
    ...(isStrange('category', CATEGORIES) ? [`${name}: category takes one of ${CATEGORIES.join(', ')}`] : []),
    ...(isStrange('severity', SEVERITIES) ? [`${name}: severity takes one of ${SEVERITIES.join(', ')}`] : []),
  ];
}

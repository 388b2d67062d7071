import type { Manifest } from '../artifacts/manifest.ts';
import { partsOf } from '../artifacts/unique-id.ts';
import type { Run } from '../artifacts/run.ts';
import type { Cause } from '../causes/cause.ts';
import { ERROR_CLASSES, type ErrorClass } from '../findings/error-class.ts';
import { CATEGORIES, type Category, FINDING_KINDS, type Owner, SEVERITIES } from '../findings/finding.ts';
import { ownerOf } from '../findings/owner.ts';
import { candidateOf, rank } from '../findings/rank.ts';
import type { Rules } from '../findings/rules.ts';
import type { Incident } from '../incidents/incident.ts';

/** What a route can ask for. */
export const LABELS = [
  'severity',
  'category',
  'kind',
  'owner',
  'group',
  'tag',
  'package',
  'path',
  'resource_type',
  'model',
  'test',
  'error_class',
  'environment',
] as const;
export type Label = (typeof LABELS)[number];

/** A label has any number of values: a model has several tags, an owner a name and an address. */
export type Labels = Readonly<Partial<Record<Label, readonly string[]>>>;

/** The labels that take no other words than these, so that a misspelt one can be told. */
export const CLOSED_LABELS: Readonly<Partial<Record<Label, readonly string[]>>> = {
  severity: SEVERITIES,
  category: CATEGORIES,
  kind: FINDING_KINDS,
  error_class: ERROR_CLASSES,
};

/** The labels of a cause of this run. */
export function labelsOfCause(
  { finding, severity, category }: Cause,
  { manifest, environment }: Pick<Run, 'manifest' | 'environment'>,
): Labels {
  const { uniqueId, subject, test, kind, owner, errorClass } = finding;
  const nodes = { uniqueId, subjectId: subject.uniqueId, testId: test?.uniqueId ?? null };
  return labels({ ...nodes, severity, category, kind, owner, errorClass, environment }, manifest);
}

/** The labels of an incident whose node says nothing now: it has ended, or was not run. */
export function labelsOfIncident(
  { uniqueId, subjectId, kind, severity, environment }: Incident,
  manifest: Manifest,
  rules: Rules,
): Labels {
  const testId = /^(?:test|unit_test)\./.test(uniqueId) ? uniqueId : null;
  const { category } = rank({ kind, dbtWarns: severity === 'warning', subjectId, testId }, manifest, rules);
  const owner = ownerOf(subjectId, testId, manifest, rules);
  return labels(
    { uniqueId, subjectId, testId, severity, category, kind, owner, errorClass: null, environment },
    manifest,
  );
}

interface Facts extends Pick<Incident, 'uniqueId' | 'subjectId' | 'kind' | 'severity' | 'environment'> {
  readonly testId: string | null;
  readonly category: Category;
  readonly owner: Owner | null;
  readonly errorClass: ErrorClass | null;
}

function labels(facts: Facts, manifest: Manifest): Labels {
  const { uniqueId, subjectId, testId, owner } = facts;
  const { model, test, path, package: packageName, tags } = candidateOf(subjectId, testId, manifest);
  const groups = [subjectId, testId].map((id) => (id === null ? null : (manifest.node(id)?.group ?? null)));
  return {
    severity: [facts.severity],
    category: [facts.category],
    kind: [facts.kind],
    owner: owner === null ? [] : words([owner.name, owner.email, owner.slack].flatMap(people)),
    group: words(groups.find((group) => group !== null)),
    tag: words(tags),
    package: words(packageName ?? partsOf(testId ?? subjectId).package),
    path: words(path),
    resource_type: [manifest.node(uniqueId)?.resourceType ?? partsOf(uniqueId).resourceType],
    model: words(model),
    test: words(test),
    error_class: words(facts.errorClass),
    environment: words(facts.environment),
  };
}

/** Several owners stand in one text; a route may ask for one of them. */
function people(text: string | null): readonly (string | null)[] {
  return text?.includes(', ') === true ? [text, ...text.split(', ')] : [text];
}

function words(given: string | null | undefined | readonly (string | null)[]): readonly string[] {
  const all = Array.isArray(given) ? given : [given];
  return [...new Set(all.filter((word) => typeof word === 'string' && word !== ''))];
}

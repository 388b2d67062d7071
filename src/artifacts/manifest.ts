import { type Lineage, ManifestEntriesBuilder } from './manifest-entries.ts';
import type { Timestamp } from './run.ts';
import type { Area } from './surroundings.ts';

/**
 * What the rest of the product asks of a manifest.json. Nobody sees all nodes at once: manifests of large projects do
 * not fit into memory as objects, so nodes are understood when they are asked for.
 */
export interface Manifest extends Lineage {
  /** False when there was no manifest.json: then every question below has an empty answer. */
  readonly present: boolean;
  readonly project: string | null;
  readonly dbtVersion: string | null;
  readonly invocationId: string | null;
  readonly generatedAt: Timestamp | null;
  node(uniqueId: string): ManifestNode | undefined;
  has(uniqueId: string): boolean;
  /** What one `dbt build` of everything runs: models that are not ephemeral, seeds, snapshots and tests. */
  runnable(): readonly string[];
  exposuresBelow(uniqueIds: readonly string[]): readonly Exposure[];
  /** What is built from each of these: dashboards, how many tables (models, seeds, snapshots), and how many of them are `counted`. */
  areasBelow(uniqueIds: readonly string[], counted: ReadonlySet<string>): ReadonlyMap<string, Area<Exposure>>;
  /** The first exposure built from the node that has an owner, if no other one has another owner. */
  soleOwnerBelow(uniqueId: string): Exposure | undefined;
  exposures(): readonly Exposure[];
  group(name: string): Group | undefined;
  groups(): readonly Group[];
  /** The SQL of a test as dbt ran it, or compiled it last, if there is evidence in it. */
  sqlWithEvidence(uniqueId: string): string | null;
  /** Sources that have a freshness rule. */
  sourcesWithFreshness(): readonly string[];
}

export interface ManifestNode {
  readonly uniqueId: string;
  /** `model`, `test`, `source`, `unit_test`, `exposure` … in dbt's spelling. */
  readonly resourceType: string;
  readonly name: string;
  readonly package: string | null;
  /** Relative to the project, with forward slashes. */
  readonly path: string | null;
  readonly description: string | null;
  readonly materialized: string | null;
  readonly tags: readonly string[];
  readonly meta: Meta;
  readonly group: string | null;
  /** `on_error: continue`: what is below is built though this is not. */
  readonly goesOnAfterError: boolean;
  /** Meta of a column, looked up without regard to case; empty if the column has none. */
  columnMeta(column: string): Meta;
  /** For tests: what is tested and how. */
  readonly test: TestDetails | null;
  /** For sources: the name before the dot of `source('web', 'events')`. */
  readonly sourceName: string | null;
  /** For unit tests: the tested model; its `unique_id` in dbt 2, its name before. */
  readonly testedModel: string | null;
}

export interface TestDetails {
  /** The generic test's name, `not_null`; null for a singular test. */
  readonly name: string | null;
  /** The package the generic test comes from; null for dbt's own and the project's. */
  readonly namespace: string | null;
  readonly column: string | null;
  /** The model that dbt attached the test to; null for tests of sources in dbt 1. */
  readonly attachedNode: string | null;
  /** `models.orders` or `sources.raw`; the only hint for tests of sources in dbt 1.5 to 1.12. */
  readonly fileKeyName: string | null;
  /** `get_where_subquery(ref('orders'))` or `{{ source(...) }}`: the `model` argument as Jinja text. */
  readonly modelArgument: string | null;
  /** What sets it apart from other tests of the same name: its further arguments and its `where`. */
  readonly settings: Meta;
  /** Whether dbt's own severity for it is only `warn`. */
  readonly onlyWarns: boolean;
}

export type Meta = Readonly<Record<string, unknown>>;

export interface Exposure {
  readonly uniqueId: string;
  readonly name: string;
  /** The title people know it by, if there is one. */
  readonly label: string | null;
  readonly url: string | null;
  readonly owner: OwnerFields;
  /** As written, also what the manifest does not have. */
  readonly dependsOn: readonly string[];
}

export interface Group {
  readonly name: string;
  readonly owner: OwnerFields;
}

/** Owner as dbt's groups and exposures write it: two known keys and any others. */
export interface OwnerFields {
  readonly name: string | null;
  readonly email: string | null;
  readonly slack: string | null;
}

export function hasOwner({ name, email, slack }: OwnerFields): boolean {
  return name !== null || email !== null || slack !== null;
}

/** What stands in for a manifest.json that is not there. */
export const noManifest: Manifest = {
  present: false,
  project: null,
  dbtVersion: null,
  invocationId: null,
  generatedAt: null,
  has: () => false,
  runnable: () => [],
  node: () => undefined,
  ...new ManifestEntriesBuilder().finish([]).lineage,
  exposuresBelow: () => [],
  areasBelow: () => new Map(),
  soleOwnerBelow: () => undefined,
  exposures: () => [],
  group: () => undefined,
  groups: () => [],
  sqlWithEvidence: () => null,
  sourcesWithFreshness: () => [],
};

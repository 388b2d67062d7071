import * as z from 'zod/mini';
import { EVIDENCE_MARK } from './evidence.ts';
import { checkKind, isObject, record, text, texts } from './fields.ts';
import type { JsonFile } from './json.ts';
import { each, type Layout, members, type Shape, whole } from './json-plan.ts';
import type { Notes } from './json-scanner.ts';
import { KeptEntries } from './kept-entries.ts';
import { type EntryFacts, type ManifestEntries, ManifestEntriesBuilder, SECTIONS } from './manifest-entries.ts';
import { readArtifact, type ReadSettings, type Scan } from './read-artifact.ts';
import type { Timestamp } from './run.ts';
import type { Above, Area } from './surroundings.ts';

/**
 * What the rest of the product asks of a manifest.json. Nobody sees all nodes at once: manifests of large projects do
 * not fit into memory as objects, so nodes are understood when they are asked for.
 */
export interface Manifest {
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
  /** What the node reads, directly. Ids that are not in the manifest are left out. */
  parents(uniqueId: string): readonly string[];
  /** What reads the node, directly: models, tests, exposures … */
  children(uniqueId: string): readonly string[];
  /** Everything the node is built from, nearest first, without itself. */
  ancestors(uniqueId: string): readonly string[];
  /** Everything that is built from the node, nearest first, tests and exposures included, without itself. */
  descendants(uniqueId: string): readonly string[];
  /** Models, seeds and snapshots that are built from any of these, without them. */
  tablesBelow(uniqueIds: readonly string[]): readonly string[];
  exposuresBelow(uniqueIds: readonly string[]): readonly Exposure[];
  /** What is built from each of these; of the tables (models, seeds, snapshots) only how many, and how many of them are among those. */
  areasBelow(uniqueIds: readonly string[], among: ReadonlySet<string>): ReadonlyMap<string, Area<Exposure>>;
  /** The first exposure built from the node that has an owner, if no other one has another owner. */
  soleOwnerBelow(uniqueId: string): Exposure | undefined;
  /** For any node: which of these it is built from, the nearest so many, and how many there are. */
  above(uniqueIds: readonly string[], most: number): (uniqueId: string) => Above<string>;
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

const noOwner: OwnerFields = { name: null, email: null, slack: null };

const ownerSchema = z.catch(
  z.pipe(
    // A list of addresses is allowed from dbt 1.10 on.
    z.object({ name: text, email: texts, slack: text, slack_channel: text }),
    z.transform(({ name, email, slack, slack_channel: channel }): OwnerFields => ({
      name,
      email: email.join(', ') || null,
      slack: slack ?? channel,
    })),
  ),
  noOwner,
);

const configFields = {
  meta: record,
  tags: texts,
  group: text,
  materialized: text,
  severity: text,
  where: text,
  on_error: text,
};
const configSchema = z.catch(z.object(configFields), {
  meta: {},
  tags: [],
  group: null,
  materialized: null,
  severity: null,
  where: null,
  on_error: null,
});

const nodeSchema = z.object({
  resource_type: text,
  name: text,
  package_name: text,
  original_file_path: text,
  description: text,
  meta: record,
  tags: texts,
  group: text,
  config: configSchema,
  columns: record,
  column_name: text,
  attached_node: text,
  file_key_name: text,
  source_name: text,
  model: text,
  tested_node_unique_id: text,
  test_metadata: z.catch(z.nullable(z.object({ name: text, namespace: text, kwargs: record })), null),
});

const exposureSchema = z.object({
  name: text,
  label: text,
  url: text,
  owner: ownerSchema,
  depends_on: z.catch(z.object({ nodes: texts }), { nodes: [] }),
});
const groupSchema = z.catch(z.object({ name: text, owner: ownerSchema }), { name: null, owner: noOwner });

const metadataSchema = z.catch(
  z.object({
    dbt_schema_version: text,
    dbt_version: text,
    generated_at: text,
    invocation_id: text,
    project_name: text,
  }),
  { dbt_schema_version: null, dbt_version: null, generated_at: null, invocation_id: null, project_name: null },
);

// What is kept of a manifest that is scanned: every key that is read of an entry, here or in its schema.
const NODES_NOTE = 0;
const MATERIALIZED_NOTE = 1;
const ENABLED_NOTE = 2;
const freshness = whole();
const nodeMembers = {
  ...allOf(nodeSchema.shape),
  freshness,
  config: members({
    ...allOf(configFields),
    freshness,
    materialized: whole({ note: MATERIALIZED_NOTE }),
    enabled: whole({ note: ENABLED_NOTE, copied: false }),
  }),
  columns: each(members({ meta: whole(), config: members({ meta: whole() }) })),
  compiled_code: whole({ containing: EVIDENCE_MARK }),
  depends_on: members({ nodes: whole({ note: NODES_NOTE, copied: false }) }),
};
const nodeShape = members(nodeMembers);
const exposureShape = members({
  ...allOf(exposureSchema.shape),
  ...nodeMembers,
  depends_on: members({ nodes: whole({ note: NODES_NOTE }) }),
});
const layout: Layout = {
  metadata: 'value',
  groups: 'value',
  ...Object.fromEntries(SECTIONS.map((section) => [section, section === 'exposures' ? exposureShape : nodeShape])),
};

function allOf(fields: object): Record<string, Shape> {
  return Object.fromEntries(Object.keys(fields).map((key) => [key, whole()]));
}

/**
 * Reads a manifest.json of dbt 0.19 to 2.x, of any size.
 * @throws {ProblemError} when it cannot be read, or is another kind of document.
 */
export function readManifest(path: string, settings?: ReadSettings): Promise<Manifest> {
  return readArtifact(path, { parsed: parseManifest, scan: scanManifest }, settings);
}

/**
 * Understands a manifest.json that was parsed as a whole.
 * @throws {ProblemError} when it is another kind of document.
 */
export function parseManifest({ path, value }: JsonFile): Manifest {
  const file = isObject(value) ? value : {};
  const builder = new ManifestEntriesBuilder();
  const entries: unknown[] = [];
  for (const section of SECTIONS) {
    builder.begin(section);
    const inSection = file[section];
    for (const [uniqueId, entry] of isObject(inSection) ? Object.entries(inSection) : []) {
      builder.add(section, uniqueId, isObject(entry) ? factsOf(entry) : null);
      entries.push(entry);
    }
  }
  return manifestOf({
    path,
    metadata: file['metadata'],
    groups: file['groups'],
    hasNodes: isObject(file['nodes']),
    entries: builder.finish(entries.map(dependsOnIn)),
    contentOf: (row) => entries[row],
  });
}

function scanManifest(path: string): Scan<Manifest> {
  const builder = new ManifestEntriesBuilder();
  const kept = new KeptEntries();
  const dependsOn = new KeptEntries();
  const values = new Map<string, unknown>();
  let section: (typeof SECTIONS)[number] | undefined;
  let hasNodes = false;
  return {
    layout,
    visitor: {
      value: (name, json) => values.set(name, JSON.parse(json)),
      section(name, kind) {
        section = SECTIONS.find((candidate) => candidate === name);
        if (section !== undefined) builder.begin(section);
        if (section === 'nodes') hasNodes = kind === 'object';
        if (kind !== 'object') section = undefined;
      },
      entry(uniqueId, bytes, start, end, notes) {
        if (section === undefined) return;
        builder.add(section, uniqueId, bytes[start] === OPEN_OBJECT ? factsIn(notes) : null);
        kept.add(bytes, start, end);
        notes.keep(NODES_NOTE, dependsOn);
      },
    },
    result: () =>
      manifestOf({
        path,
        metadata: values.get('metadata'),
        groups: values.get('groups'),
        hasNodes,
        entries: builder.finish(dependsOn.drain()),
        contentOf: (row) => kept.parse(row),
      }),
  };
}

const OPEN_OBJECT = 0x7b;

function dependsOnIn(entry: unknown): unknown {
  const dependsOn = isObject(entry) ? entry['depends_on'] : null;
  return isObject(dependsOn) ? dependsOn['nodes'] : null;
}

function factsOf({ config, compiled_code: code }: Readonly<Record<string, unknown>>): EntryFacts {
  return {
    isBuilt: !(isObject(config) && (config['materialized'] === 'ephemeral' || config['enabled'] === false)),
    hasEvidence: typeof code === 'string' && code.includes(EVIDENCE_MARK),
  };
}

/** The same of an entry that is scanned. */
function factsIn(notes: Notes): EntryFacts {
  const materialized = notes.json(MATERIALIZED_NOTE);
  const isEphemeral =
    materialized === '"ephemeral"' ||
    (materialized?.includes('\\') === true && JSON.parse(materialized) === 'ephemeral');
  return {
    isBuilt: !isEphemeral && notes.json(ENABLED_NOTE) !== 'false',
    hasEvidence: notes.hasText(),
  };
}

interface Contents {
  readonly path: string;
  readonly metadata: unknown;
  readonly groups: unknown;
  readonly hasNodes: boolean;
  readonly entries: ManifestEntries;
  /** What an entry holds, by the number of its row. */
  readonly contentOf: (row: number) => unknown;
}

function manifestOf({
  path,
  metadata: written,
  groups: writtenGroups,
  hasNodes,
  entries,
  contentOf,
}: Contents): Manifest {
  const metadata = metadataSchema.parse(written);
  checkKind('manifest.json', path, hasNodes, metadata.dbt_schema_version);
  const groups = groupsByName(writtenGroups);
  const entry = (uniqueId: string): Readonly<Record<string, unknown>> | undefined => {
    const row = entries.rowOf(uniqueId);
    const content = row === undefined ? undefined : contentOf(row);
    return isObject(content) ? content : undefined;
  };
  const node = rememberingSome((uniqueId: string) => {
    const content = entry(uniqueId);
    return content === undefined ? undefined : parseNode(uniqueId, content);
  });
  const exposures = once(() =>
    entries.idsIn('exposures').map((uniqueId) => parseExposure(uniqueId, entry(uniqueId) ?? {})),
  );
  const exposureById = once(() => new Map(exposures().map((exposure) => [exposure.uniqueId, exposure])));
  const soleOwners = once(() =>
    entries.soleOwnersBelow(
      exposures().map(({ owner }) => (hasOwner(owner) ? JSON.stringify([owner.name, owner.email]) : null)),
    ),
  );
  const sourcesWithFreshness = once(() =>
    entries.idsIn('sources').filter((uniqueId) => hasFreshnessRule(entry(uniqueId) ?? {})),
  );
  return {
    present: true,
    project: metadata.project_name,
    dbtVersion: metadata.dbt_version,
    invocationId: metadata.invocation_id,
    generatedAt: metadata.generated_at,
    has: (uniqueId) => entries.rowOf(uniqueId) !== undefined,
    runnable: () => entries.built().filter((uniqueId) => /^(?:model|seed|snapshot|test|unit_test)\./.test(uniqueId)),
    node,
    parents: (uniqueId) => entries.parents(uniqueId),
    children: (uniqueId) => entries.children(uniqueId),
    ancestors: (uniqueId) => entries.ancestors(uniqueId),
    descendants: (uniqueId) => entries.descendants(uniqueId),
    tablesBelow: (uniqueIds) => entries.tablesBelow(uniqueIds),
    exposuresBelow(uniqueIds) {
      const below = new Set(entries.entriesBelow(uniqueIds, 'exposures'));
      return below.size === 0 ? [] : exposures().filter((exposure) => below.has(exposure.uniqueId));
    },
    areasBelow(uniqueIds, among) {
      const areas = [...entries.areasBelow(uniqueIds, among)];
      return new Map(
        areas.map(([uniqueId, area]) => [
          uniqueId,
          { ...area, exposures: area.exposures.flatMap((id) => exposureById().get(id) ?? []) },
        ]),
      );
    },
    soleOwnerBelow(uniqueId) {
      const exposureId = soleOwners()(uniqueId);
      return exposureId === undefined ? undefined : exposureById().get(exposureId);
    },
    above: (uniqueIds, most) => entries.above(uniqueIds, most),
    exposures,
    group: (name) => groups.get(name),
    groups: () => [...groups.values()],
    sqlWithEvidence(uniqueId) {
      const code = entries.hasEvidence(uniqueId) ? entry(uniqueId)?.['compiled_code'] : null;
      return typeof code === 'string' && code.includes(EVIDENCE_MARK) ? code : null;
    },
    sourcesWithFreshness,
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
}

/** Of so many nodes asked for last, what they are is remembered: all of a large project would fill the memory. */
const REMEMBERED = 5000;

function rememberingSome<T>(find: (uniqueId: string) => T | undefined): (uniqueId: string) => T | undefined {
  let recent = new Map<string, T>();
  let older = recent;
  return (uniqueId) => {
    const known = recent.get(uniqueId);
    if (known !== undefined) return known;
    const found = older.get(uniqueId) ?? find(uniqueId);
    if (found === undefined) return undefined;
    if (recent.size >= REMEMBERED) {
      older = recent;
      recent = new Map();
    }
    recent.set(uniqueId, found);
    return found;
  };
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
  parents: () => [],
  children: () => [],
  ancestors: () => [],
  descendants: () => [],
  tablesBelow: () => [],
  exposuresBelow: () => [],
  areasBelow: () => new Map(),
  soleOwnerBelow: () => undefined,
  above: () => () => ({ nearest: [], count: 0 }),
  exposures: () => [],
  group: () => undefined,
  groups: () => [],
  sqlWithEvidence: () => null,
  sourcesWithFreshness: () => [],
};

function parseNode(uniqueId: string, entry: Readonly<Record<string, unknown>>): ManifestNode {
  const node = nodeSchema.parse(entry);
  const fallback = partsOf(uniqueId);
  const resourceType = node.resource_type ?? fallback.resourceType;
  return {
    uniqueId,
    resourceType,
    name: node.name || fallback.name,
    package: node.package_name ?? fallback.package,
    // Windows writes backslashes; hooks come from `./dbt_project.yml`.
    path: node.original_file_path?.replaceAll('\\', '/').replace(/^\.\//, '') ?? null,
    description: node.description?.trim() || null,
    materialized: node.config.materialized,
    tags: [...new Set([...node.tags, ...node.config.tags])],
    // The two hold the same from dbt 1.4 on, except on sources of 1.7 and where only one is written.
    meta: { ...node.meta, ...node.config.meta },
    group: node.config.group ?? node.group,
    goesOnAfterError: node.config.on_error?.toLowerCase() === 'continue',
    columnMeta: (column) => columnMeta(node.columns, column),
    test: resourceType === 'test' ? testDetails(node) : null,
    sourceName: node.source_name,
    testedModel: resourceType === 'unit_test' ? (node.tested_node_unique_id ?? node.model) : null,
  };
}

function testDetails(node: z.infer<typeof nodeSchema>): TestDetails {
  const { model, column_name: column, ...further } = node.test_metadata?.kwargs ?? {};
  return {
    name: node.test_metadata?.name ?? null,
    namespace: node.test_metadata?.namespace ?? null,
    column: node.column_name ?? (typeof column === 'string' ? column : null),
    attachedNode: node.attached_node,
    fileKeyName: node.file_key_name,
    modelArgument: typeof model === 'string' ? model : null,
    settings: { ...further, where: node.config.where },
    onlyWarns: node.config.severity?.toLowerCase() === 'warn',
  };
}

function columnMeta(columns: Meta, name: string): Meta {
  const wanted = name.toLowerCase();
  for (const [column, details] of Object.entries(columns)) {
    if (column.toLowerCase() !== wanted || !isObject(details)) continue;
    const config = details['config'];
    const configMeta = isObject(config) && isObject(config['meta']) ? config['meta'] : {};
    return { ...(isObject(details['meta']) ? details['meta'] : {}), ...configMeta };
  }
  return {};
}

function parseExposure(uniqueId: string, entry: Readonly<Record<string, unknown>>): Exposure {
  const { name, label, url, owner, depends_on: dependsOn } = exposureSchema.parse(entry);
  return { uniqueId, name: name ?? partsOf(uniqueId).name, label, url, owner, dependsOn: dependsOn.nodes };
}

function groupsByName(section: unknown): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>();
  if (!isObject(section)) return groups;
  for (const entry of Object.values(section)) {
    const { name, owner } = groupSchema.parse(entry);
    if (name !== null) groups.set(name, { name, owner });
  }
  return groups;
}

/** A rule is a limit with a count: up to dbt 1.8 every source carries limits without one. */
function hasFreshnessRule(entry: Readonly<Record<string, unknown>>): boolean {
  const config = entry['config'];
  const rules = [entry['freshness'], isObject(config) ? config['freshness'] : null];
  return rules.some(
    (rule) =>
      isObject(rule) &&
      [rule['warn_after'], rule['error_after']].some((limit) => isObject(limit) && typeof limit['count'] === 'number'),
  );
}

/** What a `unique_id` says by itself: `test.shop.not_null_orders_id.4f2a91`. */
export function partsOf(uniqueId: string): { resourceType: string; package: string | null; name: string } {
  const [resourceType = uniqueId, packageName = null, ...rest] = uniqueId.split('.');
  const isGenericTest = resourceType === 'test' && rest.length > 1 && /^[0-9a-f]{10}$/.test(rest.at(-1) ?? '');
  const name = (isGenericTest ? rest.slice(0, -1) : rest).join('.');
  return { resourceType, package: packageName, name: name === '' ? uniqueId : name };
}

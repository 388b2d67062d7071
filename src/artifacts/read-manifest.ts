import * as z from 'zod/mini';
import { EVIDENCE_MARK } from './evidence.ts';
import { checkKind, isObject, text } from './fields.ts';
import type { JsonFile } from './json.ts';
import type { Layout } from './json-plan.ts';
import type { Notes } from './json-scanner.ts';
import { KeptEntries } from './kept-entries.ts';
import { hasOwner, type Manifest } from './manifest.ts';
import { type EntryFacts, type ManifestEntries, ManifestEntriesBuilder, SECTIONS } from './manifest-entries.ts';
import {
  ENABLED_NOTE,
  exposureShape,
  groupsByName,
  hasFreshnessRule,
  MATERIALIZED_NOTE,
  NODES_NOTE,
  nodeShape,
  parseExposure,
  parseNode,
} from './manifest-entry.ts';
import { readArtifact, type ReadSettings, type Scan } from './read-artifact.ts';

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

export const manifestLayout: Layout = {
  metadata: 'value',
  groups: 'value',
  ...Object.fromEntries(SECTIONS.map((section) => [section, section === 'exposures' ? exposureShape : nodeShape])),
};

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
    layout: manifestLayout,
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
    ...entries.lineage,
    exposuresBelow(uniqueIds) {
      const below = new Set(entries.entriesBelow(uniqueIds, 'exposures'));
      return below.size === 0 ? [] : exposures().filter((exposure) => below.has(exposure.uniqueId));
    },
    areasBelow(uniqueIds, counted) {
      const areas = [...entries.areasBelow(uniqueIds, counted)];
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

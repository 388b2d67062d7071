import * as z from 'zod/mini';
import { EVIDENCE_MARK } from './evidence.ts';
import { isObject, record, text, texts } from './fields.ts';
import { each, members, type Shape, whole } from './json-plan.ts';
import type { Exposure, Group, ManifestNode, Meta, OwnerFields, TestDetails } from './manifest.ts';
import { partsOf } from './unique-id.ts';

// What is read of one entry of a manifest, in its schema or by hand, and at the end what is therefore kept of it.

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

export function parseNode(uniqueId: string, entry: Readonly<Record<string, unknown>>): ManifestNode {
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

export function parseExposure(uniqueId: string, entry: Readonly<Record<string, unknown>>): Exposure {
  const { name, label, url, owner, depends_on: dependsOn } = exposureSchema.parse(entry);
  return { uniqueId, name: name ?? partsOf(uniqueId).name, label, url, owner, dependsOn: dependsOn.nodes };
}

export function groupsByName(section: unknown): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>();
  if (!isObject(section)) return groups;
  for (const entry of Object.values(section)) {
    const { name, owner } = groupSchema.parse(entry);
    if (name !== null) groups.set(name, { name, owner });
  }
  return groups;
}

/** A rule is a limit with a count: up to dbt 1.8 every source carries limits without one. */
export function hasFreshnessRule(entry: Readonly<Record<string, unknown>>): boolean {
  const config = entry['config'];
  const rules = [entry['freshness'], isObject(config) ? config['freshness'] : null];
  return rules.some(
    (rule) =>
      isObject(rule) &&
      [rule['warn_after'], rule['error_after']].some((limit) => isObject(limit) && typeof limit['count'] === 'number'),
  );
}

// What is kept of a manifest that is scanned: every key that is read of an entry, here or in its schema.
export const NODES_NOTE = 0;
export const MATERIALIZED_NOTE = 1;
export const ENABLED_NOTE = 2;
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
export const nodeShape = members(nodeMembers);
export const exposureShape = members({
  ...allOf(exposureSchema.shape),
  ...nodeMembers,
  depends_on: members({ nodes: whole({ note: NODES_NOTE }) }),
});
function allOf(fields: object): Record<string, Shape> {
  return Object.fromEntries(Object.keys(fields).map((key) => [key, whole()]));
}

/**
 * Makes artifact sets of any size: shaped like those of large projects (three tests per model, columns with
 * descriptions, code of uneven length, a fixed lot of macros), the same for the same seed.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface ArtifactSize {
  readonly models: number;
  /** Share of tests that fail, 0 to 1. */
  readonly failing: number;
  readonly seed?: number;
}

const TESTS_PER_MODEL = 3;
const MODELS_PER_EXPOSURE = 40;
const MACROS = 700;
const PROJECT = 'bench_shop';
const words = ['order', 'client', 'session', 'revenue', 'channel', 'item', 'region', 'device', 'campaign', 'refund'];

/** Writes manifest.json and run_results.json of one `dbt build` into the folder. */
export async function writeArtifacts(
  folder: string,
  size: ArtifactSize,
): Promise<{ manifest: number; runResults: number }> {
  const random = seeded(size.seed ?? 1);
  const models = Array.from({ length: size.models }, (_, index) => model(index, random));
  const tests = models.flatMap((node, index) =>
    Array.from({ length: TESTS_PER_MODEL }, (_, number) => test(node, index, number)),
  );
  const exposures = Array.from({ length: Math.ceil(size.models / MODELS_PER_EXPOSURE) }, (_, index) =>
    exposure(index, size.models, random),
  );
  const metadata = {
    dbt_version: '1.11.16',
    generated_at: '2026-01-02T06:01:00.000000Z',
    invocation_started_at: '2026-01-02T06:00:00.000000Z',
    invocation_id: '00000000-0000-4000-8000-000000000001',
    env: {},
  };
  const manifest = {
    metadata: {
      dbt_schema_version: 'https://schemas.getdbt.com/dbt/manifest/v12.json',
      ...metadata,
      project_name: PROJECT,
      adapter_type: 'duckdb',
    },
    nodes: byId([...models, ...tests]),
    sources: byId([
      {
        unique_id: `source.${PROJECT}.raw.events`,
        resource_type: 'source',
        name: 'events',
        source_name: 'raw',
        package_name: PROJECT,
        freshness: null,
        columns: {},
        meta: {},
        tags: [],
        config: { enabled: true },
      },
    ]),
    macros: byId(Array.from({ length: MACROS }, (_, index) => macro(index, random))),
    docs: {},
    exposures: byId(exposures),
    metrics: {},
    groups: {},
    disabled: {},
    parent_map: Object.fromEntries([...models, ...tests].map((node) => [node.unique_id, node.depends_on.nodes])),
    child_map: {},
    unit_tests: {},
  };
  const runResults = {
    metadata: { dbt_schema_version: 'https://schemas.getdbt.com/dbt/run-results/v6.json', ...metadata },
    results: [
      ...models.map((node) => result(node.unique_id, 'success', null)),
      ...tests.map((node) => testResult(node.unique_id, random() < size.failing)),
    ],
    elapsed_time: 61.5,
    args: { which: 'build' },
  };
  await mkdir(folder, { recursive: true });
  const written = { manifest: pythonJson(manifest), runResults: pythonJson(runResults) };
  await writeFile(join(folder, 'manifest.json'), written.manifest);
  await writeFile(join(folder, 'run_results.json'), written.runResults);
  return { manifest: written.manifest.length, runResults: written.runResults.length };
}

function model(index: number, random: () => number) {
  const name = `${pick(words, random)}_${pick(words, random)}_${index}`;
  const parents =
    index < 20
      ? [`source.${PROJECT}.raw.events`]
      : Array.from({ length: 1 + Math.floor(random() * 3) }, () => `@${Math.floor(random() * index)}`);
  const columns = Array.from(
    { length: 4 + Math.floor(random() * 20) },
    (_, column) => `${pick(words, random)}_${column}`,
  );
  const code = sql(Math.exp(6 + random() * 2.2), random);
  return {
    unique_id: `model.${PROJECT}.${name}`,
    resource_type: 'model',
    name,
    package_name: PROJECT,
    path: `marts/${name}.sql`,
    original_file_path: `models/marts/${name}.sql`,
    fqn: [PROJECT, 'marts', name],
    alias: name,
    checksum: { name: 'sha256', checksum: String(index).padStart(64, '0') },
    config: {
      enabled: true,
      materialized: 'table',
      tags: [],
      meta: { owner: `team-${index % 7}@example.com` },
      group: null,
      severity: null,
      on_schema_change: 'ignore',
      packages: [],
      full_refresh: null,
      persist_docs: {},
      quoting: {},
      column_types: {},
    },
    tags: [],
    description: 'A table of the benchmark. It has a description as people write them.',
    columns: Object.fromEntries(
      columns.map((column) => [
        column,
        {
          name: column,
          description: `The ${column}, "as delivered".`,
          meta: {},
          data_type: null,
          constraints: [],
          quote: null,
          tags: [],
        },
      ]),
    ),
    meta: {},
    group: null,
    raw_code: code,
    compiled_code: code.replaceAll('{{', '"').replaceAll('}}', '"'),
    depends_on: { macros: [], nodes: parents },
    relation_name: `"db"."main"."${name}"`,
  };
}

function test(node: { unique_id: string; name: string }, modelIndex: number, number: number) {
  const kind = ['not_null', 'unique', 'relationships'][number % 3] ?? 'not_null';
  const name = `${kind}_${node.name}_id`;
  return {
    unique_id: `test.${PROJECT}.${name}.${(modelIndex * TESTS_PER_MODEL + number).toString(16).padStart(10, '0')}`,
    resource_type: 'test',
    name,
    package_name: PROJECT,
    path: `${name}.sql`,
    original_file_path: 'models/marts/_marts.yml',
    fqn: [PROJECT, 'marts', name],
    test_metadata: {
      name: kind,
      namespace: null,
      kwargs: { column_name: 'id', model: `{{ get_where_subquery(ref('${node.name}')) }}` },
    },
    column_name: 'id',
    attached_node: node.unique_id,
    file_key_name: `models.${node.name}`,
    config: {
      enabled: true,
      severity: 'ERROR',
      tags: [],
      meta: {},
      materialized: 'test',
      fail_calc: 'count(*)',
      warn_if: '!= 0',
      error_if: '!= 0',
      store_failures: null,
      where: null,
      limit: null,
    },
    tags: [],
    meta: {},
    columns: {},
    description: '',
    raw_code: '{{ test_not_null(**_dbt_generic_test_kwargs) }}',
    compiled_code: `select id from "db"."main"."${node.name}" where id is null`,
    depends_on: { macros: ['macro.dbt.test_not_null', 'macro.dbt.get_where_subquery'], nodes: [node.unique_id] },
  };
}

function macro(index: number, random: () => number) {
  return {
    unique_id: `macro.dbt.helper_${index}`,
    name: `helper_${index}`,
    resource_type: 'macro',
    package_name: 'dbt',
    path: `macros/helper_${index}.sql`,
    macro_sql: sql(900 + random() * 400, random),
    depends_on: { macros: [] },
    arguments: [],
  };
}

function exposure(index: number, models: number, random: () => number) {
  const parents = Array.from({ length: 3 }, () => `@${Math.floor(random() * models)}`);
  return {
    unique_id: `exposure.${PROJECT}.dashboard_${index}`,
    resource_type: 'exposure',
    name: `dashboard_${index}`,
    type: 'dashboard',
    owner: { name: `Team ${index % 7}`, email: `team-${index % 7}@example.com` },
    depends_on: { macros: [], nodes: parents },
  };
}

function result(uniqueId: string, status: string, failures: number | null) {
  const at = '2026-01-02T06:00:01.000000Z';
  return {
    status,
    timing: [
      { name: 'compile', started_at: at, completed_at: at },
      { name: 'execute', started_at: at, completed_at: at },
    ],
    thread_id: 'Thread-1 (worker)',
    execution_time: 0.0412,
    adapter_response: { _message: 'OK', rows_affected: -1 },
    message: failures === null ? null : `Got ${failures} results, configured to fail if != 0`,
    failures,
    unique_id: uniqueId,
    compiled: true,
    compiled_code:
      'select count(*) as failures, count(*) != 0 as should_warn, count(*) != 0 as should_error from ( select id from t where id is null ) dbt_internal_test',
    relation_name: null,
    batch_results: null,
  };
}

function testResult(uniqueId: string, fails: boolean) {
  return fails ? result(uniqueId, 'fail', 12) : result(uniqueId, 'pass', 0);
}

/** Code with the characters that make JSON hard to skip: quotes, braces, backslashes, other alphabets. */
function sql(length: number, random: () => number): string {
  let code = 'with source as (\n';
  while (code.length < length) {
    const column = pick(words, random);
    code += `    select "${column}" as ${column}, '{"a": 1}, {' as odd, 'c:\\\\path\\\\' as path, 'größe 😀' from {{ ref('${column}') }}\n`;
  }
  return `${code})\nselect * from source`;
}

/** `@12` stands for model 12 until all names are known. */
function byId<T extends { unique_id: string }>(nodes: readonly T[]): Record<string, T> {
  return Object.fromEntries(nodes.map((node) => [node.unique_id, node]));
}

/** As Python's json module writes it: spaces after separators, everything outside ASCII escaped. */
function pythonJson(value: { nodes?: Record<string, { unique_id: string; resource_type: string }> } & object): string {
  const models = Object.keys(value.nodes ?? {}).filter((id) => id.startsWith('model.'));
  return JSON.stringify(
    value,
    (_, member: unknown) =>
      typeof member === 'string' && /^@\d+$/.test(member) ? (models[Number(member.slice(1))] ?? member) : member,
    1,
  )
    .replaceAll(/,\n\s*/g, ', ')
    .replaceAll(/\n\s*/g, '')
    .replaceAll(/[\u0080-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function pick(list: readonly string[], random: () => number): string {
  return list[Math.floor(random() * list.length)] ?? '';
}

/** mulberry32: small, fast, the same everywhere. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

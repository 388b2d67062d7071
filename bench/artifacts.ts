/**
 * Makes artifact sets of any size: shaped like those of large projects (three tests per model, columns with
 * descriptions, code of uneven length, a fixed lot of macros), the same for the same seed.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface ArtifactSize {
  readonly models: number;
  /** Share of tests that fail, 0 to 1. */
  readonly failing: number;
  /** One of the first models cannot be built, and dbt skips all that is built from it. */
  readonly broken?: boolean;
  readonly seed?: number;
}

export const TESTS_PER_MODEL = 3;
const MODELS_PER_EXPOSURE = 40;
const MACROS = 700;
const PROJECT = 'bench_shop';
const words = ['order', 'client', 'session', 'revenue', 'channel', 'item', 'region', 'device', 'campaign', 'refund'];

/** Writes manifest.json and run_results.json of one `dbt build` into the folder, entry by entry: files may be of any size. */
export async function writeArtifacts(
  folder: string,
  size: ArtifactSize,
): Promise<{ manifest: number; runResults: number }> {
  await mkdir(folder, { recursive: true });
  const random = seeded(size.seed ?? 1);
  const models: ModelName[] = [];
  const metadata = {
    dbt_version: '1.11.16',
    generated_at: '2026-01-02T06:01:00.000000Z',
    invocation_started_at: '2026-01-02T06:00:00.000000Z',
    invocation_id: '00000000-0000-4000-8000-000000000001',
    env: {},
  };
  const manifest = new PythonJson(join(folder, 'manifest.json'));
  manifest.member('metadata', {
    dbt_schema_version: 'https://schemas.getdbt.com/dbt/manifest/v12.json',
    ...metadata,
    project_name: PROJECT,
    adapter_type: 'duckdb',
  });
  manifest.section('nodes', function* nodes() {
    for (let index = 0; index < size.models; index += 1) {
      const node = model(index, models, random);
      models.push({ unique_id: node.unique_id, name: node.name, parents: node.depends_on.nodes });
      yield node;
    }
    yield* tests(models);
  });
  manifest.section('sources', () => [
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
  ]);
  manifest.section('macros', function* macros() {
    for (let index = 0; index < MACROS; index += 1) yield macro(index, random);
  });
  manifest.member('docs', {});
  manifest.section('exposures', function* exposures() {
    for (let index = 0; index < size.models / MODELS_PER_EXPOSURE; index += 1) yield exposure(index, models, random);
  });
  for (const section of ['metrics', 'groups', 'disabled', 'unit_tests']) manifest.member(section, {});
  const runResults = new PythonJson(join(folder, 'run_results.json'));
  runResults.member('metadata', {
    dbt_schema_version: 'https://schemas.getdbt.com/dbt/run-results/v6.json',
    ...metadata,
  });
  const broken = size.broken === true ? models[BROKEN]?.unique_id : undefined;
  const skipped = broken === undefined ? new Set<string>() : builtFromBroken(models);
  runResults.list('results', function* results() {
    for (const { unique_id: id } of models)
      yield id === broken
        ? { ...result(id, 'error', null), message: 'Database Error in model\n  column "paid_at" does not exist' }
        : result(id, skipped.has(id) ? 'skipped' : 'success', null);
    for (const { unique_id: id, depends_on: on } of tests(models))
      yield on.nodes.some((node) => node === broken || skipped.has(node))
        ? result(id, 'skipped', null)
        : testResult(id, random() < size.failing);
  });
  runResults.member('elapsed_time', 61.5);
  runResults.member('args', { which: 'build' });
  return { manifest: manifest.end(), runResults: runResults.end() };
}

interface ModelName {
  readonly unique_id: string;
  readonly name: string;
  readonly parents: readonly string[];
}

/** By number of the model; whatever it reads stands before it. */
const BROKEN = 25;

function builtFromBroken(models: readonly ModelName[]): ReadonlySet<string> {
  const below = new Set<string>();
  for (const { unique_id: uniqueId, parents } of models)
    if (parents.some((parent) => parent === models[BROKEN]?.unique_id || below.has(parent))) below.add(uniqueId);
  return below;
}

function* tests(models: readonly ModelName[]) {
  for (const [index, node] of models.entries())
    for (let number = 0; number < TESTS_PER_MODEL; number += 1) yield test(node, index, number);
}

function model(index: number, models: readonly ModelName[], random: () => number) {
  const name = `${pick(words, random)}_${pick(words, random)}_${index}`;
  const parents =
    index < 20
      ? [`source.${PROJECT}.raw.events`]
      : Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(models, random).unique_id);
  const columns = Array.from(
    { length: 4 + Math.floor(random() * 20) },
    (_, column) => `${pick(words, random)}_${column}`,
  );
  const code = sql(Math.exp(6 + random() * 2.2), random);
  return {
    database: 'warehouse',
    schema: 'main',
    name,
    resource_type: 'model',
    package_name: PROJECT,
    path: `marts/${name}.sql`,
    original_file_path: `models/marts/${name}.sql`,
    unique_id: `model.${PROJECT}.${name}`,
    fqn: [PROJECT, 'marts', name],
    alias: name,
    checksum: { name: 'sha256', checksum: String(index).padStart(64, '0') },
    config: {
      enabled: true,
      alias: null,
      schema: null,
      database: null,
      tags: ['nightly'],
      meta: { owner: `team-${index % 7}@example.com` },
      group: null,
      materialized: 'table',
      incremental_strategy: null,
      batch_size: null,
      lookback: 1,
      begin: null,
      persist_docs: {},
      'post-hook': [],
      'pre-hook': [],
      quoting: {},
      column_types: {},
      full_refresh: null,
      unique_key: null,
      on_schema_change: 'ignore',
      on_configuration_change: 'apply',
      grants: {},
      packages: [],
      docs: { show: true, node_color: null },
      contract: { enforced: false, alias_types: true },
      event_time: null,
      concurrent_batches: null,
      access: 'protected',
      freshness: null,
    },
    tags: ['nightly'],
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
          config: { meta: {}, tags: [] },
          tags: [],
          granularity: null,
          doc_blocks: [],
        },
      ]),
    ),
    meta: { owner: `team-${index % 7}@example.com` },
    group: null,
    docs: { show: true, node_color: null },
    patch_path: `${PROJECT}://models/marts/_marts.yml`,
    build_path: `target/run/${PROJECT}/models/marts/${name}.sql`,
    unrendered_config: { materialized: 'table', tags: ['nightly'] },
    created_at: 1_771_626_471.029395,
    relation_name: `"db"."main"."${name}"`,
    raw_code: code,
    doc_blocks: [],
    language: 'sql',
    refs: parents.map((parent) => ({ name: parent, package: null, version: null })),
    sources: [],
    metrics: [],
    functions: [],
    depends_on: { macros: [], nodes: parents },
    compiled_path: `target/compiled/${PROJECT}/models/marts/${name}.sql`,
    compiled: true,
    compiled_code: code.replaceAll('{{', '"').replaceAll('}}', '"'),
    extra_ctes_injected: true,
    extra_ctes: [],
    contract: { enforced: false, alias_types: true, checksum: null },
    access: 'protected',
    constraints: [],
    version: null,
    latest_version: null,
    deprecation_date: null,
    primary_key: ['id'],
    time_spine: null,
  };
}

function test(node: ModelName, modelIndex: number, number: number) {
  const kind = ['not_null', 'unique', 'relationships'][number % 3] ?? 'not_null';
  const name = `${kind}_${node.name}_id`;
  return {
    database: 'warehouse',
    schema: 'main_dbt_test__audit',
    name,
    resource_type: 'test',
    package_name: PROJECT,
    path: `${name}.sql`,
    original_file_path: 'models/marts/_marts.yml',
    unique_id: `test.${PROJECT}.${name}.${(modelIndex * TESTS_PER_MODEL + number).toString(16).padStart(10, '0')}`,
    fqn: [PROJECT, 'marts', name],
    alias: name,
    checksum: { name: 'none', checksum: '' },
    config: {
      enabled: true,
      alias: null,
      schema: 'dbt_test__audit',
      database: null,
      tags: [],
      meta: {},
      group: null,
      materialized: 'test',
      severity: 'ERROR',
      store_failures: null,
      store_failures_as: null,
      where: null,
      limit: null,
      fail_calc: 'count(*)',
      warn_if: '!= 0',
      error_if: '!= 0',
    },
    tags: [],
    description: '',
    columns: {},
    meta: {},
    group: null,
    docs: { show: true, node_color: null },
    patch_path: null,
    build_path: `target/run/${PROJECT}/models/marts/_marts.yml/${name}.sql`,
    unrendered_config: {},
    created_at: 1_771_626_471.129726,
    relation_name: null,
    raw_code: `{{ test_${kind}(**_dbt_generic_test_kwargs) }}`,
    doc_blocks: [],
    language: 'sql',
    refs: [{ name: node.name, package: null, version: null }],
    sources: [],
    metrics: [],
    functions: [],
    depends_on: {
      macros: [
        `macro.dbt.test_${kind}`,
        'macro.dbt.get_where_subquery',
        'macro.dbt.get_limit_subquery_sql',
        'macro.dbt.should_store_failures',
        'macro.dbt.statement',
      ],
      nodes: [node.unique_id],
    },
    compiled_path: `target/compiled/${PROJECT}/models/marts/_marts.yml/${name}.sql`,
    compiled: true,
    compiled_code: `\n    \n    \n\nselect\n    id as unique_field,\n    count(*) as n_records\n\nfrom "db"."main"."${node.name}"\nwhere id is not null\ngroup by id\nhaving count(*) > 1\n\n\n`,
    extra_ctes_injected: true,
    extra_ctes: [],
    contract: { enforced: false, alias_types: true, checksum: null },
    column_name: 'id',
    file_key_name: `models.${node.name}`,
    attached_node: node.unique_id,
    test_metadata: {
      name: kind,
      kwargs: { column_name: 'id', model: `{{ get_where_subquery(ref('${node.name}')) }}` },
      namespace: null,
    },
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

function exposure(index: number, models: readonly ModelName[], random: () => number) {
  const parents = Array.from({ length: 3 }, () => pick(models, random).unique_id);
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
      'select\n      count(*) as failures,\n      count(*) != 0 as should_warn,\n      count(*) != 0 as should_error\n    from (\n      \n    \n  \n    \n    \n\nselect id as "id", count(*) as n_records, min(updated_at) as first_seen, max(updated_at) as last_seen\nfrom "db"."main"."table_of_the_benchmark"\nwhere id is null\ngroup by id\nhaving count(*) > 0\n\n\n\n  \n  \n      \n    ) dbt_internal_test',
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

/** Writes one object as Python's json module does: spaces after separators, everything outside ASCII escaped. */
class PythonJson {
  readonly #file: number;
  #pending = '{';
  #written = 0;
  #members = 0;

  constructor(path: string) {
    this.#file = openSync(path, 'w');
  }

  member(name: string, value: unknown): void {
    this.#add(`${this.#members++ === 0 ? '' : ', '}"${name}": ${pythonJson(value)}`);
  }

  /** Entries by their `unique_id`. */
  section(name: string, entries: () => Iterable<{ readonly unique_id: string }>): void {
    this.#all(name, '{}', entries, (entry) => `"${entry.unique_id}": ${pythonJson(entry)}`);
  }

  list(name: string, entries: () => Iterable<object>): void {
    this.#all(name, '[]', entries, pythonJson);
  }

  /** Closes the file and returns its size in bytes. */
  end(): number {
    this.#add('}');
    this.#flush();
    closeSync(this.#file);
    return this.#written;
  }

  #all<T>(name: string, brackets: '{}' | '[]', entries: () => Iterable<T>, toText: (entry: T) => string): void {
    const [open, close] = brackets;
    this.#add(`${this.#members++ === 0 ? '' : ', '}"${name}": ${open}`);
    let separator = '';
    for (const entry of entries()) {
      this.#add(separator + toText(entry));
      separator = ', ';
    }
    this.#add(close ?? '');
  }

  #add(text: string): void {
    this.#pending += text;
    if (this.#pending.length > 1_000_000) this.#flush();
  }

  #flush(): void {
    this.#written += writeSync(this.#file, this.#pending);
    this.#pending = '';
  }
}

function pythonJson(value: unknown): string {
  return JSON.stringify(value, null, 1)
    .replaceAll(/,\n\s*/g, ', ')
    .replaceAll(/\n\s*/g, '')
    .replaceAll(/[\u0080-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function pick<T>(list: readonly T[], random: () => number): T {
  const picked = list[Math.floor(random() * list.length)];
  if (picked === undefined) throw new Error('There is nothing to pick from.');
  return picked;
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

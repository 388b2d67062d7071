import { beforeAll, describe, expect, test } from '@jest/globals';
import { NO_EVIDENCE } from './cases/case.ts';
import { allCases } from './cases/index.ts';
import { isThere, TestProject } from './project.ts';
import { isInstalled } from './venv.ts';
import {
  type ModelColumns,
  problemsOf,
  type Query,
  sentSql,
  type SentSql,
  type Warehouse,
  warehouses,
} from './warehouses.ts';

/** dbt parses the project once for each warehouse. */
const TIMEOUT = 600_000;

const there = isInstalled('.venvs/dialects') && (await isThere('duckdb'));
const run = there ? test : test.skip;

/** Good PostgreSQL that the warehouse would refuse, and what else the check must not let pass. */
const refused: Readonly<Record<Warehouse, readonly string[]>> = {
  snowflake: [
    'select count(*) filter (where id > 1) as n from payments',
    'select distinct on (id) id from payments',
    "select timezone('UTC', now()) as today",
    'select d from generate_series(1, 3) as d',
  ],
  bigquery: [
    'select id::int from payments',
    'select cast(id as text) as id from payments',
    'select id from (values (1)) as v (id)',
    "select cast('2025-01-01' as date) + interval '1 day' as tomorrow",
    // Only an analyzer finds these: types and names.
    'select sum(name) as n from dq_report.tests.hostile',
    'select no_such_column from dq_report.tests.hostile',
    'select case when name = 1 then 1 end as one from dq_report.tests.hostile',
  ],
  redshift: [
    'select id from (values (1)) as v (id)',
    'select distinct on (id) id from payments',
    "select string_agg(id, ',') as ids from payments",
  ],
  databricks: [
    'select cast(id as text) as id from payments',
    'select percentile_cont(0.5) within group (order by id) as median from payments',
    'select d from generate_series(1, 3) as d',
  ],
  spark: [
    'select id::int from payments',
    'select id from payments qualify row_number() over (order by id) = 1',
    "select timezone('UTC', ordered_at) as today from orders",
  ],
};
const refusedByAll = ['select id from payments where', 'select 1; select 2', 'delete from payments'];

/** The text in the arguments of `hostile_argument`. */
const hostileText = 'it\'s "quoted" \\ back';

interface Judged extends Query {
  /** For which dbt sends it; null for what should be refused. */
  readonly test: string | null;
  readonly problem: string | null;
}

describe('without a warehouse', () => {
  let sent: Readonly<Record<Warehouse, SentSql>>;
  let judged: readonly Judged[] = [];

  beforeAll(async () => {
    if (!there) return;
    const columns = await columnsOfModels();
    sent = await sentSql(columns);
    const good = warehouses.flatMap((dialect) =>
      sent[dialect].sent.map(({ test: name, sql }) => ({
        dialect,
        test: name,
        sql,
        literal: name === 'hostile_argument' ? hostileText : null,
      })),
    );
    const bad = warehouses.flatMap((dialect) =>
      [...refused[dialect], ...refusedByAll].map((sql) => ({ dialect, test: null, sql, literal: null })),
    );
    const queries = [...good, ...bad];
    const problems = await problemsOf(queries, columns);
    judged = queries.map((query, index) => ({ ...query, problem: problems[index] ?? null }));
  }, TIMEOUT);

  run.each(warehouses)('%s would be sent SQL of its own by every test', (warehouse) => {
    const { sent: queries, errors } = sent[warehouse];
    const ours = judged.filter(({ dialect, test: name }) => dialect === warehouse && name !== null);
    expect({ errors, bad: ours.filter(({ problem }) => problem !== null) }).toEqual({ errors: [], bad: [] });

    // Or else not everything was looked at.
    const testsWith = (text: string): readonly string[] =>
      queries.filter(({ sql }) => sql.includes(text)).map(({ test: name }) => name);
    const asked = Object.keys(allCases).filter((name) => allCases[name]?.evidence !== NO_EVIDENCE);
    expect(ours.length).toBe(queries.length);
    expect(testsWith('as should_error').toSorted()).toEqual(Object.keys(allCases).toSorted());
    expect(testsWith('/* evidence for dq_report */').toSorted()).toEqual(asked.toSorted());
    expect(testsWith('/* sample keys for dq_report */').length).toBeGreaterThan(asked.length / 2);
  });

  run.each(warehouses)('%s is not taken to understand what it would refuse', (warehouse) => {
    const foreign = judged.filter(({ dialect, test: name }) => dialect === warehouse && name === null);
    expect(foreign.length).toBeGreaterThan(refusedByAll.length);
    expect(foreign.filter(({ problem }) => problem === null)).toEqual([]);
  });
});

async function columnsOfModels(): Promise<ModelColumns> {
  const project = await TestProject.create('duckdb');
  try {
    await project.dbt({ args: ['build', '--exclude-resource-type', 'test'] });
    return await project.rowsOf(
      'select table_schema, table_name, column_name, data_type from information_schema.columns',
    );
  } finally {
    await project.remove();
  }
}

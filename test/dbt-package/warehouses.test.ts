import { beforeAll, describe, expect, test } from '@jest/globals';
import { NO_EVIDENCE } from './cases/case.ts';
import { allCases } from './cases/index.ts';
import { isThere, TestProject } from './project.ts';
import { isInstalled } from './venv.ts';
import { problemsOf, type Query, sentSql, type SentSql, type Warehouse, warehouses } from './warehouses.ts';

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

describe('without a warehouse', () => {
  let sent: Readonly<Record<Warehouse, SentSql>>;
  const problems = new Map<string, string | null>();

  beforeAll(async () => {
    if (!there) return;
    sent = await sentSql();
    const project = await TestProject.create('duckdb');
    try {
      await project.dbt({ args: ['build', '--exclude-resource-type', 'test'] });
      const columns = await project.rowsOf(
        'select table_schema, table_name, column_name, data_type from information_schema.columns',
      );
      const queries: readonly Query[] = warehouses.flatMap((dialect) =>
        [...sent[dialect].sent.map(({ sql }) => sql), ...refused[dialect], ...refusedByAll].map((sql) => ({
          dialect,
          sql,
        })),
      );
      for (const [index, problem] of (await problemsOf(queries, columns)).entries()) {
        const query = queries[index];
        if (query !== undefined) problems.set(keyOf(query), problem);
      }
    } finally {
      await project.remove();
    }
  }, TIMEOUT);

  run.each(warehouses)('%s would be sent SQL of its own by every test', (dialect) => {
    expect(sent[dialect].errors).toEqual([]);
    const bad = sent[dialect].sent.map(({ test: name, sql }) => ({
      test: name,
      problem: problems.get(keyOf({ dialect, sql })),
      sql,
    }));
    expect(bad.filter(({ problem }) => problem !== null)).toEqual([]);

    // Or else not everything was looked at.
    const names = Object.keys(allCases).toSorted();
    const asked = names.filter((name) => allCases[name]?.evidence !== NO_EVIDENCE);
    expect(testsThatSend(sent[dialect], 'as should_error')).toEqual(names);
    expect(testsThatSend(sent[dialect], '/* evidence for dq_report */')).toEqual(asked);
    expect(testsThatSend(sent[dialect], '/* sample keys for dq_report */').length).toBeGreaterThan(asked.length / 2);
  });

  run.each(warehouses)('%s is not served with what it would refuse', (dialect) => {
    const accepted = [...refused[dialect], ...refusedByAll].filter(
      (sql) => problems.get(keyOf({ dialect, sql })) === null,
    );
    expect(accepted).toEqual([]);
  });
});

function keyOf({ dialect, sql }: Query): string {
  return `${dialect}: ${sql}`;
}

function testsThatSend({ sent }: SentSql, text: string): readonly string[] {
  return sent
    .filter(({ sql }) => sql.includes(text))
    .map(({ test: name }) => name)
    .toSorted();
}

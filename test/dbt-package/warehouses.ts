import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { outputFile } from 'fs-extra/esm';
import { copyOfProject, NOW } from './project.ts';
import { runPython } from './venv.ts';

/** Nothing here connects to these: dbt is asked what it would send them. */
export const warehouses = ['snowflake', 'bigquery', 'redshift', 'databricks', 'spark'] as const;

export type Warehouse = (typeof warehouses)[number];

export interface Query {
  readonly dialect: Warehouse;
  readonly sql: string;
  /** A text that must stand in the SQL as the warehouse's literal. */
  readonly literal: string | null;
}

export interface SentSql {
  /** By the name of the test for which dbt sends it. */
  readonly sent: readonly { readonly test: string; readonly sql: string }[];
  readonly errors: readonly string[];
}

/** Schema, table, column, type of DuckDB. */
export type ModelColumns = readonly (readonly string[])[];

/** All SQL that the tests of integration_tests/ send, when each of them finds seven failing units. */
export async function sentSql(columns: ModelColumns): Promise<Readonly<Record<Warehouse, SentSql>>> {
  const folder = await copyOfProject();
  try {
    // Where failures are stored, dbt sends statements of its own around ours, and reads what nothing here can answer.
    const queriesAlone = '{% macro should_store_failures() %}{{ return(false) }}{% endmacro %}';
    await outputFile(join(folder, 'macros/should_store_failures.sql'), queriesAlone);
    const input = { targets: warehouses, vars: { dq_report: { as_of: NOW, sample_keys: 10 } }, columns };
    await runPython('.venvs/dialects', 'sent_sql.py', { args: [folder], input });
    return JSON.parse(await readFile(join(folder, 'sent.json'), 'utf8'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What is wrong with each query, or null. */
export async function problemsOf(
  queries: readonly Query[],
  columns: ModelColumns,
): Promise<readonly (string | null)[]> {
  return JSON.parse(await runPython('.venvs/dialects', 'parse_sql.py', { args: [], input: { queries, columns } }));
}

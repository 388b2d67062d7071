import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as YAML from 'yaml';
import type { Mutation } from './cases/case.ts';

const root = resolve(import.meta.dirname, '../..');

/** The name of a case, when mutant number `index` of its test runs it. */
export function mutantName(name: string, index: number): string {
  return `${name}__mutant_${index}`;
}

/**
 * All mutants of a generic test as generic tests of the integration project itself, so that one run of dbt judges them
 * all: files by path, in place of the test's own cases.
 */
export async function mutantFiles(test: string, mutations: readonly Mutation[]): Promise<Record<string, string>> {
  const cases = `models/${test}/cases.yml`;
  const text = await readFile(join(root, 'integration_tests', cases), 'utf8');
  const sql = await readFile(join(root, 'macros/tests', `${test}.sql`), 'utf8');
  const macros = mutations.map((mutation, index) => [
    `macros/${mutantName(test, index)}.sql`,
    renamed(mutated(sql, mutation), test, mutantName(test, index)),
  ]);
  return { ...Object.fromEntries(macros), [cases]: withMutants(text, test, mutations) };
}

function mutated(sql: string, { what, from, to }: Mutation): string {
  const places = sql.split(from).length - 1;
  if (places !== 1) throw new Error(`Mutation "${what}": its text stands in the test ${places} times, not once.`);
  // A function, because `to` may hold a dollar sign.
  return sql.replace(from, () => to);
}

function renamed(sql: string, test: string, mutant: string): string {
  return sql
    .replace(`{% test ${test}(`, `{% test ${mutant}(`)
    .replaceAll(`__test_${test}(`, `__test_${mutant}(`)
    .replaceAll(`'test_${test}', 'dq_report'`, `'test_${mutant}', 'dq_report_integration_tests'`);
}

/** Every mutant once, as the case that catches it. Lists of tests are found wherever they stand: on models, columns, sources. */
function withMutants(yaml: string, test: string, mutations: readonly Mutation[]): string {
  const copies = (given: unknown): unknown[] => {
    const single = `dq_report.${test}`;
    if (!isRecord(given) || !isRecord(given[single])) return [];
    const { name, ...rest } = given[single];
    return mutations.flatMap(({ caughtBy }, index) =>
      caughtBy === name ? [{ [mutantName(test, index)]: { ...rest, name: mutantName(caughtBy, index) } }] : [],
    );
  };
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (!isRecord(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [
        key,
        key === 'data_tests' && Array.isArray(member) ? member.flatMap(copies) : walk(member),
      ]),
    );
  };
  return YAML.stringify(walk(YAML.parse(yaml, { merge: true })), { aliasDuplicateObjects: false });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

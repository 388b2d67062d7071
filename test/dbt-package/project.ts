import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outputFile } from 'fs-extra/esm';
import { readJsonFile } from '../../src/artifacts/json.ts';
import { noManifest } from '../../src/artifacts/manifest.ts';
import { mergeRun } from '../../src/artifacts/merge-run.ts';
import { parseRunResults } from '../../src/artifacts/run-results.ts';
import type { Case, Refusal } from './cases/case.ts';
import { isInstalled, programOf, root, runPython, type Venv } from './venv.ts';

/** Snowflake is the emulator fakesnow. */
export type Engine = 'duckdb' | 'postgres' | 'snowflake';

const venvs: Readonly<Record<Engine, Venv>> = { duckdb: '.venv', postgres: '.venv', snowflake: '.venvs/dialects' };

/** What the tests of the package take for now, in UTC: a Monday morning. */
export const NOW = '2025-03-10 05:30:00';

/** What dbt wrote about one test, and the rows that its SQL returns. */
export interface TestResult {
  readonly status: string;
  readonly failures: number | null;
  readonly message: string | null;
  readonly sql: string;
  /** Sorted, each a list of its values as text; the columns come first. */
  readonly rows: readonly (readonly string[])[];
}

export interface Invocation {
  readonly args: readonly string[];
  /** Settings of the package besides `as_of`; all of `--vars`, if it is a text. */
  readonly vars?: Readonly<Record<string, unknown>> | string;
  /** `dbt`: dbt's own tests; left out, dq_report answers for them. */
  readonly testsFrom?: 'dbt';
}

/** A copy of integration_tests/ with a database of its own. */
export class TestProject {
  readonly #folder: string;
  readonly #engine: Engine;
  readonly #venv: Venv;
  readonly #database: string;

  private constructor(folder: string, engine: Engine, venv: Venv) {
    this.#folder = folder;
    this.#engine = engine;
    this.#venv = venv;
    this.#database = `dq_report_tests_${process.pid}`;
  }

  static async create(
    engine: Engine,
    files: Readonly<Record<string, string>> = {},
    venv = venvs[engine],
  ): Promise<TestProject> {
    const folder = await copyOfProject();
    for (const [path, text] of Object.entries(files)) await outputFile(join(folder, path), text);
    const project = new TestProject(folder, engine, venv);
    await project.#python('create', { statements: [] });
    // Sources are there before dbt builds anything.
    const payments = 'create table raw.payments as select 1 as id union all select 1 union all select 2';
    await project.#python('run', { statements: ['create schema raw', payments] });
    return project;
  }

  async remove(): Promise<void> {
    await this.#python('drop', { statements: [] });
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Tests that fail make dbt end with 1; 2 means that it could not even start to work. */
  async dbt({ args, vars = {}, testsFrom }: Invocation): Promise<{ code: number; log: string }> {
    const words = [
      ...args,
      '--no-use-colors',
      '--target',
      this.#engine,
      '--vars',
      typeof vars === 'string' ? vars : JSON.stringify({ dq_report: { as_of: NOW, ...vars } }),
    ];
    await rm(join(this.#folder, 'logs'), { recursive: true, force: true });
    const env = { ...this.#variables(), ...(testsFrom === undefined ? {} : { DBT_TESTS_FROM: testsFrom }) };
    const options = { cwd: this.#folder, env };
    const [code, output] = await new Promise<[number | null, string]>((done, failed) => {
      const dbt =
        this.#engine === 'snowflake'
          ? spawn(programOf(this.#venv, 'python'), [join(import.meta.dirname, 'emulated_dbt.py'), ...words], options)
          : spawn(programOf(this.#venv, 'dbt'), words, options);
      let text = '';
      for (const stream of [dbt.stdout, dbt.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
      dbt.on('error', failed);
      dbt.on('close', (status) => done([status, text]));
    });
    if (code !== 0 && code !== 1) throw new Error(`dbt ${words.join(' ')} ended with ${code}:\n${output}`);
    return { code, log: await readFile(join(this.#folder, 'logs', 'dbt.log'), 'utf8') };
  }

  path(name: string): string {
    return join(this.#folder, 'target', name);
  }

  /** The tests of the last invocation by name, with the rows that fail. */
  async results(): Promise<ReadonlyMap<string, TestResult>> {
    const { results }: { results: readonly RawResult[] } = JSON.parse(
      await readFile(this.path('run_results.json'), 'utf8'),
    );
    const tests = results.filter(({ unique_id: uniqueId }) => uniqueId.startsWith('test.'));
    const rows = await this.#python('select', { statements: tests.map((test) => test.compiled_code ?? 'select 1') });
    return new Map(
      tests.map(({ unique_id: uniqueId, status, failures, message, compiled_code: sql }, index) => [
        uniqueId.split('.')[2] ?? '',
        { status, failures, message, sql: sql ?? '', rows: rows[index] ?? [] },
      ]),
    );
  }

  /** What each test of the last invocation measured, by name. */
  async evidence(): Promise<ReadonlyMap<string, Case['evidence']>> {
    const file = parseRunResults(await readJsonFile(this.path('run_results.json')));
    const { results } = mergeRun({ runResults: [file], sources: null, manifest: noManifest, environment: null });
    return new Map(results.map(({ uniqueId, evidence }) => [uniqueId.split('.')[2] ?? '', evidence]));
  }

  /** Sorted rows of a query, each a list of its values as text. */
  async rowsOf(query: string): Promise<readonly (readonly string[])[]> {
    const [rows = []] = await this.#python('select', { statements: [query] });
    return rows.slice(1);
  }

  async #python(action: string, input: unknown): Promise<readonly (readonly (readonly string[])[])[]> {
    const env = this.#variables();
    return JSON.parse(await runPython(this.#venv, 'database.py', { args: [this.#engine, action], input, env }));
  }

  #variables(): Record<string, string> {
    return {
      PATH: process.env['PATH'] ?? '',
      DBT_PROFILES_DIR: this.#folder,
      DUCKDB_PATH: join(this.#folder, 'package.duckdb'),
      SNOWFLAKE_PATH: join(this.#folder, 'snowflake'),
      POSTGRES_DATABASE: this.#database,
    };
  }
}

interface RawResult {
  readonly unique_id: string;
  readonly status: string;
  readonly failures: number | null;
  readonly message: string | null;
  readonly compiled_code: string | null;
}

/** What the tests of a project said, in the form of their cases. */
export async function toldBy(project: TestProject): Promise<Record<string, Saying>> {
  const evidence = await project.evidence();
  return Object.fromEntries(
    [...(await project.results())].map(([name, { status, failures, rows }]) => [
      name,
      sayings({
        status,
        failures,
        rows: rows
          .slice(1)
          .map(([key = '']) => key)
          .toSorted((a, b) => (a < b ? -1 : 1)),
        evidence: evidence.get(name) ?? null,
      }),
    ]),
  );
}

/** A case with what it leaves out, always in the same order. */
export function sayings({ status, failures, rows, evidence }: Saying): Saying {
  if (evidence === null) return { status, failures, rows, evidence };
  const { unit, checked, failed, measure = null, samples = [], periods = null, reasons = [], detail = null } = evidence;
  const named = measure === null ? null : { name: measure.name, checked: measure.checked, failed: measure.failed };
  const span = periods === null ? null : { first: periods.first, last: periods.last, failed: periods.failed };
  const told = {
    unit,
    checked,
    failed,
    measure: named,
    samples,
    periods: span,
    reasons,
    detail: detail && plainNumbers(detail),
  };
  return { status, failures, rows, evidence: told };
}

/** Warehouses write 12.00, 12.0 or 12 of the same amount. */
function plainNumbers(text: string): string {
  return text.replaceAll(/(?:\.0+|(\.\d*[1-9])0+)(?!\d)/g, '$1');
}

export interface Saying {
  readonly status: string;
  readonly failures: number | null;
  readonly rows: readonly string[];
  readonly evidence: Case['evidence'];
}

/** What dbt says of each test's arguments; null where it has no objection. */
export async function refusalsOf(
  refusals: readonly (Refusal & { test: string })[],
): Promise<readonly (string | null)[]> {
  const folder = await mkdtemp(join(tmpdir(), 'dq-report-refusals-'));
  try {
    await cp(join(root, 'integration_tests', 'profiles.yml'), join(folder, 'profiles.yml'));
    const project = { name: 'refusals', version: '1.0.0', profile: 'dq_report_integration_tests' };
    await outputFile(join(folder, 'dbt_project.yml'), JSON.stringify(project));
    await installPackage(folder);
    await outputFile(join(folder, 'models', 'nothing.sql'), 'select 1 as id');
    await runPython('.venv', 'refusals.py', { args: [folder], input: refusals });
    return JSON.parse(await readFile(join(folder, 'messages.json'), 'utf8'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A copy of integration_tests/ in a folder of its own. */
export async function copyOfProject(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dq-report-package-'));
  for (const name of ['dbt_project.yml', 'profiles.yml', 'models', 'seeds', 'snapshots'])
    await cp(join(root, 'integration_tests', name), join(folder, name), { recursive: true });
  await installPackage(folder);
  return folder;
}

/** What `dbt deps` would do. */
async function installPackage(folder: string): Promise<void> {
  await outputFile(join(folder, 'packages.yml'), `packages:\n  - local: ${JSON.stringify(root)}\n`);
  await mkdir(join(folder, 'dbt_packages'));
  await symlink(root, join(folder, 'dbt_packages', 'dq_report'));
}

export async function isThere(engine: Engine): Promise<boolean> {
  const venv = venvs[engine];
  if (engine !== 'postgres') return isInstalled(venv);
  return (
    isInstalled(venv) &&
    runPython(venv, 'database.py', { args: [engine, 'is-there'] }).then(
      () => true,
      () => false,
    )
  );
}

/** How often the log says that the warehouse was asked for evidence. */
export function evidenceQueriesIn(log: string): number {
  return log.split('/* evidence for dq_report */').length - 1;
}

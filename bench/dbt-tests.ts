/**
 * Every generic test of the package beside the SQL that one would write by hand, on the same ten million rows, once where
 * nothing is wrong and once where something is: `node bench/dbt-tests.ts [--rows N] [--rounds N] [--only TEST]`. Needs the Python set-up
 * of `npm test`. Times are dbt's own, per test, with all it does for it; the ratios are taken round by round.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { median } from './median.ts';

const root = resolve(import.meta.dirname, '..');
const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '10000000' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', multiple: true, default: [] },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'dq-report-bench-'));
const project = join(folder, 'project');
const environment = {
  PATH: process.env['PATH'],
  DUCKDB_PATH: join(folder, 'tables.duckdb'),
  DBT_PROFILES_DIR: project,
};

try {
  cpSync(join(root, 'bench', 'dbt-tests'), project, { recursive: true });
  mkdirSync(join(project, 'models'));
  writeFileSync(join(project, 'models', 'sources.yml'), sources(readFileSync(join(project, 'tables.yml'), 'utf8')));
  mkdirSync(join(project, 'dbt_packages'));
  symlinkSync(root, join(project, 'dbt_packages', 'dq_report'));
  run('python', [join(project, 'tables.py'), environment.DUCKDB_PATH, values.rows]);
  const rounds = Array.from({ length: Number(values.rounds) }, () => measure());
  const scanned = rowsScanned();
  console.log(`${Number(values.rows).toLocaleString('en')} rows, ${values.rounds} rounds, DuckDB.\n`);
  console.log('| test | passing | by hand | rows read | failing | by hand | rows read |');
  console.log('| --- | --- | --- | --- | --- | --- | --- |');
  for (const test of testsOf(rounds[0])) {
    const cells = ['clean', 'faulty'].flatMap((tables) => {
      const names = [`${tables}_${test}`, `${tables}_plain_${test}`] as const;
      const ratios = rounds.map((round) => (round.get(names[0]) ?? Number.NaN) / (round.get(names[1]) ?? Number.NaN));
      const [ours = 0, plain = 0] = names.map((name) => scanned.get(name));
      const byHand = median(rounds.map((round) => (round.get(names[1]) ?? Number.NaN) * 1000));
      const read = plain === 0 ? '' : `${(ours / plain).toFixed(2)} ×`;
      return [`${median(ratios).toFixed(2)} ×`, `${byHand.toFixed(0)} ms`, read];
    });
    console.log(`| \`${test}\` | ${cells.join(' | ')} |`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function sources(tables: string): string {
  const both = ['clean', 'faulty'].map((name) => tables.replaceAll('TABLES', name).replaceAll(/^(?=.)/gm, '      '));
  return `sources:\n  - name: bench\n    schema: bench\n    tables:\n${both.join('')}`;
}

/** One run of dbt: seconds by name of the test. */
function measure(): ReadonlyMap<string, number> {
  // That tests fail is what half of them are for.
  run(
    'dbt',
    ['--quiet', 'test', '--project-dir', project, '--log-level-file', 'debug', '--log-format-file', 'json'],
    1,
  );
  const { results }: { results: readonly { unique_id: string; execution_time: number; status: string }[] } = JSON.parse(
    readFileSync(join(project, 'target', 'run_results.json'), 'utf8'),
  );
  for (const { unique_id: uniqueId, status } of results) {
    const name = nameOf(uniqueId);
    const expected = name.startsWith('clean') || name.endsWith('columns_match') ? 'pass' : 'fail';
    if (expected !== status) throw new Error(`${name} should ${expected}, but dbt says ${status}.`);
  }
  return new Map(results.map(({ unique_id: uniqueId, execution_time: seconds }) => [nameOf(uniqueId), seconds]));
}

/** Rows that DuckDB reads from tables in all queries of a test, as its profiler counts them. */
function rowsScanned(): ReadonlyMap<string, number> {
  const output = run('python', [
    join(project, 'rows_scanned.py'),
    environment.DUCKDB_PATH,
    join(project, 'logs', 'dbt.log'),
  ]);
  return new Map(Object.entries(JSON.parse(output)).map(([uniqueId, rows]) => [nameOf(uniqueId), Number(rows)]));
}

function testsOf(round: ReadonlyMap<string, number> | undefined): readonly string[] {
  return [...(round?.keys() ?? [])]
    .filter((name) => name.startsWith('clean_') && !name.startsWith('clean_plain_'))
    .map((name) => name.replace('clean_', ''))
    .toSorted();
}

function nameOf(uniqueId: string): string {
  return uniqueId.split('.')[2] ?? '';
}

function run(program: string, args: readonly string[], worstStatus = 0): string {
  const { status, stdout, stderr, error } = spawnSync(join(root, '.venv', 'bin', program), args, {
    cwd: folder,
    env: environment,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  if (error !== undefined || status === null || status > worstStatus)
    throw new Error(`${program} ended with ${status}: ${error?.message ?? ''}\n${stdout}\n${stderr}`);
  return stdout;
}

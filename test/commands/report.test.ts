import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { outputFile, outputJson } from 'fs-extra/esm';
import { dqReport } from '../cli.ts';
import { columnTest, manifestJson, type Project, runResultsJson } from '../project.ts';

let root: string;
const shop: Project = {
  'model.orders': {},
  'test.unique_orders_id': columnTest('unique', 'model.orders', 'id'),
  'test.not_null_orders_id': columnTest('not_null', 'model.orders', 'id'),
};
const failing = {
  'model.orders': 'success',
  'test.unique_orders_id': { status: 'fail', failures: 3 },
  'test.not_null_orders_id': 'pass',
};
const warning = { ...failing, 'test.unique_orders_id': { status: 'warn', failures: 3 } };
const passing = { ...failing, 'test.unique_orders_id': 'pass' };

/** A dbt project in a folder of its own, with artifacts of one build if results are given. */
async function project(
  name: string,
  results?: Parameters<typeof runResultsJson>[0],
  target = 'target',
): Promise<string> {
  const folder = join(root, name);
  await outputFile(
    join(folder, 'dbt_project.yml'),
    `name: shop\n${target === 'target' ? '' : `target-path: ${target}\n`}`,
  );
  if (results !== undefined) {
    await outputJson(join(folder, target, 'run_results.json'), runResultsJson(results));
    await outputJson(join(folder, target, 'manifest.json'), manifestJson(shop));
  }
  return folder;
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'dq-report-cli-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe('the exit code', () => {
  test.each([
    ['passing', passing, [], 0],
    ['warning', warning, [], 0],
    ['failing', failing, [], 1],
    ['warning', warning, ['--fail-on', 'warning'], 1],
    ['failing', failing, ['--fail-on', 'never'], 0],
  ])('of a run that is %s, %#', async (name, results, flags, exit) => {
    const cwd = await project(`exit-${name}`, results);
    expect(await dqReport(flags, { cwd })).toMatchObject({ exit, stderr: '' });
  });

  test.each([
    [
      'skipped nodes that nothing explains',
      { 'model.orders': 'skipped' },
      {},
      'Skipped by dbt, and nothing in the artifacts says why: orders',
    ],
    [
      'a run that was stopped before its end',
      { 'model.orders': 'success' },
      { select: [], exclude: [] },
      'dbt was to build everything, but 2 of 3 nodes have no result',
    ],
  ])('is 1 for %s: that is not health', async (name, results, args, note) => {
    const cwd = await project(`incomplete ${name}`, results);
    await outputJson(join(cwd, 'target/run_results.json'), {
      ...runResultsJson(results),
      args: { which: 'build', ...args },
    });
    const { exit, stdout } = await dqReport([], { cwd, columns: 200 });
    expect(exit).toBe(1);
    expect(stdout).toContain(note);
    expect(stdout).not.toContain('Nothing is wrong');
  });

  test('is 1 for a mere warning that kept revenue from being built', async () => {
    const nested: Project = {
      ...shop,
      'test.unique_orders_id': columnTest('unique', 'model.orders', 'id', {
        meta: { dq_report: { severity: 'warning' } },
      }),
      'model.revenue': { reads: ['model.orders'], config: { meta: { dq_report: { category: 'business_critical' } } } },
    };
    const cwd = await project('critical-below', { ...failing, 'model.revenue': 'skipped' });
    await outputJson(join(cwd, 'target/manifest.json'), manifestJson(nested));
    expect(await dqReport([], { cwd })).toMatchObject({ exit: 1 });
    await outputJson(join(cwd, 'target/run_results.json'), runResultsJson(failing));
    expect(await dqReport([], { cwd })).toMatchObject({ exit: 0 });
  });

  test('of a run with a selection says nothing about what was not selected', async () => {
    const cwd = await project('selected', { 'model.orders': 'success' });
    await outputJson(join(cwd, 'target/run_results.json'), {
      ...runResultsJson({ 'model.orders': 'success' }),
      args: { which: 'build', select: ['orders'], exclude: [] },
    });
    expect(await dqReport([], { cwd })).toMatchObject({ exit: 0 });
  });

  test('follows the flag before the variable before the file', async () => {
    const cwd = await project('precedence', warning);
    await outputFile(join(cwd, 'dq-report.yml'), 'fail_on: warning\n');
    expect((await dqReport([], { cwd })).exit).toBe(1);
    expect((await dqReport([], { cwd, env: { DQ_REPORT_FAIL_ON: 'never' } })).exit).toBe(0);
    expect((await dqReport(['--fail-on', 'warning'], { cwd, env: { DQ_REPORT_FAIL_ON: 'never' } })).exit).toBe(1);
  });
});

describe('the artifacts are found', () => {
  test('from a folder inside the project', async () => {
    const cwd = await project('inside', failing);
    await outputFile(join(cwd, 'models/marts/x.sql'), '');
    expect((await dqReport([], { cwd: join(cwd, 'models/marts') })).stdout).toContain('unique id on orders');
  });

  test("in the project's own target-path", async () => {
    const cwd = await project('own-target', failing, 'build/out');
    expect((await dqReport([], { cwd })).exit).toBe(1);
  });

  test.each([
    ['--target-path', ['--target-path', 'elsewhere'], {}],
    ['DQ_REPORT_TARGET_PATH', [], { DQ_REPORT_TARGET_PATH: 'elsewhere' }],
    ['DBT_ENGINE_TARGET_PATH', [], { DBT_ENGINE_TARGET_PATH: 'elsewhere', DBT_TARGET_PATH: 'nowhere' }],
    ['DBT_TARGET_PATH', [], { DBT_TARGET_PATH: 'elsewhere' }],
  ])('where %s says', async (_, flags, env) => {
    const cwd = await project('by-flag', passing);
    await outputJson(join(cwd, 'elsewhere', 'run_results.json'), runResultsJson(failing));
    await outputJson(join(cwd, 'elsewhere', 'manifest.json'), manifestJson(shop));
    expect((await dqReport(flags, { cwd, env })).exit).toBe(1);
  });

  test('by name, without a project around them', async () => {
    const cwd = await project('named', failing);
    const { exit, stdout } = await dqReport(['--run-results', join(cwd, 'target/run_results.json')], { cwd: root });
    expect(exit).toBe(1);
    expect(stdout).toContain('unique id on orders');
  });
});

describe('a mistake is answered by a sentence and exit code 2:', () => {
  test.each([
    ['a folder that is no dbt project', [], 'There is no dbt_project.yml in', 'name it with --project-dir'],
    ['an unknown flag', ['--formt', 'json'], "unknown option '--formt'", 'Did you mean --format?'],
    [
      'an unknown format',
      ['--format', 'xml'],
      '--format does not know `xml`',
      'It takes one of: text, json, markdown, junit.',
    ],
    ['an unknown limit', ['--fail-on', 'critical!'], '--fail-on does not know `critical!`', 'error, warning, never'],
    ['an unknown command', ['reprot'], 'There is no command `reprot`.', 'Did you mean `report`?'],
    ['an unknown command of a group', ['incidents', 'close'], 'There is no command `incidents close`.', 'list, show'],
    ['a word too many', ['report', 'extra'], 'too many arguments', '`dq-report report --help`'],
    ['an argument that is missing', ['deliveries', 'retry'], "argument 'id'", '`dq-report deliveries retry --help`'],
    ['a run_results.json that is not there', ['--run-results', 'nope.json'], 'There is no file', 'run dbt first'],
    ['a project that is none', ['--project-dir', '.'], 'is not a dbt project', 'dbt_project.yml'],
  ])('%s', async (_, flags, what, next) => {
    const { exit, stdout, stderr } = await dqReport(flags, { cwd: root });
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toContain(what);
    expect(stderr).toContain(next);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test('a project without artifacts', async () => {
    const cwd = await project('no-artifacts');
    expect(await dqReport([], { cwd })).toEqual({
      exit: 2,
      stdout: '',
      stderr: `There is no run_results.json in ${join(cwd, 'target')}.\n  Run \`dbt build\` first, which writes it. If dbt writes its artifacts elsewhere, say where with --target-path.\n`,
    });
  });

  test('a broken configuration, with all that is wrong in it', async () => {
    const cwd = await project('broken-config', failing);
    await outputFile(join(cwd, 'dq-report.yml'), 'fail_on: errors\nenviroment: prod\n');
    const { exit, stderr } = await dqReport([], { cwd });
    expect(exit).toBe(2);
    expect(stderr).toContain('dq-report.yml:1:10');
    expect(stderr).toContain('Did you mean `environment`?');
  });

  test('artifacts of docs generate, which tests nothing', async () => {
    const cwd = await project('docs');
    await outputJson(join(cwd, 'target/run_results.json'), runResultsJson(passing, 'generate'));
    const { exit, stderr } = await dqReport([], { cwd });
    expect(exit).toBe(2);
    expect(stderr).toContain('was written by `dbt docs generate`');
  });

  test('a report that cannot replace the one before, which then stays whole', async () => {
    const cwd = await project('kept-report', failing);
    await outputFile(join(cwd, 'report/kept.txt'), 'the report before');
    // A folder is in the way.
    expect(await dqReport(['--output', 'report'], { cwd })).toMatchObject({ exit: 2 });
    expect(await readFile(join(cwd, 'report/kept.txt'), 'utf8')).toBe('the report before');
    expect(await readdir(cwd)).toEqual(['dbt_project.yml', 'report', 'target']);
  });

  test('a report that cannot be written', async () => {
    const cwd = await project('unwritable', failing);
    const { exit, stderr } = await dqReport(['--output', join(cwd, 'dbt_project.yml/report.txt')], { cwd });
    expect(exit).toBe(2);
    expect(stderr).toContain('could not be written');
  });

  test.each([
    ['no_project', []],
    ['usage', ['--formt', 'json']],
    ['usage', ['--format', 'xml']],
  ])('as JSON lines with --log-format json: %s %j', async (code, flags) => {
    const { stderr } = await dqReport(['--log-format', 'json', ...flags], { cwd: root });
    expect(JSON.parse(stderr)).toMatchObject({ level: 'error', code });
  });
});

describe('the report goes', () => {
  test('to the terminal, in its width and with colours unless they are unwanted', async () => {
    const cwd = await project('terminal', failing);
    const coloured = (await dqReport([], { cwd, isTTY: true, columns: 60 })).stdout;
    expect(coloured).toContain('\u001b[');
    for (const surroundings of [
      { isTTY: false },
      { isTTY: true, env: { NO_COLOR: '1' } },
      { isTTY: true, env: { TERM: 'dumb' } },
    ]) {
      expect((await dqReport([], { cwd, ...surroundings })).stdout).not.toContain('\u001b[');
    }
    expect((await dqReport(['--no-use-colors'], { cwd, isTTY: true })).stdout).not.toContain('\u001b[');
    expect((await dqReport([], { cwd, env: { FORCE_COLOR: '1' } })).stdout).toContain('\u001b[');
  });

  test('to a file with --output, in folders that need not be there', async () => {
    const cwd = await project('to-file', failing);
    expect(await dqReport(['--output', 'out/today/report.md', '--format', 'markdown'], { cwd })).toEqual({
      exit: 1,
      stdout: '',
      stderr: '',
    });
    expect(await readFile(join(cwd, 'out/today/report.md'), 'utf8')).toContain('orders');
  });

  test('nowhere with --quiet, but a format asked for by name is still written', async () => {
    const cwd = await project('quiet', failing);
    expect(await dqReport(['--quiet'], { cwd })).toEqual({ exit: 1, stdout: '', stderr: '' });
    expect((await dqReport([], { cwd, env: { DBT_QUIET: '1' } })).stdout).toBe('');
    expect(JSON.parse((await dqReport(['--quiet', '--format', 'json'], { cwd })).stdout)).toMatchObject({
      schema_version: 1,
    });
  });
});

test('--help and --version answer on stdout and end with 0', async () => {
  const help = await dqReport(['--help']);
  expect(help).toMatchObject({ exit: 0, stderr: '' });
  for (const word of ['--target-path', '--fail-on', 'Exit codes']) expect(help.stdout).toContain(word);
  expect(await dqReport(['--version'])).toEqual({ exit: 0, stdout: '0.0.0\n', stderr: '' });
});

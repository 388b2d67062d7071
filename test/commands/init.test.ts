import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { outputFile, outputJson } from 'fs-extra/esm';
import { parseConfig } from '../../src/config/read-config.ts';
import { dqReport } from '../cli.ts';
import { manifestJson, type Project, runResultsJson } from '../project.ts';
import { someIntegrations } from '../receivers-table.ts';

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'dq-report-init-'));
  await writeFile(join(cwd, 'dbt_project.yml'), 'name: shop\n');
});
afterEach(() => rm(cwd, { recursive: true }));

const shop: Project = {
  'group.finance': { owner: { name: 'Finance', email: 'finance@shop.example' } },
  'group.nasty': { name: 'it\'s "here"\nroute: {}', owner: { name: 'x\n# y' } },
  'model.orders': { meta: { owner: 'Ana Lima' } },
  'model.clients': { meta: { owner: 'Ana Lima' } },
  'exposure.sales': { label: 'Weekly sales', owner: { name: 'Bo', email: 'bo@shop.example' }, reads: ['model.orders'] },
};

const written = (): Promise<string> => readFile(join(cwd, 'dq-report.yml'), 'utf8');

/** What a reader gets who takes every `# ` away. */
const switchedOn = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !/^# (?:dq-report's|[A-Z`])/.test(line))
    .map((line) => line.replace(/^# /, ''))
    .join('\n');

describe('init', () => {
  test('writes the names of the project into comments, and changes nothing by that', async () => {
    await outputJson(join(cwd, 'target/manifest.json'), manifestJson(shop));
    await outputJson(join(cwd, 'target/run_results.json'), {
      ...runResultsJson({}),
      args: { which: 'build', target: 'prod' },
    });
    expect(await dqReport(['init'], { cwd })).toMatchObject({ exit: 0, stderr: '' });
    const text = await written();
    expect((await parseConfig(text, 'dq-report.yml')).file).toEqual({ fail_on: 'error' });
    expect(text).toContain("# dq-report's configuration for shop.");
    expect(text).toContain('# environment: prod\n');
    expect(text).toContain('#   default: Ana Lima\n');
    expect(text).toContain('## Exposures: Weekly sales (Bo <bo@shop.example>)\n');
    expect(text).toContain('## Groups: finance (Finance <finance@shop.example>), ');
    expect(text).toContain('#     - matchers: [\'group="finance"\']\n#       receiver: group finance\n');
  });

  test('what stands in the comments is valid too, whatever the names', async () => {
    await outputJson(join(cwd, 'target/manifest.json'), manifestJson(shop));
    await dqReport(['init'], { cwd });
    const { file } = await parseConfig(switchedOn(await written()), 'dq-report.yml', someIntegrations);
    expect(Object.keys(file)).toEqual(
      expect.arrayContaining(['environment', 'owners', 'rules', 'receivers', 'route', 'time_intervals', 'links']),
    );
    expect(file.route?.routes).toHaveLength(4);
  });

  test('works before dbt has run, and says what is missing', async () => {
    const { exit, stdout } = await dqReport(['init'], { cwd });
    expect(exit).toBe(0);
    expect(stdout).toContain(`Wrote ${join(cwd, 'dq-report.yml')}.`);
    expect(stdout).toContain('There is no manifest.json');
    await parseConfig(switchedOn(await written()), 'dq-report.yml', someIntegrations);
  });

  test('refuses a folder that is no dbt project', async () => {
    await rm(join(cwd, 'dbt_project.yml'));
    expect(await dqReport(['init'], { cwd })).toEqual({
      exit: 2,
      stdout: '',
      stderr: `There is no dbt_project.yml in ${cwd} or any folder above it.\n  Go to your dbt project, or name it with --project-dir.\n`,
    });
    const named = await dqReport(['init', '--project-dir', cwd], { cwd: tmpdir() });
    expect(named).toMatchObject({ exit: 2, stderr: expect.stringContaining(`${cwd} is not a dbt project`) });
    expect(await readdir(cwd)).toEqual([]);
  });

  test.each(['dq-report.yml', 'dq-report.yaml'])('never overwrites %s', async (name) => {
    await outputFile(join(cwd, name), 'fail_on: never\n');
    const { exit, stderr } = await dqReport(['init'], { cwd });
    expect(exit).toBe(2);
    expect(stderr).toContain(`${name} is there already, and is not overwritten.`);
    expect(await readFile(join(cwd, name), 'utf8')).toBe('fail_on: never\n');
  });

  test('its file is taken by check-config', async () => {
    await dqReport(['init'], { cwd });
    expect(await dqReport(['check-config'], { cwd })).toMatchObject({ exit: 0, stderr: '' });
  });
});

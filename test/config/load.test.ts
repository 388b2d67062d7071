import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ensureDir, outputFile } from 'fs-extra/esm';
import { loadConfig } from '../../src/config/load.ts';
import { explain } from '../../src/causes/explain.ts';
import { classify } from '../../src/findings/classify.ts';
import { aRun, columnTest, type Project } from '../project.ts';

let repository: string;
let project: string;
beforeEach(async () => {
  repository = await mkdtemp(join(tmpdir(), 'dq-report-config-'));
  project = join(repository, 'analytics/dbt');
  await ensureDir(join(repository, '.git'));
  await ensureDir(project);
});
afterEach(() => rm(repository, { recursive: true, force: true }));

const shop: Project = {
  'model.fct_orders': {},
  'test.unique_fct_orders_id': columnTest('unique', 'model.fct_orders', 'id'),
};
const run = aRun(shop, { 'model.fct_orders': 'success', 'test.unique_fct_orders_id': { status: 'warn', failures: 2 } });

test('without a file everything is at its default', async () => {
  expect(await loadConfig(null, project)).toMatchObject({
    environment: null,
    failOn: null,
    rules: { ranking: [], defaultOwner: null },
  });
});

test.each(['dq-report.yml', 'dq-report.yaml'])('%s of the project is read', async (name) => {
  await outputFile(join(project, name), 'environment: prod\nfail_on: never\n');
  expect(await loadConfig(null, project)).toMatchObject({ environment: 'prod', failOn: 'never' });
});

test('a file named goes before that of the project, and must be there', async () => {
  await outputFile(join(project, 'dq-report.yml'), 'environment: prod\n');
  await outputFile(join(repository, 'other.yml'), 'environment: staging\n');
  expect(await loadConfig(join(repository, 'other.yml'), project)).toMatchObject({ environment: 'staging' });
  await expect(loadConfig(join(repository, 'none.yml'), project)).rejects.toThrow('There is no configuration file');
});

test('the first rule that matches and says something decides category and severity', async () => {
  await outputFile(
    join(project, 'dq-report.yml'),
    [
      'rules:',
      '  - match: { model: dim_* }',
      '    severity: error',
      '  - match: { model: fct_* }',
      '    category: business_critical',
      '  - match: { test: unique }',
      '    category: freshness',
      '    severity: critical',
      '',
    ].join('\n'),
  );
  const { rules } = await loadConfig(null, project);
  expect(classify(run, rules)).toMatchObject([{ category: 'business_critical', severity: 'critical' }]);
});

describe('an owner comes', () => {
  test('from the default of the file, with that reason', async () => {
    await outputFile(join(project, 'dq-report.yml'), 'owners: { default: { name: Data team } }\n');
    const { rules } = await loadConfig(null, project);
    expect(explain(classify(run, rules), run).causes[0]?.finding.owner).toEqual({
      name: 'Data team',
      email: null,
      slack: null,
      reason: 'default owner of the configuration',
    });
  });

  test('from CODEOWNERS of the repository around the project before the default, unless that is switched off', async () => {
    await outputFile(join(repository, '.github/CODEOWNERS'), '/analytics/dbt/models/ @org/analytics\n');
    await outputFile(join(project, 'dq-report.yml'), 'owners: { default: { name: Data team } }\n');
    expect(classify(run, (await loadConfig(null, project)).rules)[0]?.owner).toMatchObject({ name: '@org/analytics' });
    await outputFile(join(project, 'dq-report.yml'), 'owners: { code_owners: false, default: { name: Data team } }\n');
    expect(classify(run, (await loadConfig(null, project)).rules)[0]?.owner).toMatchObject({ name: 'Data team' });
  });
});

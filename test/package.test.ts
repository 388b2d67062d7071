import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import * as YAML from 'yaml';

const root = resolve(import.meta.dirname, '..');
const saved = ['--target-path', 'demo/saved'];

test('npm package and dbt package carry the same version', async () => {
  const npm: { version: string } = JSON.parse(await readFile(resolve(root, 'package.json'), 'utf8'));
  const dbt: { version: string } = YAML.parse(await readFile(resolve(root, 'dbt_project.yml'), 'utf8'));
  expect(dbt.version).toBe(npm.version);
});

test('the archive that dbt installs from a tag holds the dbt package and nothing else', async () => {
  const { stdout } = await promisify(execFile)('git', ['archive', '--worktree-attributes', '--format=tar', 'HEAD'], {
    cwd: root,
    encoding: 'latin1',
    maxBuffer: 64 * 1024 * 1024,
  });
  expect(stdout).toContain('macros/tests/revenue_matches_item_sum.sql');
  for (const other of ['package.json', 'src/main.ts', 'test/package.test.ts'])
    expect(stdout).not.toContain(`${other}\0`);
});

test('as a process it ends with 1 when there are findings', async () => {
  await expect(promisify(execFile)(process.execPath, ['src/main.ts', ...saved], { cwd: root })).rejects.toMatchObject({
    code: 1,
    stderr: '',
  });
});

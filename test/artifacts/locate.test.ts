import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { type ArtifactPaths, type ArtifactRequest, locateArtifacts } from '../../src/artifacts/locate.ts';
import { ProblemError } from '../../src/errors.ts';

/** A warehouse of projects. Files are empty: nobody reads them here. */
const files = [
  'shop/dbt_project.yml',
  'shop/models/marts/orders.sql',
  'shop/target/run_results.json',
  'shop/target/manifest.json',
  'shop/target/sources.json',
  'shop/elsewhere/run_results.json',
  'shop/saved/1/run_results.json',
  'shop/saved/1/manifest.json',
  'shop/saved/2/run_results.json',
  'shop/saved/2/sources.json',
  'shop/saved/3.json',
  'shop/freshness/sources.json',
  'unbuilt/dbt_project.yml',
  'parsed/dbt_project.yml',
  'parsed/target/manifest.json',
  'fresh/dbt_project.yml',
  'fresh/target/sources.json',
  'elsewhere/run_results.json',
  'elsewhere/manifest.json',
];
const projects: Record<string, string> = {
  'own-target': 'name: shop\ntarget-path: build/out # not target\n',
  'jinja-target': "target-path: \"{{ env_var('DBT_TARGET', 'target') }}\"\n",
  'broken-yaml': 'target-path: [\n',
  'odd-target': '# target-path\ntarget-path: 7\n',
  'a-list': '- target-path\n',
};

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'dq-report-locate-'));
  const contents = Object.fromEntries(files.map((file) => [file, '']));
  for (const [name, text] of Object.entries(projects)) {
    contents[`${name}/dbt_project.yml`] = text;
    contents[`${name}/target/run_results.json`] = '';
    contents[`${name}/build/out/run_results.json`] = '';
  }
  for (const [file, text] of Object.entries(contents)) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  }
});
afterAll(() => rm(root, { recursive: true }));

const nothingSaid: ArtifactRequest = {
  cwd: '',
  projectDir: null,
  targetPath: null,
  runResults: [],
  manifest: null,
  sources: null,
};

/** Paths below the root; `cwd` as well. */
async function located(request: Partial<ArtifactRequest>): Promise<ArtifactPaths> {
  const { projectDir, targetDir, runResults, manifest, sources } = await locateArtifacts({
    ...nothingSaid,
    ...request,
    cwd: join(root, request.cwd ?? ''),
  });
  const short = (path: string): string => relative(root, path);
  const shortOrNull = (path: string | null): string | null => (path === null ? null : short(path));
  return {
    projectDir: shortOrNull(projectDir),
    targetDir: short(targetDir),
    runResults: runResults.map(short),
    manifest: shortOrNull(manifest),
    sources: shortOrNull(sources),
  };
}

async function problemOf(request: Partial<ArtifactRequest>) {
  try {
    await located(request);
  } catch (error) {
    if (error instanceof ProblemError)
      return error.problems.map(({ code, what, next }) => ({ code, what: what.replaceAll(root, 'ROOT'), next }));
    throw error;
  }
  throw new Error('There was no problem.');
}

describe('the project is', () => {
  const shop = {
    projectDir: 'shop',
    targetDir: 'shop/target',
    runResults: ['shop/target/run_results.json'],
    manifest: 'shop/target/manifest.json',
    sources: 'shop/target/sources.json',
  };

  test.each<[string, Partial<ArtifactRequest>]>([
    ['here', { cwd: 'shop' }],
    ['in a folder above', { cwd: 'shop/models/marts' }],
    ['where --project-dir says', { cwd: 'unbuilt', projectDir: '../shop' }],
  ])('%s', async (_, request) => {
    expect(await located(request)).toEqual(shop);
  });
});

describe('the artifacts are', () => {
  test.each<[string, Partial<ArtifactRequest>, Partial<ArtifactPaths>]>([
    ["in the project's own target-path", { cwd: 'own-target' }, { targetDir: 'own-target/build/out' }],
    [
      'in target where the target-path is Jinja, which only dbt can read',
      { cwd: 'jinja-target' },
      { targetDir: 'jinja-target/target' },
    ],
    ['in target where dbt_project.yml is broken', { cwd: 'broken-yaml' }, { targetDir: 'broken-yaml/target' }],
    ['in target where the target-path is no text', { cwd: 'odd-target' }, { targetDir: 'odd-target/target' }],
    ['in target where dbt_project.yml is a list', { cwd: 'a-list' }, { targetDir: 'a-list/target' }],
    [
      'in --target-path, seen from the project as dbt sees it',
      { cwd: '', projectDir: 'shop', targetPath: 'elsewhere' },
      { targetDir: 'shop/elsewhere', manifest: null },
    ],
    [
      'in --target-path, seen from here if the project has no such artifacts',
      { cwd: '', projectDir: 'unbuilt', targetPath: 'elsewhere' },
      { targetDir: 'elsewhere' },
    ],
    [
      'in --target-path as a shell completes it',
      { cwd: 'shop/models', targetPath: '../saved/1' },
      { targetDir: 'shop/saved/1' },
    ],
    [
      'in --target-path outside any project',
      { cwd: '', targetPath: 'shop/saved/1' },
      { projectDir: null, manifest: 'shop/saved/1/manifest.json' },
    ],
    [
      'sources.json alone, after dbt source freshness',
      { cwd: 'fresh' },
      { runResults: [], manifest: null, sources: 'fresh/target/sources.json' },
    ],
    [
      'named by --sources alone, without a project',
      { cwd: '', sources: 'shop/freshness/sources.json' },
      { projectDir: null, runResults: [], sources: 'shop/freshness/sources.json' },
    ],
  ])('%s', async (_, request, expected) => {
    expect(await located(request)).toMatchObject(expected);
  });
});

describe('files named by --run-results', () => {
  test.each<[string, Partial<ArtifactRequest>, Partial<ArtifactPaths>]>([
    [
      'are seen from here, need no project and bring their neighbours',
      { cwd: 'shop/saved', runResults: ['1/run_results.json'] },
      {
        runResults: ['shop/saved/1/run_results.json'],
        manifest: 'shop/saved/1/manifest.json',
        sources: 'shop/target/sources.json',
      },
    ],
    [
      'bring the neighbours of any of them',
      { cwd: 'shop/saved', runResults: ['1/run_results.json', '2/run_results.json', '3.json'] },
      { manifest: 'shop/saved/1/manifest.json', sources: 'shop/saved/2/sources.json' },
    ],
    [
      'bring those of the last one first',
      { cwd: 'shop', runResults: ['saved/1/run_results.json', 'target/run_results.json'] },
      { manifest: 'shop/target/manifest.json' },
    ],
    [
      "do not bring the project's manifest, but its sources.json, which only one command writes",
      { cwd: 'shop', runResults: ['saved/3.json'] },
      { projectDir: 'shop', manifest: null, sources: 'shop/target/sources.json' },
    ],
    [
      'leave the rest to --target-path if it is given',
      { cwd: 'shop', runResults: ['saved/1/run_results.json'], targetPath: 'target' },
      {
        runResults: ['shop/saved/1/run_results.json'],
        manifest: 'shop/target/manifest.json',
        sources: 'shop/target/sources.json',
      },
    ],
    [
      'go with --manifest and --sources, seen from here',
      { cwd: 'shop/saved', runResults: ['3.json'], manifest: '1/manifest.json', sources: '../freshness/sources.json' },
      { manifest: 'shop/saved/1/manifest.json', sources: 'shop/freshness/sources.json' },
    ],
    [
      'need not exist yet: reading them says so',
      { cwd: '', runResults: ['none.json'] },
      { runResults: ['none.json'], manifest: null },
    ],
    [
      'are enough where --project-dir has no project',
      { cwd: '', projectDir: 'elsewhere', runResults: ['elsewhere/run_results.json'] },
      { projectDir: 'elsewhere' },
    ],
  ])('%s', async (_, request, expected) => {
    expect(await located(request)).toMatchObject(expected);
  });
});

const build =
  'Run `dbt build` first, which writes it. If dbt writes its artifacts elsewhere, say where with --target-path.';

test.each<[string, Partial<ArtifactRequest>, string, string, string]>([
  [
    'outside a project',
    {},
    'no_project',
    'There is no dbt_project.yml in ROOT or any folder above it.',
    'Go to your dbt project, or name it with --project-dir, or name the files with --run-results and --manifest.',
  ],
  [
    'a --project-dir without a project',
    { projectDir: 'elsewhere' },
    'no_project',
    'ROOT/elsewhere is not a dbt project: it has no dbt_project.yml.',
    'Give --project-dir the folder that holds dbt_project.yml.',
  ],
  [
    'a project that was never built',
    { cwd: 'unbuilt' },
    'no_artifacts',
    'There is no run_results.json in ROOT/unbuilt/target.',
    build,
  ],
  [
    'a project that was only parsed',
    { cwd: 'parsed' },
    'no_artifacts',
    'There is no run_results.json in ROOT/parsed/target.',
    build,
  ],
  [
    'a --manifest alone',
    { cwd: 'unbuilt', manifest: '../elsewhere/manifest.json' },
    'no_artifacts',
    'There is no run_results.json in ROOT/unbuilt/target.',
    build,
  ],
  [
    'a --target-path that is none',
    { cwd: 'shop', targetPath: 'tarket' },
    'no_artifacts',
    'The target path ROOT/shop/tarket is not a folder.',
    'Give --target-path the folder dbt writes its artifacts to.',
  ],
])('%s is told what to do', async (_, request, code, what, next) => {
  expect(await problemOf(request)).toEqual([{ code, what, next }]);
});

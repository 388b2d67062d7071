import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isObject } from '../artifacts/fields.ts';
import { readJsonFile } from '../artifacts/json.ts';
import { findTarget, projectAt } from '../artifacts/locate.ts';
import { type Manifest, noManifest, type OwnerFields } from '../artifacts/manifest.ts';
import { readManifest } from '../artifacts/read-manifest.ts';
import { findConfig } from '../config/load.ts';
import type { ProjectFacts } from '../config/starter.ts';
import { ProblemError, systemCodeOf } from '../errors.ts';
import { fromMeta } from '../findings/owner.ts';
import { personOf } from '../report/wording.ts';
import type { Runtime } from '../runtime.ts';
import { fromEnvironment } from './environment.ts';

export interface InitFlags {
  readonly projectDir?: string;
  readonly targetPath?: string;
}

/**
 * `dq-report init`: writes a dq-report.yml with the names of this project, as far as dbt's artifacts know them.
 * @throws {ProblemError} outside of a project, and where there is one already: it is never overwritten.
 */
export async function initCommand(flags: InitFlags, { cwd, env, stdout }: Runtime): Promise<0> {
  const setting = fromEnvironment(env);
  const projectDir = projectAt(cwd, flags.projectDir ?? setting('PROJECT_DIR', 'dbt'));
  const there = findConfig(null, projectDir);
  if (there !== null) throw exists(there);
  const target = await findTarget({ cwd, targetPath: flags.targetPath ?? setting('TARGET_PATH', 'dbt') }, projectDir);
  const manifestPath = join(target, 'manifest.json');
  const manifest = existsSync(manifestPath) ? await readManifest(manifestPath) : noManifest;
  const { starterConfig } = await import('../config/starter.ts');
  const path = join(projectDir, 'dq-report.yml');
  const text = starterConfig(factsOf(manifest, await targetOf(join(target, 'run_results.json'))));
  await writeFile(path, text, { flag: 'wx' }).catch((error: unknown) => {
    if (systemCodeOf(error) === 'EEXIST') throw exists(path);
    throw new ProblemError({
      code: 'output_unwritable',
      what: `${path} could not be written (${systemCodeOf(error)}).`,
      next: 'Give dq-report the right to write there, or name the project with --project-dir.',
    });
  });
  const without = manifest.present
    ? ''
    : `  There is no manifest.json in ${target}, so it names nothing of this project: run dbt, delete the file, and begin again for that.\n`;
  stdout.write(`Wrote ${path}.\n${without}  Read it, then run \`dq-report check-config\`.\n`);
  return 0;
}

function exists(path: string): ProblemError {
  return new ProblemError({
    code: 'output_exists',
    what: `${path} is there already, and is not overwritten.`,
    next: 'Move it away to begin anew, or see in docs/configuration.md in the repository of dq-report what else it could say.',
  });
}

function factsOf(manifest: Manifest, target: string | null): ProjectFacts {
  const inMeta = manifest
    .runnable()
    .filter((uniqueId) => uniqueId.startsWith('model.'))
    .flatMap((uniqueId) => personOrNull(fromMeta(manifest.node(uniqueId)?.meta ?? {}, '')) ?? []);
  return {
    project: manifest.project,
    target,
    groups: manifest.groups().map(({ name, owner }) => ({ name, owner: personOrNull(owner) })),
    exposures: manifest
      .exposures()
      .map(({ name, label, owner }) => ({ name: label ?? name, owner: personOrNull(owner) })),
    owners: [...new Set(inMeta)],
  };
}

function personOrNull(owner: OwnerFields | null): string | null {
  return owner === null ? null : personOf(owner) || null;
}

/** What dbt was told with --target; only a hint, so nothing is said of a file that is not there or broken. */
async function targetOf(path: string): Promise<string | null> {
  if (!existsSync(path)) return null;
  const { value } = await readJsonFile(path).catch(() => ({ value: null }));
  const args = isObject(value) ? value['args'] : null;
  const target = isObject(args) ? args['target'] : null;
  return typeof target === 'string' && target !== '' ? target : null;
}

import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ProblemError } from '../errors.ts';
import { projectFile } from './project-file.ts';

/** Where to look, as flags and environment say it; null where they say nothing. */
export interface ArtifactRequest {
  readonly cwd: string;
  readonly projectDir: string | null;
  readonly targetPath: string | null;
  /** Given by name: then these and no others. */
  readonly runResults: readonly string[];
  readonly manifest: string | null;
  readonly sources: string | null;
}

/** Files to read. `manifest` and `sources` are null where there is none. */
export interface ArtifactPaths {
  /** The folder of dbt_project.yml; null when only files were named. */
  readonly projectDir: string | null;
  readonly targetDir: string;
  readonly runResults: readonly string[];
  readonly manifest: string | null;
  readonly sources: string | null;
}

/**
 * Finds the project and its artifacts the way dbt does: dbt_project.yml here or in a folder above, artifacts in its
 * `target-path`.
 * @throws {ProblemError} outside a dbt project, and inside one that has no artifacts yet.
 */
export async function locateArtifacts(request: ArtifactRequest): Promise<ArtifactPaths> {
  const projectDir = findProject(request);
  const targetDir = await findTarget(request, projectDir);
  const named = request.runResults.map((path) => resolve(request.cwd, path));
  const runResults = named.length > 0 ? named : existing(join(targetDir, 'run_results.json'));
  // Artifacts of one invocation lie side by side, so a named run_results.json brings its neighbours, the last one first.
  const folders =
    named.length > 0 && request.targetPath === null ? named.map((path) => dirname(path)).toReversed() : [targetDir];
  const besides = (file: string): readonly string[] => folders.flatMap((folder) => existing(join(folder, file)));
  const manifest = request.manifest === null ? besides('manifest.json') : [resolve(request.cwd, request.manifest)];
  // `dbt source freshness` mostly writes to the usual target, whatever the other commands were told.
  const sources =
    request.sources === null
      ? [...besides('sources.json'), ...(projectDir === null ? [] : existing(join(targetDir, 'sources.json')))]
      : [resolve(request.cwd, request.sources)];
  if (runResults.length === 0 && sources.length === 0) throw await nothingThere(targetDir, request);
  return { projectDir, targetDir, runResults, manifest: manifest[0] ?? null, sources: sources[0] ?? null };
}

function findProject({ cwd, projectDir, targetPath, runResults, sources }: ArtifactRequest): string | null {
  const isNamed = targetPath !== null || runResults.length > 0 || sources !== null;
  if (!isNamed) return projectAt(cwd, projectDir, ', or name the files with --run-results and --manifest');
  return projectDir === null ? nearestProject(cwd) : resolve(cwd, projectDir);
}

/** The named folder, else the nearest project. `otherwise`: what helps as well. @throws {ProblemError} where that is none. */
export function projectAt(cwd: string, named: string | null, otherwise = ''): string {
  const wanted = named === null ? nearestProject(cwd) : resolve(cwd, named);
  if (wanted === null)
    throw new ProblemError({
      code: 'no_project',
      what: `There is no dbt_project.yml in ${resolve(cwd)} or any folder above it.`,
      next: `Go to your dbt project, or name it with --project-dir${otherwise}.`,
    });
  if (existsSync(join(wanted, 'dbt_project.yml'))) return wanted;
  throw new ProblemError({
    code: 'no_project',
    what: `${wanted} is not a dbt project: it has no dbt_project.yml.`,
    next: 'Give --project-dir the folder that holds dbt_project.yml.',
  });
}

/** The folder of the nearest dbt_project.yml, from here upwards; null outside a project. */
export function nearestProject(cwd: string): string | null {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'dbt_project.yml'))) return folder;
    if (dirname(folder) === folder) return null;
  }
}

/** dbt resolves a target path against the project, flags and environment included; shells complete it from here. */
export async function findTarget(
  { cwd, targetPath }: Pick<ArtifactRequest, 'cwd' | 'targetPath'>,
  projectDir: string | null,
): Promise<string> {
  if (targetPath !== null) {
    const fromProject = resolve(projectDir ?? cwd, targetPath);
    const candidates = [fromProject, resolve(cwd, targetPath)];
    return candidates.find((folder) => existsSync(join(folder, 'run_results.json'))) ?? fromProject;
  }
  return projectDir === null ? resolve(cwd) : resolve(projectDir, (await configuredTarget(projectDir)) ?? 'target');
}

async function configuredTarget(projectDir: string): Promise<string | null> {
  // Most projects leave the default, and need no YAML parser loaded.
  const target = (await projectFile(projectDir, 'target-path'))['target-path'];
  // A Jinja expression can only be evaluated by dbt.
  return typeof target === 'string' && !target.includes('{{') ? target : null;
}

function existing(path: string): readonly string[] {
  return existsSync(path) ? [path] : [];
}

async function nothingThere(targetDir: string, request: ArtifactRequest): Promise<ProblemError> {
  const isFolder = await stat(targetDir).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  if (request.targetPath !== null && !isFolder) {
    return new ProblemError({
      code: 'no_artifacts',
      what: `The target path ${targetDir} is not a folder.`,
      next: 'Give --target-path the folder dbt writes its artifacts to.',
    });
  }
  return new ProblemError({
    code: 'no_artifacts',
    what: `There is no run_results.json in ${targetDir}.`,
    next: 'Run `dbt build` first, which writes it. If dbt writes its artifacts elsewhere, say where with --target-path.',
  });
}

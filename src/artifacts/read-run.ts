import { readJsonFile } from './json.ts';
import type { ArtifactPaths } from './locate.ts';
import { noManifest } from './manifest.ts';
import { readManifest } from './read-manifest.ts';
import { mergeRun } from './merge-run.ts';
import { projectName } from './project-file.ts';
import type { ReadSettings } from './read-artifact.ts';
import type { Run } from './run.ts';
import { readRunResults } from './run-results.ts';
import { parseSources } from './sources.ts';

/**
 * Reads the artifacts of one or more dbt invocations into one {@link Run}.
 * @throws {ProblemError} for a file that is cut off, foreign or not JSON: half a run is never reported.
 */
export async function readRun(
  paths: ArtifactPaths,
  settings: { readonly environment: string | null },
  reading?: ReadSettings,
): Promise<Run> {
  // One after the other: manifests are large, and two parsed at once double the memory.
  const runResults = [];
  for (const path of paths.runResults) runResults.push(await readRunResults(path, reading));
  const sources = paths.sources === null ? null : parseSources(await readJsonFile(paths.sources));
  const manifest = paths.manifest === null ? noManifest : await readManifest(paths.manifest, reading);
  const run = mergeRun({ runResults, sources, manifest, ...settings });
  // Without a manifest of the project the results alone may look like those of a package.
  const named = run.manifest.present || paths.projectDir === null ? null : await projectName(paths.projectDir);
  return { ...run, project: named ?? run.project };
}

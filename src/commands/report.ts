import { rename, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type ArtifactPaths, locateArtifacts } from '../artifacts/locate.ts';
import { FAIL_ON, type FailOn } from '../config/fail-on.ts';
import { loadConfig } from '../config/load.ts';
import { ProblemError, systemCodeOf } from '../errors.ts';
import { reportRun, type ReportSettings } from '../pipeline.ts';
import { FORMAT_NAMES, type FormatName, formats } from '../report/formats.ts';
import { reaches, type Report } from '../report/report.ts';
import type { Runtime } from '../runtime.ts';
import { placeOfState, type StateSetting, withStore } from '../store/open.ts';
import { fromEnvironment } from './environment.ts';

/** Flags as commander hands them over; what was not given is undefined. */
export interface ReportFlags {
  readonly projectDir?: string;
  readonly targetPath?: string;
  readonly runResults?: readonly string[];
  readonly manifest?: string;
  readonly sources?: string;
  readonly config?: string;
  readonly environment?: string;
  readonly state?: string;
  readonly format?: string;
  readonly output?: string;
  readonly failOn?: string;
  readonly verbose?: boolean;
  readonly quiet?: boolean;
  /** False for `--no-use-colors`. */
  readonly useColors?: boolean;
}

/** 0: nothing at or above `--fail-on`; 1: findings. */
export type ReportExit = 0 | 1;

const DEFAULT_WIDTH = 80;

/**
 * `dq-report` and `dq-report report`: reads the artifacts, writes the report.
 * @throws {ProblemError} for everything that a person can mend.
 */
export async function reportCommand(flags: ReportFlags, runtime: Runtime): Promise<ReportExit> {
  const { cwd, env } = runtime;
  const setting = fromEnvironment(env);
  const format = oneOf(FORMAT_NAMES, flags.format ?? setting('FORMAT') ?? 'text', '--format');
  const failOnFlag = flags.failOn ?? setting('FAIL_ON');
  const failOn = failOnFlag === null ? null : oneOf(FAIL_ON, failOnFlag, '--fail-on');
  const output = flags.output ?? setting('OUTPUT');

  const paths = await locateArtifacts({
    cwd,
    projectDir: flags.projectDir ?? setting('PROJECT_DIR', 'dbt'),
    targetPath: flags.targetPath ?? setting('TARGET_PATH', 'dbt'),
    runResults: flags.runResults ?? [],
    manifest: flags.manifest ?? null,
    sources: flags.sources ?? null,
  });
  const config = await loadConfig(flags.config ?? setting('CONFIG'), paths.projectDir);
  const environment = flags.environment ?? setting('ENVIRONMENT') ?? config.environment;
  const quiet = flags.quiet ?? /^(?:1|t|true|y|yes)$/i.test(setting('QUIET', 'dbt') ?? '');
  if (!quiet) await announceLongRead(paths, runtime);
  const place = placeOfState(flags.state ?? setting('STATE'), config, paths.projectDir, cwd);
  const settings = { environment, rules: config.rules, now: runtime.now() };
  const { report, problem } = await reportWithState(paths, settings, place, config.state.keepDays);

  await write(
    report,
    { format, output, quiet, verbose: flags.verbose ?? false, useColors: flags.useColors ?? true },
    runtime,
  );
  if (problem !== null) throw problem;
  return exitCode(report, failOn ?? config.failOn ?? 'error');
}

/** What is wrong with the data must be told also when the state cannot be used; what is wrong with the state after it. */
async function reportWithState(
  paths: ArtifactPaths,
  settings: Omit<ReportSettings, 'store'>,
  place: StateSetting,
  keepDays: number,
): Promise<{ readonly report: Report; readonly problem: ProblemError | null }> {
  try {
    return {
      report: await withStore(place, keepDays, (store) => reportRun(paths, { ...settings, store })),
      problem: null,
    };
  } catch (error) {
    if (!(error instanceof ProblemError) || error.problems.every(({ code }) => code !== 'state_unusable')) throw error;
    return { report: await reportRun(paths, { ...settings, store: null }), problem: error };
  }
}

/** Larger files than this take more than two seconds to read, and a terminal that says nothing looks stuck. */
const LONG_READ_BYTES = 100_000_000;

async function announceLongRead(paths: ArtifactPaths, { stderr }: Runtime): Promise<void> {
  if (stderr.isTTY !== true) return;
  const files = [...paths.runResults, paths.manifest, paths.sources].filter((path) => path !== null);
  // A file that is not there is told when it is read.
  const sizes = await Promise.all(
    files.map((path) =>
      stat(path).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  if (bytes > LONG_READ_BYTES) stderr.write(`Reading ${Math.round(bytes / 1e6)} MB of artifacts …\n`);
}

interface Writing {
  readonly format: FormatName;
  readonly output: string | null;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly useColors: boolean;
}

async function write(
  report: Report,
  { format, output, quiet, verbose, useColors }: Writing,
  { cwd, stdout, env }: Runtime,
): Promise<void> {
  const render = await formats[format]();
  if (output !== null) {
    const text = render(report, { width: DEFAULT_WIDTH, colour: false, verbose });
    await writeWhole(resolve(cwd, output), text).catch((error: unknown) => {
      throw new ProblemError({
        code: 'output_unwritable',
        what: `The report could not be written to ${output} (${systemCodeOf(error)}).`,
        next: 'Name another file with --output.',
      });
    });
    return;
  }
  // A format asked for by name is somebody's input; only the report for reading can be too much.
  if (quiet && format === 'text') return;
  stdout.write(
    render(report, {
      width: widthOf(stdout.columns, env),
      colour: useColors && wantsColour(stdout.isTTY ?? false, env),
      verbose,
    }),
  );
}

/** A reader sees the report before or the whole new one, never a part: also when the disk is full or two write at once. */
async function writeWhole(path: string, text: string): Promise<void> {
  const { outputFile, remove } = await import('fs-extra/esm');
  const isSpecial = await stat(path).then(
    (entry) => !entry.isFile() && !entry.isDirectory(),
    () => false,
  );
  // A pipe or a device cannot be replaced, only written to.
  if (isSpecial) return outputFile(path, text);
  const draft = `${path}.${process.pid}.tmp`;
  try {
    await outputFile(draft, text);
    await rename(draft, path);
  } catch (error) {
    await remove(draft);
    throw error;
  }
}

function widthOf(columns: number | undefined, env: Runtime['env']): number {
  const wished = Number(env['DBT_ENGINE_PRINTER_WIDTH'] ?? env['DBT_PRINTER_WIDTH'] ?? env['COLUMNS']);
  return columns ?? (Number.isInteger(wished) && wished > 0 ? wished : DEFAULT_WIDTH);
}

/** https://no-color.org and https://force-color.org, as most tools read them. */
function wantsColour(isTerminal: boolean, env: Runtime['env']): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  if ((env['FORCE_COLOR'] ?? '') !== '') return env['FORCE_COLOR'] !== '0';
  return isTerminal && env['TERM'] !== 'dumb';
}

function exitCode(report: Report, failOn: FailOn): ReportExit {
  return failOn !== 'never' && reaches(failOn, report) ? 1 : 0;
}

function oneOf<T extends string>(allowed: readonly T[], given: string, flag: string): T {
  const word = allowed.find((candidate) => candidate === given);
  if (word !== undefined) return word;
  throw new ProblemError({
    code: 'usage',
    what: `${flag} does not know \`${given}\`.`,
    next: `It takes one of: ${allowed.join(', ')}.`,
  });
}

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

/** What the demo could not do, in words for the person who started it. */
export class DemoError extends Error {
  override readonly name = 'DemoError';
}

export const demoDir = import.meta.dirname;
export const root = resolve(demoDir, '..');

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** A path as it is written in commands: with forward slashes, on every system. */
export function pathFrom(folder: string, path: string): string {
  return relative(folder, path).replaceAll('\\', '/') || '.';
}

/** Runs one of the repository's own scripts, with its output. */
export function runScript(script: string, args: readonly string[], what: string): void {
  const { status } = spawnSync(process.execPath, [script, ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new DemoError(`${what} did not work; see above.`);
}

/** Where one run of the demo keeps what it makes. */
export interface RunFolder {
  readonly target: string;
  readonly logs: string;
  readonly database: string;
  /** What dq-report remembers. */
  readonly state: string;
}

export function runFolder(folder: string): RunFolder {
  return {
    target: join(folder, 'target'),
    logs: join(folder, 'logs'),
    database: join(folder, 'web_shop.duckdb'),
    state: join(folder, 'dq-report.sqlite'),
  };
}

export interface DbtCommand {
  readonly args: readonly string[];
  /** The line of dbt's output that sums the command up. */
  readonly closing: RegExp;
  /** The artifact that a command leaves behind whenever it did its work. */
  readonly artifact?: string;
}

/**
 * Runs a dbt command in the demo project, quietly. That tests fail is what the demo is about, so dbt's exit code 1 is fine
 * as long as there is an artifact to read.
 */
export function runDbt({ args, closing, artifact }: DbtCommand, folder: RunFolder, events: string): void {
  const paths = ['--target-path', pathFrom(demoDir, folder.target), '--log-path', pathFrom(demoDir, folder.logs)];
  const words = [...args, ...(artifact === undefined ? paths.slice(2) : paths)];
  say(`\ndemo$ dbt ${words.join(' ')}`);
  const { status, stdout, stderr, error } = spawnSync(dbtProgram(), [...words, '--no-use-colors'], {
    cwd: demoDir,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: {
      ...environment(),
      WEB_EVENTS_DIR: events,
      WEB_SHOP_DATABASE: pathFrom(demoDir, folder.database),
      DBT_PROFILES_DIR: '.',
    },
  });
  const log = pathFrom(root, join(folder.logs, 'dbt.log'));
  if (error !== undefined)
    throw new DemoError(`dbt could not be started (${error.message}). \`node scripts/setup.mjs python\` installs it.`);
  const lines = `${stdout}${stderr}`.split('\n').map((line) => line.replace(/^\d{2}:\d{2}:\d{2} +/, '').trimEnd());
  const finished =
    status === 0 || (status === 1 && artifact !== undefined && existsSync(join(folder.target, artifact)));
  if (!finished) {
    const tail = lines.filter((line) => line !== '').slice(-15);
    throw new DemoError(
      `\`dbt ${args.join(' ')}\` did not get to its end. Its last words:\n\n  ${tail.join('\n  ')}\n\nAll of them: ${log}`,
    );
  }
  const summary = lines.findLast((line) => closing.test(line));
  if (summary !== undefined) say(summary);
  if (status === 1) say(`(exit code 1; every line: ${log})`);
}

function dbtProgram(): string {
  return process.platform === 'win32' ? join(root, '.venv', 'Scripts', 'dbt.exe') : join(root, '.venv', 'bin', 'dbt');
}

/** Without the settings that somebody has made for their own dbt project. */
export function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('DBT_')));
}

/** Runs the built dq-report on the artifacts in a folder, in full view; `state` as its flag takes it. */
export function runReport(target: string, state: string, verbose: boolean): void {
  const program = join(root, 'dist', 'main.cjs');
  // Node would end with 1 too, and that means findings.
  if (!existsSync(program)) throw new DemoError('There is no dist/main.cjs. `node scripts/build.ts` makes it.');
  const args = ['--project-dir', pathFrom(root, demoDir), '--target-path', pathFrom(root, target), '--state', state];
  if (verbose) args.push('--verbose');
  say(`\n$ dq-report ${args.join(' ')}\n`);
  const { status } = spawnSync(process.execPath, [program, ...args], {
    cwd: root,
    stdio: 'inherit',
    env: environment(),
  });
  // 1 says that there are findings.
  if (status !== 0 && status !== 1)
    throw new DemoError(`dq-report ended with ${status === null ? 'a signal' : `exit code ${status}`}.`);
}

import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
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

/** Where a run of the demo keeps what it makes. */
export interface RunFolder {
  readonly database: string;
  /** What dq-report remembers. */
  readonly state: string;
  readonly config: string;
  day(number: number): DayFolder;
}

/** What belongs to one of the days alone. */
export interface DayFolder {
  readonly path: string;
  readonly events: string;
  readonly target: string;
  readonly logs: string;
  readonly report: string;
  /** What reached the vendors, and how the channels of Slack look after it. */
  readonly received: string;
  readonly channels: string;
}

export function runFolder(folder: string): RunFolder {
  return {
    database: join(folder, 'web_shop.duckdb'),
    state: join(folder, 'dq-report.sqlite'),
    config: join(folder, 'dq-report.yml'),
    day(number) {
      const path = join(folder, `day-${number}`);
      return {
        path,
        events: join(path, 'events'),
        target: join(path, 'target'),
        logs: join(path, 'logs'),
        report: join(path, 'report.txt'),
        received: join(path, 'received.json'),
        channels: join(path, 'slack-channels.json'),
      };
    },
  };
}

/** The artifacts of an earlier run. Those of the first day and the manifest of all days lie together, as dbt leaves them. */
export const savedDir = join(demoDir, 'saved');

/** Where the results of a day lie. */
export function savedDay(number: number): string {
  return number === 1 ? savedDir : join(savedDir, `day-${number}`);
}

interface Ended {
  /** null after a signal. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Never blocks: the stand-ins of the vendors live in this process. `onLine` hears each line of stdout as it comes. */
async function run(
  program: string,
  args: readonly string[],
  { cwd = root, env = environment(), onLine = (_line: string): void => undefined } = {},
): Promise<Ended> {
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
      const line = text.trimEnd().split('\n').at(-1);
      if (name === 'stdout' && line !== undefined) onLine(line);
    });
  }
  const code = await new Promise<number | null>((ended, failed) => {
    child.on('error', failed).on('close', ended);
  });
  return { code, ...output };
}

/** One of the repository's own scripts, with its output. */
export async function runScript(script: string, args: readonly string[], what: string): Promise<void> {
  const child = spawn(process.execPath, [script, ...args], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  const code = await new Promise<number | null>((ended) => {
    child.on('close', ended);
  });
  if (code !== 0) throw new DemoError(`${what} did not work; see above.`);
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
 * @param events the folder of the daily files
 */
export async function runDbt(
  { args, closing, artifact }: DbtCommand,
  { target, logs }: DayFolder,
  { events, database }: { readonly events: string; readonly database: string },
): Promise<void> {
  const paths = ['--target-path', pathFrom(demoDir, target), '--log-path', pathFrom(demoDir, logs)];
  const words = [...args, ...(artifact === undefined ? paths.slice(2) : paths)];
  say(`demo$ dbt ${words.join(' ')}`);
  if (artifact !== undefined) rmSync(join(target, artifact), { force: true });
  const log = pathFrom(root, join(logs, 'dbt.log'));
  const { code, stdout, stderr } = await run(dbtProgram(), [...words, '--no-use-colors'], {
    cwd: demoDir,
    env: {
      ...environment(),
      WEB_EVENTS_DIR: pathFrom(demoDir, events),
      WEB_SHOP_DATABASE: pathFrom(demoDir, database),
      DBT_PROFILES_DIR: '.',
    },
    onLine: (line) => {
      const text = withoutTime(line);
      if (text !== '') passing(`  ${text}`);
    },
  }).catch((error: unknown) => {
    throw new DemoError(`dbt could not be started (${String(error)}). \`node scripts/setup.mjs python\` installs it.`);
  });
  passing('');
  const lines = `${stdout}${stderr}`.split('\n').map(withoutTime);
  const finished = code === 0 || (code === 1 && artifact !== undefined && existsSync(join(target, artifact)));
  if (!finished) {
    const tail = lines.filter((line) => line !== '').slice(-15);
    throw new DemoError(
      `\`dbt ${args.join(' ')}\` did not get to its end. Its last words:\n\n  ${tail.join('\n  ')}\n\nAll of them: ${log}`,
    );
  }
  const summary = lines.findLast((line) => closing.test(line));
  if (summary !== undefined) say(`  ${summary}`);
  if (code === 1) say(`  (exit code 1; every line: ${log})`);
}

function withoutTime(line: string): string {
  return line.replace(/^\d{2}:\d{2}:\d{2}\s*/, '').trimEnd();
}

/** A line of progress that the next one replaces; only a terminal can show it. */
function passing(line: string): void {
  if (!process.stdout.isTTY) return;
  process.stdout.write(`\r\u001B[K${line.slice(0, process.stdout.columns - 1)}`);
}

function dbtProgram(): string {
  return process.platform === 'win32' ? join(root, '.venv', 'Scripts', 'dbt.exe') : join(root, '.venv', 'bin', 'dbt');
}

/** Without the settings that somebody has made for their own dbt project. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:DBT|DQ_REPORT)_/.test(name)));
}

/** What the stand-ins take; set here so that none of the person's own secrets is ever read. */
export const STAND_IN_SECRETS = {
  SLACK_BOT_TOKEN: 'xoxb-demo',
  PAGERDUTY_ROUTING_KEY: 'demo0000000000000000000000000000',
  DD_API_KEY: 'demo0000000000000000000000000000',
} as const;

export interface ReportCall {
  /** Where the artifacts are, as flags. */
  readonly artifacts: readonly string[];
  readonly state: string;
  /** null tells nobody. */
  readonly config: string | null;
  readonly verbose: boolean;
}

/** Runs the built dq-report. @returns what it printed, and whether it had findings that are bad enough */
export async function runReport({
  artifacts,
  state,
  config,
  verbose,
}: ReportCall): Promise<{ readonly text: string; readonly hasFindings: boolean }> {
  const program = join(root, 'dist', 'main.cjs');
  // Node would end with 1 too, and that means findings.
  if (!existsSync(program)) throw new DemoError('There is no dist/main.cjs. `node scripts/build.ts` makes it.');
  const args = ['--project-dir', pathFrom(root, demoDir), ...artifacts, '--state', pathFrom(root, state)];
  if (config !== null) args.push('--config', pathFrom(root, config));
  if (verbose) args.push('--verbose');
  say(`$ dq-report ${args.join(' ')}\n`);
  const { isTTY: isTerminal, columns } = process.stdout;
  const { code, stdout, stderr } = await run(process.execPath, [program, ...args], {
    env: {
      ...environment(),
      ...STAND_IN_SECRETS,
      ...(isTerminal ? { COLUMNS: String(columns), FORCE_COLOR: '1' } : {}),
    },
  });
  process.stderr.write(stderr);
  if (code === 0 || code === 1) return { text: stdout, hasFindings: code === 1 };
  say(stdout);
  throw new DemoError(`dq-report ended with ${code === null ? 'a signal' : `exit code ${code}`}.`);
}

import { runCli } from '../src/cli.ts';
import type { Runtime } from '../src/runtime.ts';

export interface CliResult {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly columns?: number;
  readonly isTTY?: boolean;
  readonly now?: Date;
}

/** Runs the command line as a process would, with its surroundings given and its output caught. */
export async function dqReport(args: readonly string[], surroundings: Surroundings = {}): Promise<CliResult> {
  const { runtime, written } = caught(surroundings);
  const exit = await runCli(args, '0.0.0', runtime);
  return { exit, ...written };
}

/** A runtime that keeps what is written to it. */
export function caught(surroundings: Surroundings): {
  readonly runtime: Runtime;
  readonly written: { stdout: string; stderr: string };
} {
  const written = { stdout: '', stderr: '' };
  const {
    cwd = process.cwd(),
    env = {},
    columns,
    isTTY = false,
    now = new Date('2026-01-02T07:00:00Z'),
  } = surroundings;
  const runtime: Runtime = {
    cwd,
    // Fixtures are not to be written to.
    env: { DQ_REPORT_STATE: 'none', ...env },
    stdout: { columns, isTTY, write: (text) => (written.stdout += text) },
    stderr: { isTTY: false, write: (text) => (written.stderr += text) },
    now: () => now,
  };
  return { runtime, written };
}

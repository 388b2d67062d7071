import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

export const root = resolve(import.meta.dirname, '../..');

/** What `scripts/setup.mjs` installs for Python: folders of the repository. */
export type Venv = '.venv' | '.venvs/dialects' | '.venvs/dbt-1.10' | '.venvs/dbt-1.12';

export function programOf(venv: Venv, name: 'dbt' | 'python'): string {
  return join(root, venv, process.platform === 'win32' ? 'Scripts' : 'bin', name);
}

export function isInstalled(venv: Venv): boolean {
  return existsSync(programOf(venv, 'dbt'));
}

export interface Script {
  readonly args: readonly string[];
  /** Read by the script from its standard input, as JSON. */
  readonly input?: unknown;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a Python script of this folder. Returns what it prints. */
export async function runPython(venv: Venv, name: string, { args, input = null, env = {} }: Script): Promise<string> {
  const started = promisify(execFile)(programOf(venv, 'python'), [join(import.meta.dirname, name), ...args], {
    env: { PATH: process.env['PATH'] ?? '', DO_NOT_TRACK: '1', ...env },
    maxBuffer: 256 * 1024 * 1024,
  });
  started.child.stdin?.end(JSON.stringify(input));
  return (await started).stdout;
}

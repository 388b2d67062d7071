import { type Config, loadConfig } from '../config/load.ts';
import { ProblemError } from '../errors.ts';
import type { Runtime } from '../runtime.ts';
import { placeOfState, withStore } from '../store/open.ts';
import type { Store } from '../store/store.ts';
import { fromEnvironment, projectOf } from './environment.ts';

export interface StateFlags {
  readonly projectDir?: string;
  readonly config?: string;
  readonly state?: string;
}

/** What commands need that look at what is remembered. */
export interface Remembered {
  readonly store: Store;
  readonly config: Config;
  readonly projectDir: string | null;
}

/** Opens the state of the project for a command that is about nothing else. @throws {ProblemError} where there is none. */
export async function withState<T>(
  flags: StateFlags,
  { cwd, env }: Runtime,
  work: (remembered: Remembered) => Promise<T>,
): Promise<T> {
  const setting = fromEnvironment(env);
  const projectDir = projectOf(flags, cwd, setting);
  const config = await loadConfig(flags.config ?? setting('CONFIG'), projectDir);
  const place = placeOfState(flags.state ?? setting('STATE'), config, projectDir, cwd);
  return withStore(place, config.state.keepDays, (store) => {
    if (store !== null) return work({ store, config, projectDir });
    throw new ProblemError({
      code: 'usage',
      what: projectDir === null ? 'This is no dbt project.' : 'Nothing is remembered here (state: none).',
      next: 'Name the project with --project-dir, or the state with --state.',
    });
  });
}

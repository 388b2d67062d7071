import { type Config, loadConfig } from '../config/load.ts';
import { ProblemError } from '../errors.ts';
import type { Runtime } from '../runtime.ts';
import { isBegun, nameOf, placeOfState, withStore } from '../store/open.ts';
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
  if (place.kind !== 'none' && !(await isBegun(place)))
    throw new ProblemError({
      code: 'no_state',
      what: `There is no state in ${nameOf(place)}.`,
      next: 'If there should be one, look at --state, DQ_REPORT_STATE and `state.place`; else the first `dq-report` after a `dbt build` begins one.',
    });
  return withStore(place, config.state.keepDays, (store) => {
    if (store !== null) return work({ store, config, projectDir });
    throw new ProblemError({
      code: 'usage',
      what: projectDir === null ? 'This is no dbt project.' : 'Nothing is remembered here (state: none).',
      next: 'Name the project with --project-dir, or the state with --state.',
    });
  });
}

/** @throws {ProblemError} for a name that no run had: it must not look as if nothing were wrong there. */
export async function refuseUnknownEnvironment(name: string | null, store: Store): Promise<void> {
  if (name === null) return;
  const known = await store.environments();
  if (known.includes(name)) return;
  const named = known.filter((each) => each !== '');
  const all = [...named, ...(named.length < known.length ? ['runs without an environment'] : [])];
  const { suggest } = await import('../config/suggest.ts');
  throw new ProblemError({
    code: 'usage',
    what: `No run ${name === '' ? 'without an environment' : `of environment ${name}`} was ever counted.`,
    next: all.length === 0 ? 'No run was.' : `${suggest(name, named)}Known are: ${all.join(', ')}.`,
  });
}

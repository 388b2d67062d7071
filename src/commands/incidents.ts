import { loadConfig } from '../config/load.ts';
import { ProblemError } from '../errors.ts';
import { formatIncidents, formatStory, incidentsJson, storyJson } from '../report/incidents.ts';
import { REOPENS_WITHIN_DAYS } from '../incidents/track.ts';
import type { Runtime } from '../runtime.ts';
import { placeOfState, withStore } from '../store/open.ts';
import type { Store } from '../store/store.ts';
import { fromEnvironment, projectOf } from './environment.ts';

export interface IncidentsFlags {
  readonly projectDir?: string;
  readonly config?: string;
  readonly state?: string;
  readonly format?: string;
  readonly all?: boolean;
  readonly environment?: string;
}

/** `dq-report incidents`. @throws {ProblemError} for everything that a person can mend. */
export async function incidentsCommand(flags: IncidentsFlags, runtime: Runtime): Promise<0> {
  const { all = false, environment } = flags;
  const format = formatOf(flags);
  const filter = environment === undefined ? {} : { environment };
  const incidents = await withState(flags, runtime, (store) => store.incidents(filter));
  const recently = runtime.now().getTime() - REOPENS_WITHIN_DAYS * 86_400_000;
  const shown = incidents.filter(
    ({ state, endedAt }) => all || state === 'open' || (endedAt !== null && Date.parse(endedAt) >= recently),
  );
  runtime.stdout.write(
    format === 'json' ? incidentsJson(shown) : formatIncidents(shown, incidents.length - shown.length, runtime.now()),
  );
  return 0;
}

/** `dq-report incidents show ID`. @throws {ProblemError} for an id that is not known. */
export async function showIncidentCommand(id: string, flags: IncidentsFlags, runtime: Runtime): Promise<0> {
  const format = formatOf(flags);
  const story = await withState(flags, runtime, (store) => store.story(id));
  if (story === null)
    throw new ProblemError({
      code: 'usage',
      what: `There is no incident ${id}, or more than one whose id begins so.`,
      next: 'Run `dq-report incidents --all` to see their ids.',
    });
  runtime.stdout.write(format === 'json' ? storyJson(story) : formatStory(story, runtime.now()));
  return 0;
}

function formatOf({ format = 'text' }: IncidentsFlags): 'text' | 'json' {
  if (format === 'text' || format === 'json') return format;
  throw new ProblemError({
    code: 'usage',
    what: `--format does not know \`${format}\`.`,
    next: 'It takes one of: text, json.',
  });
}

async function withState<T>(
  flags: IncidentsFlags,
  { cwd, env }: Runtime,
  work: (store: Store) => Promise<T>,
): Promise<T> {
  const setting = fromEnvironment(env);
  const given = flags.state ?? setting('STATE');
  const projectDir = projectOf(flags, cwd, setting);
  const config = await loadConfig(flags.config ?? setting('CONFIG'), projectDir);
  const place = placeOfState(given, config, projectDir, cwd);
  return withStore(place, config.state.keepDays, (store) => {
    if (store !== null) return work(store);
    throw new ProblemError({
      code: 'usage',
      what: projectDir === null ? 'This is no dbt project.' : 'Incidents are not remembered here (state: none).',
      next: 'Name the project with --project-dir, or the state with --state.',
    });
  });
}

import { ProblemError } from '../errors.ts';
import type { Incident } from '../incidents/incident.ts';
import { formatIncidents, formatStory, incidentsJson, storyJson } from '../report/incidents.ts';
import { REOPENS_WITHIN_DAYS } from '../incidents/track.ts';
import type { Runtime } from '../runtime.ts';
import { environmentOf, environmentPhrase, fromEnvironment, listCommand, oneOf, TEXT_OR_JSON } from './environment.ts';
import { refuseUnknownEnvironment, type StateFlags, withState } from './state.ts';

export interface IncidentsFlags extends StateFlags {
  readonly format?: string;
  readonly all?: boolean;
  readonly environment?: string;
}

/** `dq-report incidents`. @throws {ProblemError} for everything that a person can mend. */
export async function incidentsCommand(flags: IncidentsFlags, runtime: Runtime): Promise<0> {
  const { all = false } = flags;
  const format = oneOf(TEXT_OR_JSON, flags.format ?? 'text', '--format');
  const { incidents, elsewhere } = await withState(flags, runtime, async ({ store, config }) => {
    const environment = environmentOf(flags, fromEnvironment(runtime.env), config);
    await refuseUnknownEnvironment(environment, store);
    const everywhere = await store.incidents();
    const isHere = (incident: Incident): boolean =>
      environment === null || (incident.environment ?? '') === environment;
    const open = everywhere.filter((incident) => incident.state === 'open' && !isHere(incident));
    return { incidents: everywhere.filter(isHere), elsewhere: open.map((incident) => incident.environment ?? '') };
  });
  const recently = runtime.now().getTime() - REOPENS_WITHIN_DAYS * 86_400_000;
  const shown = incidents.filter(
    ({ state, endedAt }) => all || state === 'open' || (endedAt !== null && Date.parse(endedAt) >= recently),
  );
  runtime.stdout.write(
    format === 'json' ? incidentsJson(shown) : formatIncidents(shown, incidents.length - shown.length, runtime.now()),
  );
  for (const name of new Set(elsewhere))
    runtime.stderr.write(
      `Incidents of ${environmentPhrase(name)} are open too: ${listCommand('incidents', name)} lists them.\n`,
    );
  return 0;
}

/** `dq-report incidents show ID`. @throws {ProblemError} for an id that is not known. */
export async function showIncidentCommand(id: string, flags: IncidentsFlags, runtime: Runtime): Promise<0> {
  const format = oneOf(TEXT_OR_JSON, flags.format ?? 'text', '--format');
  const story = await withState(flags, runtime, ({ store }) => store.story(id));
  if (story === null)
    throw new ProblemError({
      code: 'usage',
      what: `There is no incident ${id}, or more than one whose id begins so.`,
      next: 'Run `dq-report incidents --all` to see their ids.',
    });
  runtime.stdout.write(format === 'json' ? storyJson(story) : formatStory(story, runtime.now()));
  return 0;
}

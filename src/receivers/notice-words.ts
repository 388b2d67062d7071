import { formatNumber } from '../findings/message.ts';
import { plain, shortened } from '../findings/plain.ts';
import { rankOf, type Severity } from '../findings/finding.ts';
import type { Incident } from '../incidents/incident.ts';
import { count, formatAge, formatTime, modelsBelow, personOf } from '../incidents/wording.ts';
import type { Notice, NoticeCause } from './receiver.ts';

/** What messages for people say of an incident, before any sink's escaping. Nothing here is cut but what a caller cuts. */

/** Text of others in one line, without what cannot be seen. */
export function oneLine(text: string, length = Number.POSITIVE_INFINITY): string {
  return shortened(clean(text).replaceAll(/\s+/g, ' ').trim(), length);
}

/** Text of others with its line breaks, without what cannot be seen and without halves of characters. */
export function clean(text: string): string {
  return plain(text).replaceAll(/\p{Cs}/gu, '\ufffd');
}

/** A few names and how many more, with so many that are not among the names: nothing is left out without a word. */
export function namesIn(names: readonly string[], most: number, others = 0): string {
  const shown = names.slice(0, most).map((name) => oneLine(name, NAME));
  const more = names.length - shown.length + others;
  return `${shown.join(', ')}${more > 0 ? ` and ${formatNumber(more)} more` : ''}`;
}

/** No name of a model or dashboard that is meant well is longer. */
const NAME = 120;

/** "Critical", or "Mended" where the severity no longer matters. */
export function stateWord({ state, severity }: Incident): string {
  switch (state) {
    case 'open':
      return severityWord(severity);
    case 'resolved':
      return 'Mended';
    case 'retired':
      return 'Removed';
  }
}

function severityWord(severity: Severity): string {
  switch (severity) {
    case 'critical':
      return 'Critical';
    case 'error':
      return 'Error';
    case 'warning':
      return 'Warning';
  }
}

/** What has just happened, as a sentence that needs no other: "Worse: now critical, error before; 154 failures, 77 before". */
export function changeSentence(notice: Notice): string {
  const { incident, reason } = notice;
  const { openedAt, endedAt, runs } = incident;
  const lasted = endedAt === null ? '' : ` after ${formatAge(Date.parse(endedAt) - Date.parse(openedAt))}`;
  const failing = count(runs, 'failing run');
  switch (reason) {
    case 'opened':
      return 'New';
    case 'reopened':
      return notice.history.at(-1)?.reason === 'retired' ? 'Back again' : 'Back again, after it was mended';
    case 'worsened':
      return `Worse${differences(notice)}`;
    case 'eased':
      return `Better, but not mended${differences(notice)}`;
    case 'changed':
      return 'Fails in another way now';
    case 'ongoing':
      if (hasPassedForNow(incident)) return `Passed this time, but fails and passes in turns (${turns(incident)})`;
      return 'As before';
    case 'surfaced':
      return 'Still failing, and no other cause explains it any more';
    case 'flapping':
      return `Failing and passing in turns (${turns(incident)}); no more messages until it settles or gets worse`;
    case 'settled':
      return `No longer in turns: fails every time now (${turns(incident)})`;
    case 'resolved':
      return `Mended${lasted} and ${failing}`;
    case 'retired':
      return `Its test or model has left the project${lasted} and ${failing}; nobody can say whether it is mended`;
    case 'unobserved':
      return 'Not run this time, so nobody can say whether it is mended';
  }
}

/** The same of a message that is the first here, of what others may have heard of before. */
export function openingSentence(notice: Notice): string {
  const isOld = notice.reason === 'ongoing' || notice.reason === 'eased';
  return isOld && notice.incident.state === 'open' ? 'Not told here before' : changeSentence(notice);
}

/** ": now critical, error before; 154 failures, 77 before", compared with what was told last. */
function differences({ incident, history }: Notice): string {
  const told = history.at(-1);
  if (told === undefined) return '';
  const parts = [
    told.severity === incident.severity ? null : `now ${incident.severity}, ${told.severity} before`,
    told.failures === incident.failures || incident.failures === null
      ? null
      : `${count(incident.failures, 'failure')}${told.failures === null ? '' : `, ${formatNumber(told.failures)} before`}`,
  ].filter((part) => part !== null);
  return parts.length === 0 ? '' : `: ${parts.join('; ')}`;
}

/** Of what flaps: it counts as open until it has made up its mind. */
function hasPassedForNow({ flapping, recent, state }: Incident): boolean {
  return state === 'open' && flapping && recent.endsWith('P');
}

/** "✗✓✗✓✗", the newest at the end. */
function turns({ recent }: Incident): string {
  return Array.from(recent, (each) => (each === 'F' ? '✗' : '✓')).join('');
}

/** Whether it ranks higher now than when it was told last. */
export function isRaised({ incident, history }: Notice): boolean {
  const told = history.at(-1);
  return told !== undefined && rankOf(incident.severity) < rankOf(told.severity);
}

/** "since 2026-01-02 06:00 UTC, in 3 runs"; "from 2026-01-02 06:00 UTC to 2026-01-05 18:00 UTC" of what has ended. */
export function timeWords({ incident }: Notice): string {
  const { openedAt, endedAt, runs } = incident;
  const from = formatTime(openedAt) ?? oneLine(openedAt);
  if (endedAt !== null) return `from ${from} to ${formatTime(endedAt) ?? oneLine(endedAt)}`;
  return `since ${from}${runs > 1 ? `, in ${count(runs, 'run')}` : ''}`;
}

export interface Detail {
  readonly label: string;
  readonly text: string;
}

/** What a person asks next, each in one line; only what is known. */
export function detailsOf(cause: NoticeCause): readonly Detail[] {
  const { exposures, owner, upstreamSuspects, further, path, nextCommand, explainedBy, raised } = cause;
  const details: readonly (readonly [label: string, text: string | null])[] = [
    ['Severity', raised === null ? null : oneLine(raised, COMMAND)],
    ['Explained by', explainedBy === null ? null : oneLine(explainedBy, COMMAND)],
    ['Dashboards', exposures.length === 0 ? null : namesIn(exposures.map(dashboard), DASHBOARDS, further.exposures)],
    ['Downstream', cause.models === 0 ? null : modelsBelow(cause)],
    [
      'Owner',
      owner === null ? 'nobody named' : `${oneLine(personOf(owner), 2 * NAME)} (${oneLine(owner.reason, NAME)})`,
    ],
    ['Folded', folded(cause)],
    [
      'Also failing upstream',
      upstreamSuspects.length === 0 ? null : namesIn(upstreamSuspects, NAMES, further.suspects),
    ],
    ['For example', cause.samples.length > 0 ? namesIn(cause.samples, NAMES) : null],
    ['File', path === null ? null : oneLine(path, COMMAND)],
    ['Once mended', nextCommand === null ? null : oneLine(nextCommand, COMMAND)],
  ];
  return details.flatMap(([label, text]) => (text === null ? [] : [{ label, text }]));
}

const NAMES = 3;
const DASHBOARDS = 5;
const COMMAND = 400;

/** Dashboards that cannot be trusted now, as far as they are listed. */
export function doubtfulOf({ exposures }: NoticeCause): NoticeCause['exposures'] {
  return exposures.filter(({ verdict }) => verdict !== 'safe');
}

function dashboard({ name, verdict }: NoticeCause['exposures'][number]): string {
  return `${oneLine(name, NAME)} (${verdict})`;
}

function folded({ folded: phrase, symptoms, further }: NoticeCause): string | null {
  if (phrase === null) return null;
  return symptoms.length === 0 ? oneLine(phrase) : `${oneLine(phrase)}: ${namesIn(symptoms, NAMES, further.symptoms)}`;
}

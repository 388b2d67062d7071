import { shortened } from '../findings/plain.ts';
import { changeWord, count, formatTime, modelsBelow, personOf, some } from '../incidents/wording.ts';
import { clean, doubtfulOf, namesIn, oneLine } from './notice-words.ts';
import type { Notice, NoticeCause } from './receiver.ts';

/** What a sink without a layout of its own says about an incident: lines of a name and a text, what matters first. */
export interface Fact {
  /** snake_case, unique in its list. */
  readonly key: string;
  /** For people. */
  readonly label: string;
  /** One or more lines, without control characters; not yet escaped for the sink. */
  readonly text: string;
}

/** Keys of what stands behind the links. */
const OTHER_KEYS = ['incident', 'samples', 'note'];

/** Characters of one fact. What is longer is an adapter's stack trace, and stands in the report. */
const MAX_FACT = 2000;

/** Of a list: they fit into a fact with how many more there are. */
const MOST_NAMES = 12;

export function factsOf(notice: Notice): readonly Fact[] {
  const { incident, cause } = notice;
  const facts = [
    fact('state', 'State', stateOf(notice)),
    fact('first_seen', 'First seen', formatTime(incident.openedAt)),
    fact('streak', 'Streak', streakOf(notice)),
    ...(cause === null ? [] : factsOfCause(cause)),
  ];
  const taken = new Set<string>(OTHER_KEYS);
  for (const each of facts) if (each !== null) taken.add(each.key);
  for (const { title, url } of notice.links) {
    const key = freeKey(slugOf(title), taken);
    taken.add(key);
    facts.push(fact(key, title, url));
  }
  facts.push(fact('incident', 'Incident', incident.id));
  facts.push(fact('samples', 'Samples', cause?.samples.join('\n') ?? null));
  return facts.filter((each) => each !== null);
}

function factsOfCause(cause: NoticeCause): readonly (Fact | null)[] {
  return [
    fact('message', 'Message', cause.message.join('\n')),
    fact('meaning', 'Meaning', cause.meaning),
    fact('raised', 'Severity', cause.raised),
    fact('blast_radius', 'Affects', blastRadiusOf(cause)),
    fact('explained_by', 'Explained by', cause.explainedBy),
    fact('folded', 'Folded', listed(cause.folded, cause.symptoms, cause.further.symptoms)),
    fact('upstream_suspects', 'Also failing upstream', listed(null, cause.upstreamSuspects, cause.further.suspects)),
    fact('owner', 'Owner', ownerOf(cause)),
    fact('path', 'File', cause.path),
    fact('next_command', 'Once mended', cause.nextCommand),
  ];
}

function fact(key: string, label: string, text: string | null): Fact | null {
  const told = shortened(clean(text ?? '').trim(), MAX_FACT - 1);
  return told === '' ? null : { key, label: oneLine(label), text: told };
}

/** "worse: critical, 412 failures; before: error, 77 failures". */
function stateOf({ reason, incident, history }: Notice): string {
  const word = changeWord(reason);
  const before = history.at(-1);
  if ((reason !== 'worsened' && reason !== 'eased') || before === undefined) return word;
  return `${word}: ${levelOf(incident)}; before: ${levelOf(before)}`;
}

function levelOf({ severity, failures }: { readonly severity: string; readonly failures: number | null }): string {
  return failures === null ? severity : `${severity}, ${count(failures, 'failure')}`;
}

/** "failing in 3 runs; last results: FFP". */
function streakOf({ incident: { runs, recent } }: Notice): string {
  return `failing in ${count(runs, 'run')}; last results: ${recent}`;
}

function blastRadiusOf(cause: NoticeCause): string | null {
  const below = cause.models === 0 ? null : modelsBelow(cause, ' downstream');
  const names = cause.exposures.map(({ name, verdict }) => `${name} (${verdict})`);
  return [below, listed(null, names, cause.further.exposures)].filter((part) => part !== null).join('; ') || null;
}

/** With so many others that are not among the names. */
function listed(phrase: string | null, names: readonly string[], others: number): string | null {
  if (names.length === 0) return phrase;
  return `${phrase === null ? '' : `${phrase}: `}${namesIn(names, MOST_NAMES, others)}`;
}

function ownerOf({ owner }: NoticeCause): string | null {
  return owner === null ? null : `${personOf(owner)} (${owner.reason})`;
}

/** How people call the owner in one word; null if there is none. */
export function ownerNameOf({ cause }: Notice): string | null {
  const name = cause?.owner?.name ?? cause?.owner?.slack ?? cause?.owner?.email ?? null;
  return name === null ? null : oneLine(name) || null;
}

/**
 * All in one line of at most so many characters: "[prod] not_null client_id on orders: 412 rows without a value, 3 exposures
 * in doubt (owner finance)". Who it concerns is kept when the rest is cut.
 */
export function headlineOf(notice: Notice, maxLength: number): string {
  const { incident, cause, reason } = notice;
  const where = notice.environment ?? notice.project;
  const prefix = where === null ? '' : `[${where}] `;
  if (cause === null) return cut(`${prefix}${incident.title}: ${changeWord(reason)}`, maxLength);
  const doubtful = doubtfulOf(cause).length + cause.further.doubtful;
  const owner = ownerNameOf(notice);
  const concerns = `${doubtful === 0 ? '' : `, ${count(doubtful, 'exposure')} in doubt`}${owner === null ? '' : ` (owner ${cut(owner, 100)})`}`;
  const [said] = cause.message;
  const what = `${prefix}${incident.title}${said === undefined ? '' : `: ${said}`}`;
  return `${cut(what, maxLength - concerns.length)}${concerns}`;
}

/** "project.environment", as far as they are known. */
export function sourceOf({ project, environment }: Notice): string {
  return (
    [project, environment]
      .filter((part) => part !== null)
      .map((part) => oneLine(part))
      .join('.') || 'dbt'
  );
}

/** A few titles and how many more. */
export function titlesOf(notices: readonly Notice[]): string {
  return some(notices.map(({ incident }) => oneLine(incident.title)));
}

function cut(text: string, maxLength: number): string {
  return shortened(oneLine(text), maxLength - 1);
}

/** "runbook"; "runbook_2" for another of that name; "link_1" for a title that is no name. */
function freeKey(slug: string, taken: ReadonlySet<string>): string {
  const name = /^[a-z]/.test(slug) ? slug : `link_${slug || 1}`;
  for (let number = 1; ; number += 1) {
    const key = number === 1 ? name : `${name}_${number}`;
    if (!taken.has(key)) return key;
  }
}

function slugOf(title: string): string {
  return oneLine(title)
    .toLowerCase()
    .replaceAll(/[^a-z\d]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .slice(0, 60);
}

import type { OwnerFields } from '../artifacts/manifest.ts';
import type { Cause, ExposureVerdict, Symptom, Verdict } from '../causes/cause.ts';
import type { Finding, Severity } from '../findings/finding.ts';
import { formatNumber } from '../findings/message.ts';
import type { Change } from '../incidents/incident.ts';
import { code, fence, prose, shorten } from './markdown-escape.ts';
import { isIncomplete, type Report } from './report.ts';
import {
  affectedBy,
  changeCounts,
  changesByFinding,
  changeWord,
  conclusionOf,
  count,
  endedAndUnobserved,
  endedPhrase,
  exposureTitles,
  foldPhrase,
  formatDuration,
  formatTime,
  meaningOf,
  headlineOf,
  messageLines,
  sincePhrase,
  some,
  symptomsOf,
  titleOf,
  verdictCounts,
} from './wording.ts';

/** GitHub refuses comments of more than 65,536 characters. */
const LIMIT = 60_000;
/** Of these; the causes may take the rest. */
const EXPOSURES_LIMIT = 15_000;
const NOTES_LIMIT = 10_000;
/** So many causes lie open; the others unfold at a click. */
const OPEN_CAUSES = 8;
const MESSAGE_LINES = 15;
const REASONS = 3;
const SYMPTOMS = 25;

const WHERE_ALL_ARE = '`dq-report --format json` has them all';

/** The report for a pull-request comment or a step summary. */
export const formatMarkdown = (report: Report): string => {
  const before = [header(report), exposures(report)];
  const after = [ended(report), notes(report)];
  const spare = LIMIT - [...before, ...after].reduce((sum, section) => sum + section.length + 2, 0);
  const sections = [...before, causes(report, spare), ...after];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
};

function header(report: Report): string {
  const { run, outcomes, findings, causes: all } = report;
  const number = (kind: Finding['kind']): string =>
    formatNumber(findings.filter((finding) => finding.kind === kind).length);
  const healthy = isIncomplete(report) ? '❔' : '✅';
  const mark = all[0] === undefined ? healthy : severityMark(all[0].severity);
  const environment = run.environment === null ? '' : ` (${prose(run.environment)})`;
  const totals = [
    ...(['passed', 'warned', 'failed', 'errored', 'skipped'] as const).map(
      (outcome) => `${formatNumber(outcomes[outcome])} ${outcome}`,
    ),
    ...(run.freshness.checked
      ? [`sources: ${number('source_stale')} stale, ${number('source_unchecked')} unchecked`]
      : []),
  ];
  const facts = [
    run.dbtVersion === null ? null : `dbt ${prose(run.dbtVersion)}`,
    formatTime(run.generatedAt),
    run.durationSeconds === null ? null : formatDuration(run.durationSeconds),
  ].filter((fact) => fact !== null);
  return paragraphs(
    `## ${mark} ${prose(run.project ?? 'dbt project')}${environment}: ${prose(conclusionOf(report))}`,
    `**${totals.join(' · ')}**`,
    facts.length === 0 ? null : facts.join(' · '),
  );
}

function exposures({ verdicts }: Report): string {
  if (verdicts.length === 0) return '';
  const doubtful = verdicts.filter((exposure) => exposure.verdict !== 'safe');
  const rows = doubtful.map(exposureRow);
  const fit = fitting(rows, EXPOSURES_LIMIT);
  const table = ['| exposure | verdict | why | owner |', '| --- | --- | --- | --- |', ...rows.slice(0, fit)];
  return paragraphs(
    `### Dashboards and other exposures: ${verdictCounts(verdicts)}`,
    fit === 0 ? null : table.join('\n'),
    fit === rows.length ? null : `Not in this table: ${verdictCounts(doubtful.slice(fit))}; ${WHERE_ALL_ARE}.`,
    safeExposures(verdicts.filter((exposure) => exposure.verdict === 'safe')),
  );
}

function exposureRow({ name, label, verdict, reasons, furtherReasons, owner }: ExposureVerdict): string {
  const more = reasons.length + furtherReasons - REASONS;
  const why = [...reasons.slice(0, REASONS).map(prose), ...(more > 0 ? [`and ${count(more, 'more reason')}`] : [])];
  return `| ${[prose(label ?? name), `${verdictMark(verdict)} ${verdict}`, why.join('<br>'), person(owner)].join(' | ')} |`;
}

function safeExposures(safe: readonly ExposureVerdict[]): string | null {
  if (safe.length === 0) return null;
  const names = safe.map(({ label, name }) => prose(label ?? name));
  const fit = fitting(names, EXPOSURES_LIMIT / 3);
  const more = names.length - fit;
  return details(
    `${verdictMark('safe')} ${formatNumber(safe.length)} safe`,
    `${names.slice(0, fit).join(', ')}${more === 0 ? '' : ` and ${formatNumber(more)} more; ${WHERE_ALL_ARE}`}`,
  );
}

/** Every cause gets at least a line, then the worst ones all that is known, as far as the space goes. */
function causes(report: Report, limit: number): string {
  const { causes: all, verdicts } = report;
  if (all.length === 0) return '';
  const telling = { titles: exposureTitles(verdicts), changes: changesByFinding(report) };
  const counts = changeCounts(report);
  const told = all.map((cause, index) => ({ cause, index, line: `${index + 1}. ${causeInALine(cause, telling)}` }));
  // What is always needed: the title, and the sentence about what is left out.
  let spare = limit - 300;
  const inALine = told.slice(
    0,
    fitting(
      told.map(({ line }) => line),
      spare,
    ),
  );
  spare -= inALine.reduce((sum, { line }) => sum + line.length + 1, 0);
  const blocks: string[] = [];
  for (const { cause, index, line } of inALine) {
    const block =
      index < OPEN_CAUSES ? openCause(cause, index + 1, telling) : details(line, causeInFull(cause, telling));
    spare -= block.length + 2 - line.length;
    if (spare < 0) break;
    blocks.push(block);
  }
  const hidden = all.length - inALine.length;
  return paragraphs(
    `### Causes, worst first${counts === '' ? '' : `: ${counts}`}`,
    ...blocks,
    inALine
      .slice(blocks.length)
      .map(({ line }) => line)
      .join('\n'),
    hidden === 0
      ? null
      : `${count(hidden, 'more cause')} not shown, because a comment cannot hold more; ${WHERE_ALL_ARE}.`,
  );
}

interface Telling {
  /** Exposures by name, as people know them. */
  readonly titles: ReadonlyMap<string, string>;
  /** What became of the incidents, by `unique_id`; empty without a state store. */
  readonly changes: ReadonlyMap<string, Change>;
}

function openCause(cause: Cause, number: number, telling: Telling): string {
  const heading = `${severityMark(cause.severity)} ${cause.severity.toUpperCase()} · ${prose(titleOf(cause.finding))}`;
  return paragraphs(`#### ${number}. ${heading}`, causeInFull(cause, telling));
}

function causeInFull(cause: Cause, { titles, changes }: Telling): string {
  const { finding, upstreamSuspects, furtherSuspects } = cause;
  const meaning = meaningOf(finding);
  const owner = finding.owner === null ? 'nobody named' : `${person(finding.owner)} (${prose(finding.owner.reason)})`;
  const affected = affectedBy(cause, titles);
  const path = finding.test?.path ?? finding.subject.path;
  const command = cause.nextCommand;
  const change = changes.get(finding.uniqueId);
  const facts = [
    change === undefined ? null : `- **Since:** ${prose(sincePhrase(change))}`,
    `- **Owner:** ${owner}`,
    affected === null ? null : `- **Affects:** ${prose(affected)}`,
    upstreamSuspects.length === 0
      ? null
      : `- **Upstream also failing:** ${prose(
          some(
            upstreamSuspects.map((node) => node.name),
            furtherSuspects,
          ),
        )}`,
    path === null ? null : `- **File:** ${code(path)}`,
    command === null ? null : '- **Next**, once it is mended:',
  ];
  return paragraphs(
    message(finding),
    meaning === null ? null : `> ${prose(meaning)}`,
    facts.filter((fact) => fact !== null).join('\n'),
    command === null ? null : fence(command, 'sh'),
    symptoms(cause),
  );
}

/** HTML where it marks up, because it also stands in a summary. */
function causeInALine({ severity, finding }: Cause, { changes }: Telling): string {
  const change = changes.get(finding.uniqueId);
  const news = change === undefined || change.reason === 'ongoing' ? '' : changeWord(change.reason);
  const said = headlineOf(finding);
  const { name = null, email = null, slack = null } = finding.owner ?? {};
  const parts = [titleOf(finding), news, said, name ?? email ?? slack ?? ''].filter((part) => part !== '').map(prose);
  return `${severityMark(severity)} <b>${severity.toUpperCase()}</b> ${parts.join(' · ')}`;
}

function message(finding: Finding): string {
  const lines = messageLines(finding);
  if (lines.length < 2) return prose(lines[0] ?? '');
  const more = lines.length - MESSAGE_LINES;
  return paragraphs(
    fence(lines.slice(0, MESSAGE_LINES).map(shorten).join('\n')),
    more > 0 ? `… ${count(more, 'more line')}; ${WHERE_ALL_ARE}.` : null,
  );
}

function symptoms(cause: Cause): string | null {
  const summary = symptomsOf(cause);
  if (summary === null) return null;
  const more = cause.symptoms.length - SYMPTOMS;
  const items = cause.symptoms.slice(0, SYMPTOMS).map(symptomItem);
  return details(
    `Folded under it: ${prose(summary)}`,
    [...items, ...(more > 0 ? [`- and ${formatNumber(more)} more; ${WHERE_ALL_ARE}`] : [])].join('\n'),
  );
}

function symptomItem({ finding, because }: Symptom): string {
  return `- ${code((finding.test ?? finding.subject).name)}: ${foldPhrase(because)}`;
}

const ENDED_LIMIT = 3_000;

function ended(report: Report): string {
  const all = endedAndUnobserved(report).ended;
  if (all.length === 0) return '';
  const items = all.map((change) => `- ✅ ${prose(endedPhrase(change))}`);
  const fit = fitting(items, ENDED_LIMIT);
  return paragraphs(
    `### ${count(all.length, 'incident')} ended`,
    items.slice(0, fit).join('\n'),
    fit === items.length
      ? null
      : `and ${formatNumber(items.length - fit)} more; \`dq-report incidents --all\` has them.`,
  );
}

function notes({ run }: Report): string {
  if (run.notes.length === 0) return '';
  const items = run.notes.map((note) => `- ${prose(note.message)}`);
  const fit = fitting(items, NOTES_LIMIT);
  return paragraphs(
    '### Notes',
    items.slice(0, fit).join('\n'),
    fit === items.length ? null : `${count(items.length - fit, 'more note')}; ${WHERE_ALL_ARE}.`,
  );
}

function person({ name, email, slack }: OwnerFields): string {
  return [name === null ? null : prose(name), email === null ? null : code(email), slack === null ? null : code(slack)]
    .filter((word) => word !== null)
    .join(' ');
}

function paragraphs(...parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null && part !== '').join('\n\n');
}

/** The blank lines make GitHub read markdown inside the HTML. */
function details(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

/** How many of the lines fit, line breaks included. */
function fitting(lines: readonly string[], limit: number): number {
  let spare = limit;
  const end = lines.findIndex((line) => (spare -= line.length + 1) < 0);
  return end === -1 ? lines.length : end;
}

function severityMark(severity: Severity): string {
  switch (severity) {
    case 'critical':
      return '🔴';
    case 'error':
      return '🟠';
    case 'warning':
      return '🟡';
  }
}

function verdictMark(verdict: Verdict): string {
  switch (verdict) {
    case 'wrong':
      return '❌';
    case 'late':
      return '🕒';
    case 'unknown':
      return '❔';
    case 'safe':
      return '✅';
  }
}

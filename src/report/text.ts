import stringWidth from 'fast-string-width';
import { instantOf } from '../artifacts/run.ts';
import type { Cause, ExposureVerdict, Verdict } from '../causes/cause.ts';
import type { Finding, Severity } from '../findings/finding.ts';
import { isIncomplete, type Presentation, type Report } from './report.ts';
import { type Terminal, terminal } from './terminal.ts';
import { formatNumber } from '../findings/message.ts';
import { shortened } from '../findings/plain.ts';
import type { Change } from '../incidents/incident.ts';
import {
  raisedPhrase,
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
  personOf,
  plain,
  sincePhrase,
  some,
  symptomsOf,
  titleOf,
  verdictCounts,
} from './wording.ts';

/** So many causes are told in full; the rest get a line each, so that sixty still read well. */
const TOLD_IN_FULL = 8;
/** More than this nobody reads at a terminal. */
const TOLD_IN_A_LINE = 60;
/** So many dashboards are told with reasons, and of the rest so many named of each verdict. */
const DASHBOARDS_IN_FULL = 12;
const DASHBOARDS_NAMED = 40;
/** Lines of an adapter's message; the first ones name the fault. */
const MESSAGE_LINES = 4;
const LABEL_WIDTH = 13;
/** Of a message or description; some adapters put a whole query into one line. */
const LINE_LENGTH = 600;

/** The report for a person at a terminal. */
export const formatText = (report: Report, presentation: Presentation): string => {
  const term = terminal(presentation.width, presentation.colour);
  const sections = [
    header(report, term),
    dashboards(report, term, presentation),
    causes(report, term, presentation),
    elsewhere(report, term, presentation),
    notes(report, term),
    closing(report, presentation, term),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
};

function header(report: Report, term: Terminal): string {
  const { run, outcomes } = report;
  const about = [
    term.paint.bold(plain(run.project ?? 'dbt project')),
    run.environment === null ? null : plain(run.environment),
    run.dbtVersion === null ? null : `dbt ${plain(run.dbtVersion)}`,
    timeOf(report),
    run.durationSeconds === null ? null : formatDuration(run.durationSeconds),
  ];
  const { passed, warned, failed, errored, skipped, not_run: notRun } = outcomes;
  const total = passed + warned + failed + errored + skipped + notRun;
  const words = [
    term.paint.green(`${passed} passed`),
    warned > 0 ? term.paint.yellow(`${warned} warned`) : '0 warned',
    failed > 0 ? term.paint.red(`${failed} failed`) : '0 failed',
    errored > 0 ? term.paint.red(`${errored} errored`) : '0 errored',
    `${skipped} skipped`,
  ];
  // dbt's own closing line, for those who compare: it counts failed and errored as ERROR.
  const asDbt = `dbt: PASS=${passed} WARN=${warned} ERROR=${failed + errored} SKIP=${skipped} NO-OP=${notRun} TOTAL=${total}`;
  const lines = [
    about.filter((fact) => fact !== null).join(' · '),
    words.join(', '),
    term.paint.dim(asDbt),
    freshnessLine(report),
  ];
  return lines
    .filter((line) => line !== '')
    .map((line) => term.paragraph(line, 0))
    .join('\n');
}

/** With its age: when dbt fails before it writes anything, the files of the run before are still there. */
function timeOf({ run, now }: Report): string | null {
  const written = instantOf(run.generatedAt);
  if (written === null) return null;
  const minutes = Math.floor((now.getTime() - written) / 60_000);
  const age =
    minutes < 120
      ? `${minutes} min`
      : minutes < 72 * 60
        ? `${Math.floor(minutes / 60)} h`
        : `${Math.floor(minutes / 1440)} days`;
  return `${formatTime(run.generatedAt)}${minutes < 1 ? '' : ` (${age} ago)`}`;
}

function freshnessLine({ run, findings }: Report): string {
  if (!run.freshness.checked) return '';
  const stale = findings.filter((finding) => finding.kind === 'source_stale').length;
  const unchecked = findings.filter((finding) => finding.kind === 'source_unchecked').length;
  const fresh = run.freshness.results.filter((result) => result.status === 'pass').length;
  return `Sources: ${fresh} fresh, ${stale} stale, ${unchecked} unchecked`;
}

function dashboards({ verdicts }: Report, term: Terminal, { verbose }: Presentation): string {
  if (verdicts.length === 0) return '';
  const title = term.paint.bold(`Dashboards and other exposures: ${verdictCounts(verdicts)}`);
  const told = verbose
    ? verdicts
    : verdicts.filter((exposure) => exposure.verdict !== 'safe').slice(0, DASHBOARDS_IN_FULL);
  const inFull = new Set(told);
  const rest = verdicts.filter((exposure) => !inFull.has(exposure));
  const lines = told.map((exposure) => dashboard(exposure, term, verbose));
  for (const verdict of new Set(rest.map((exposure) => exposure.verdict))) {
    const names = rest.filter((exposure) => exposure.verdict === verdict).map(nameWithWarnings);
    const more = names.length - DASHBOARDS_NAMED;
    const last = more > 0 ? [`and ${formatNumber(more)} more: --verbose, or --format json`] : [];
    const named = [...names.slice(0, DASHBOARDS_NAMED), ...last].join(', ');
    lines.push(term.paragraph(named, 12, `  ${paintVerdict(verdict, term)}`));
  }
  return [title, ...lines].join('\n');
}

function dashboard(exposure: ExposureVerdict, term: Terminal, verbose: boolean): string {
  const owner = personOf(exposure.owner);
  const head = term.paragraph(
    `${term.paint.bold(exposureName(exposure))}${owner === '' ? '' : term.paint.dim(`  ${owner}`)}`,
    12,
    `  ${paintVerdict(exposure.verdict, term)}`,
  );
  const shown = verbose ? exposure.reasons : exposure.reasons.slice(0, 2);
  const more = exposure.reasons.length - shown.length + exposure.furtherReasons;
  const told = (reason: string): string => (verbose ? plain(reason) : shortened(plain(reason), LINE_LENGTH));
  const reasons = shown.map((reason) => term.paragraph(told(reason), 12));
  if (more > 0) reasons.push(term.paragraph(term.paint.dim(`and ${count(more, 'more reason')}`), 12));
  return [head, ...reasons].join('\n');
}

/** "Revenue board (2 warnings)". */
function nameWithWarnings(exposure: ExposureVerdict): string {
  const name = exposureName(exposure);
  return exposure.verdict === 'safe' && exposure.reasons.length > 0
    ? `${name} (${count(exposure.reasons.length + exposure.furtherReasons, 'warning')})`
    : name;
}

function exposureName({ label, name }: ExposureVerdict): string {
  return plain(label ?? name);
}

function paintVerdict(verdict: Verdict, { paint }: Terminal): string {
  switch (verdict) {
    case 'wrong':
      return paint.red('✗ wrong');
    case 'late':
      return paint.yellow('◷ late');
    case 'unknown':
      return paint.cyan('? unknown');
    case 'safe':
      return paint.green('✓ safe');
  }
}

function causes(report: Report, term: Terminal, { verbose }: Presentation): string {
  const { causes: all, verdicts } = report;
  if (all.length === 0) return '';
  const folded = all.reduce((sum, cause) => sum + cause.symptoms.length, 0);
  const behind = folded === 0 ? '' : ` behind ${count(all.length + folded, 'finding')}`;
  const counts = changeCounts(report);
  const title = term.paint.bold(
    `${count(all.length, 'cause')}${behind}, worst first${counts === '' ? '' : `: ${counts}`}`,
  );
  // One line for a single leftover saves nothing over telling it.
  const inFull = verbose || all.length <= TOLD_IN_FULL + 1 ? all.length : TOLD_IN_FULL;
  const telling = {
    term,
    verbose,
    titles: exposureTitles(verdicts),
    changes: changesByFinding(report),
    numberWidth: String(all.length).length,
  };
  const blocks = all.slice(0, inFull).map((cause, index) => causeInFull(cause, index + 1, telling));
  const rest = all.slice(inFull, inFull + TOLD_IN_A_LINE);
  const lines = rest.map((cause, index) => causeInALine(cause, inFull + index + 1, telling));
  const more = all.length - inFull - rest.length;
  if (more > 0) lines.push(`and ${count(more, 'more cause')}: --verbose, or --format json`);
  return [title, ...blocks, lines.join('\n')].filter((block) => block !== '').join('\n\n');
}

interface Telling {
  readonly term: Terminal;
  readonly verbose: boolean;
  /** Exposures by name, as people know them. */
  readonly titles: ReadonlyMap<string, string>;
  /** What became of their incidents, by `unique_id`; empty without a state store. */
  readonly changes: ReadonlyMap<string, Change>;
  readonly numberWidth: number;
}

function causeInFull(cause: Cause, number: number, telling: Telling): string {
  const { term, numberWidth } = telling;
  const { finding } = cause;
  const indent = numberWidth + 2;
  const title = `${paintSeverity(cause.severity, term)}  ${term.paint.bold(plain(titleOf(finding)))}`;
  const meaning = meaningOf(finding);
  return [
    term.paragraph(title, indent, String(number).padStart(numberWidth)),
    ...message(finding, indent, telling),
    ...(meaning === null ? [] : [term.paragraph(shortened(meaning, LINE_LENGTH), indent)]),
    ...facts(cause, indent, telling),
  ].join('\n');
}

function message(finding: Finding, indent: number, { term, verbose }: Telling): readonly string[] {
  // A caret points nowhere once the line above it is wrapped.
  const fits = (line: string | undefined): boolean => line === undefined || stringWidth(line) <= term.width - indent;
  const lines = messageLines(finding).filter((line, index, all) => !/^\s*\^+\s*$/.test(line) || fits(all[index - 1]));
  const shown = verbose ? lines : lines.slice(0, MESSAGE_LINES).map((line) => shortened(line, LINE_LENGTH));
  const more = lines.length - shown.length;
  const told = shown.map((line) => term.paragraph(line, indent));
  return more === 0
    ? told
    : [...told, term.paragraph(term.paint.dim(`… ${count(more, 'more line')} with --verbose`), indent)];
}

function facts(cause: Cause, indent: number, { term, titles, changes, verbose }: Telling): readonly string[] {
  const { finding, upstreamSuspects, furtherSuspects } = cause;
  const { paint } = term;
  const owner =
    finding.owner === null
      ? 'nobody named'
      : `${personOf(finding.owner)} ${paint.dim(`(${plain(finding.owner.reason)})`)}`;
  const lines: readonly (readonly [label: string, text: string | null])[] = [
    ['severity', raisedPhrase(cause)],
    ['since', nullable(changes.get(finding.uniqueId) ?? null, sincePhrase)],
    ['owner', owner],
    ['affects', nullable(affectedBy(cause, titles, verbose), plain)],
    ['folded', symptomsOf(cause)],
    [
      'upstream',
      upstreamSuspects.length === 0
        ? null
        : plain(
            `also failing: ${some(
              upstreamSuspects.map((node) => node.name),
              furtherSuspects,
            )}`,
          ),
    ],
    ['file', nullable(finding.test?.path ?? finding.subject.path, plain)],
  ];
  const label = (word: string): string => ' '.repeat(indent) + paint.dim(word);
  const told = lines.flatMap(([word, text]) => {
    if (text === null) return [];
    const list = word === 'folded' && verbose ? symptoms(cause, indent + LABEL_WIDTH, term) : [];
    return [term.paragraph(text, indent + LABEL_WIDTH, label(word)), ...list];
  });
  const command = cause.nextCommand;
  // Never wrapped: it is there to be copied.
  return command === null ? told : [...told, label('once mended'.padEnd(LABEL_WIDTH)) + paint.cyan(plain(command))];
}

function nullable<T, R>(value: T | null, change: (value: T) => R): R | null {
  return value === null ? null : change(value);
}

function symptoms(cause: Cause, indent: number, term: Terminal): readonly string[] {
  return cause.symptoms.map(({ finding, because }) => {
    const name = finding.test?.name ?? finding.subject.name;
    return term.paragraph(plain(`${name} (${foldPhrase(because)})`), indent + 2, `${' '.repeat(indent)}-`);
  });
}

function causeInALine(cause: Cause, number: number, { term, changes, numberWidth }: Telling): string {
  const { finding } = cause;
  const change = changes.get(finding.uniqueId);
  const news = change === undefined || change.reason === 'ongoing' ? '' : ` (${changeWord(change.reason)})`;
  const owner = finding.owner === null ? '' : term.paint.dim(` · ${personOf({ ...finding.owner, slack: null })}`);
  const text = `${paintSeverity(cause.severity, term)}  ${plain(titleOf(finding))}${news} ${term.paint.dim('·')} ${shortened(headlineOf(finding), LINE_LENGTH)}${owner}`;
  return term.paragraph(text, numberWidth + 2, String(number).padStart(numberWidth));
}

function paintSeverity(severity: Severity, { paint }: Terminal): string {
  switch (severity) {
    case 'critical':
      return paint.bold(paint.red('CRITICAL'));
    case 'error':
      return paint.red('ERROR');
    case 'warning':
      return paint.yellow('WARNING');
  }
}

const ENDED_TOLD = 10;

/** What this run has mended, and what it did not look at. */
function elsewhere(report: Report, term: Terminal, { verbose }: Presentation): string {
  const { ended, unobserved } = endedAndUnobserved(report);
  const told = verbose ? ended : ended.slice(0, ENDED_TOLD);
  const more = ended.length - told.length;
  return [
    ...(ended.length === 0 ? [] : [term.paint.bold(`${count(ended.length, 'incident')} ended`)]),
    ...told.map((change) => term.paragraph(plain(endedPhrase(change)), 4, term.paint.green('  ✓'))),
    ...(more > 0 ? [term.paragraph(`and ${formatNumber(more)} more: dq-report incidents --all`, 4)] : []),
    ...(unobserved.length === 0
      ? []
      : [
          term.paragraph(
            plain(
              `Still open, but not run this time: ${some(unobserved.map(({ incident }) => incident.title))}. \`dq-report incidents\` lists them.`,
            ),
            0,
          ),
        ]),
  ].join('\n');
}

function notes({ run, causes: all }: Report, term: Terminal): string {
  const ownerless = all.filter((cause) => cause.finding.owner === null).length;
  const messages = run.notes.map((note) => note.message);
  if (ownerless > 0)
    messages.push(
      `${count(ownerless, 'cause')} without an owner: name one in meta.owner of the model, in a dbt group, or as the default in dq-report.yml.`,
    );
  if (messages.length === 0) return '';
  return [term.paint.bold('Notes'), ...messages.map((text) => term.paragraph(plain(text), 4, '  -'))].join('\n');
}

/** Whoever looks at the end of a long report sees what matters, and not a hint alone. */
function closing(report: Report, { verbose }: Presentation, term: Terminal): string {
  const { causes: all } = report;
  if (all.length === 0) {
    const paint = isIncomplete(report) ? term.paint.yellow : term.paint.green;
    return term.paragraph(paint(`${conclusionOf(report)}.`), 0);
  }
  const hidden = !verbose && (all.length > TOLD_IN_FULL + 1 || all.some((cause) => cause.symptoms.length > 0));
  const hint = hidden ? term.paint.dim(' --verbose tells every cause in full and names what is folded under it.') : '';
  return term.paragraph(`${term.paint.bold(`${conclusionOf(report)}.`)}${hint}`, 0);
}

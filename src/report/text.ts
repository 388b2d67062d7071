import type { Cause, ExposureVerdict, Verdict } from '../causes/cause.ts';
import { nextCommand } from '../causes/next-command.ts';
import { instantOf } from '../artifacts/run.ts';
import type { Severity } from '../findings/finding.ts';
import type { Format, Presentation, Report } from './report.ts';
import { type Terminal, terminal } from './terminal.ts';
import { count, foldPhrase, meaningOf, messageLines, personOf, plain, symptomsOf, titleOf } from './wording.ts';

/** So many causes are told in full; the rest get a line each, so that sixty still read well. */
const TOLD_IN_FULL = 8;
/** Lines of an adapter's message; the first ones name the fault. */
const MESSAGE_LINES = 4;
const NAMES_IN_A_LINE = 3;

/** The report for a person at a terminal. */
export const formatText: Format = (report, presentation) => {
  const term = terminal(presentation.width, presentation.colour);
  const sections = [
    header(report, term),
    dashboards(report, term, presentation),
    causes(report, term, presentation),
    notes(report, term),
    closing(report, presentation, term),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
};

function header(report: Report, term: Terminal): string {
  const { run, outcomes } = report;
  const facts = [
    term.paint.bold(plain(run.project ?? 'dbt project')),
    run.environment === null ? null : plain(run.environment),
    run.dbtVersion === null ? null : `dbt ${plain(run.dbtVersion)}`,
    formatTime(run.generatedAt),
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
  const lines = [facts.filter((fact) => fact !== null).join(' · '), words.join(', '), term.paint.dim(asDbt), freshnessLine(report)];
  return lines.filter((line) => line !== '').map((line) => term.paragraph(line, 0)).join('\n');
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
  const told = verbose ? verdicts : verdicts.filter((exposure) => exposure.verdict !== 'safe').slice(0, 12);
  const rest = verdicts.filter((exposure) => !told.includes(exposure));
  const lines = told.map((exposure) => dashboard(exposure, term, verbose));
  for (const verdict of new Set(rest.map((exposure) => exposure.verdict))) {
    const names = rest.filter((exposure) => exposure.verdict === verdict).map(exposureName);
    lines.push(term.paragraph(names.join(', '), 12, `  ${paintVerdict(verdict, term)}`));
  }
  return [title, ...lines].join('\n');
}

function dashboard(exposure: ExposureVerdict, term: Terminal, verbose: boolean): string {
  const owner = personOf(exposure.owner);
  const head = term.paragraph(`${term.paint.bold(exposureName(exposure))}${owner === '' ? '' : term.paint.dim(`  ${owner}`)}`, 12, `  ${paintVerdict(exposure.verdict, term)}`);
  const shown = verbose ? exposure.reasons : exposure.reasons.slice(0, 2);
  const more = exposure.reasons.length - shown.length;
  const reasons = shown.map((reason) => term.paragraph(plain(reason), 12));
  if (more > 0) reasons.push(term.paragraph(term.paint.dim(`and ${count(more, 'more reason')}`), 12));
  return [head, ...reasons].join('\n');
}

function exposureName({ label, name }: ExposureVerdict): string {
  return plain(label ?? name);
}

function verdictCounts(verdicts: readonly ExposureVerdict[]): string {
  const order: readonly Verdict[] = ['wrong', 'late', 'unknown', 'safe'];
  const counts = order.map((verdict) => [verdict, verdicts.filter((exposure) => exposure.verdict === verdict).length] as const);
  return counts.filter(([, number]) => number > 0).map(([verdict, number]) => `${number} ${verdict}`).join(', ');
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
  if (report.causes.length === 0) return '';
  const folded = report.causes.reduce((sum, cause) => sum + cause.symptoms.length, 0);
  const behind = folded === 0 ? '' : ` behind ${count(report.causes.length + folded, 'finding')}`;
  const title = term.paint.bold(`${count(report.causes.length, 'cause')}${behind}, worst first`);
  const numberWidth = String(report.causes.length).length;
  const titles = new Map(report.verdicts.map((exposure) => [exposure.name, exposureName(exposure)]));
  const inFull = verbose ? report.causes.length : TOLD_IN_FULL;
  // One line for a single leftover saves nothing over telling it.
  const cut = report.causes.length <= inFull + 1 ? report.causes.length : inFull;
  const blocks = report.causes.slice(0, cut).map((cause, index) => causeInFull(cause, { number: index + 1, numberWidth, term, verbose, titles }));
  const lines = report.causes.slice(cut).map((cause, index) => causeInALine(cause, cut + index + 1, numberWidth, term));
  return [title, ...blocks, lines.join('\n')].filter((block) => block !== '').join('\n\n');
}

interface Telling {
  readonly number: number;
  readonly numberWidth: number;
  readonly term: Terminal;
  readonly verbose: boolean;
  /** Exposures by name, as people know them. */
  readonly titles: ReadonlyMap<string, string>;
}

function causeInFull(cause: Cause, { number, numberWidth, term, verbose, titles }: Telling): string {
  const { finding, impact, upstreamSuspects } = cause;
  const exposures = impact.exposures.map((name) => titles.get(name) ?? name);
  const { paint } = term;
  const indent = numberWidth + 2;
  const head = `${paintSeverity(cause.severity, term)}  ${paint.bold(plain(titleOf(finding)))}`;
  const said = messageLines(finding);
  const message = verbose ? said : said.slice(0, MESSAGE_LINES);
  const meaning = meaningOf(finding);
  const owner = finding.owner === null ? 'nobody named' : `${personOf(finding.owner)} ${paint.dim(`(${plain(finding.owner.reason)})`)}`;
  const command = nextCommand(finding);
  const facts: readonly (readonly [label: string, text: string | null])[] = [
    ['owner', owner],
    ['affects', affected(impact.models, exposures)],
    ['folded', symptomsOf(cause)],
    ['upstream', upstreamSuspects.length === 0 ? null : `also failing: ${some(upstreamSuspects.map((node) => node.name))}`],
    ['file', finding.test?.path ?? finding.subject.path],
    ['next', command === null ? null : paint.cyan(plain(command))],
  ];
  return [
    term.paragraph(head, indent, String(number).padStart(numberWidth)),
    ...message.map((line) => term.paragraph(line, indent)),
    ...(said.length > message.length ? [term.paragraph(paint.dim(`… ${count(said.length - message.length, 'more line')} with --verbose`), indent)] : []),
    ...(meaning === null ? [] : [term.paragraph(paint.dim(meaning), indent)]),
    ...facts.flatMap(([label, text]) => (text === null ? [] : [term.paragraph(label === 'next' || label === 'owner' ? text : plain(text), indent + 10, ' '.repeat(indent) + paint.dim(label))])),
    ...(verbose ? cause.symptoms.map(({ finding: symptom, because }) => term.paragraph(plain(`${symptom.test?.name ?? symptom.subject.name} (${foldPhrase(because)})`), indent + 12, `${' '.repeat(indent + 10)}-`)) : []),
    ...(verbose && impact.exposures.length > NAMES_IN_A_LINE ? [term.paragraph(plain(`All exposures below: ${exposures.join(', ')}`), indent + 10)] : []),
  ].join('\n');
}

function causeInALine(cause: Cause, number: number, numberWidth: number, term: Terminal): string {
  const size = messageLines(cause.finding)[0] ?? '';
  const owner = cause.finding.owner === null ? '' : term.paint.dim(` · ${personOf({ ...cause.finding.owner, slack: null })}`);
  const text = `${paintSeverity(cause.severity, term)}  ${plain(titleOf(cause.finding))} ${term.paint.dim('·')} ${size}${owner}`;
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

function affected(models: number, exposures: readonly string[]): string | null {
  const below = models === 0 ? null : `${count(models, 'model')} downstream`;
  const dashboardsBelow = exposures.length === 0 ? null : some(exposures);
  return [below, dashboardsBelow].filter((part) => part !== null).join('; ') || null;
}

function some(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_IN_A_LINE).join(', ');
  return names.length > NAMES_IN_A_LINE ? `${shown} and ${names.length - NAMES_IN_A_LINE} more` : shown;
}

function notes({ run, causes: all }: Report, term: Terminal): string {
  const ownerless = all.filter((cause) => cause.finding.owner === null).length;
  const messages = run.notes.map((note) => note.message);
  if (ownerless > 0) messages.push(`${count(ownerless, 'cause')} without an owner: name one in meta.owner of the model, in a dbt group, or as the default in dq-report.yml.`);
  if (messages.length === 0) return '';
  return [term.paint.bold('Notes'), ...messages.map((message) => term.paragraph(plain(message), 4, '  -'))].join('\n');
}

function closing({ causes: all }: Report, { verbose }: Presentation, term: Terminal): string {
  if (all.length === 0) return term.paint.green('Nothing is wrong in what dbt checked.');
  const hidden = !verbose && (all.length > TOLD_IN_FULL + 1 || all.some((cause) => cause.symptoms.length > 0));
  return hidden ? term.paint.dim(`--verbose tells every cause in full and names what is folded under it.`) : '';
}

/** In UTC and to the minute: logs of several machines are compared by it. */
function formatTime(timestamp: string | null): string | null {
  const instant = instantOf(timestamp);
  return instant === null ? null : `${new Date(instant).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function formatDuration(seconds: number): string {
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${Math.round(seconds % 60)} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

import type { Manifest } from '../artifacts/manifest.ts';
import { partsOf } from '../artifacts/unique-id.ts';
import { instantOf } from '../artifacts/run.ts';
import type { Cause } from '../causes/cause.ts';
import type { Finding } from '../findings/finding.ts';
import { type Outcome, outcomeOf } from '../findings/outcome.ts';
import { nodeRef, subjectOfTest } from '../findings/subject.ts';
import type { Report } from './report.ts';
import { meaningOf, headlineOf, messageLines, personOf, plain, titleOf } from './wording.ts';

/** One per kind of node, so that its counts mean something. */
const SUITES: readonly (readonly [resourceType: string, name: string])[] = [
  ['source', 'source freshness'],
  ['seed', 'seeds'],
  ['snapshot', 'snapshots'],
  ['model', 'models'],
  ['test', 'data tests'],
  ['unit_test', 'unit tests'],
  ['operation', 'hooks'],
  ['other', 'others'],
];

/** Every result as a test case, for the test pages of GitLab, Jenkins and GitHub actions. */
export function* formatJunit(report: Report): Generator<string, void> {
  const { project, environment, generatedAt } = report.run;
  const all = testCases(report);
  const instant = instantOf(generatedAt);
  const timestamp = instant === null ? null : new Date(instant).toISOString().slice(0, 19);
  const root = {
    name: [project ?? 'dbt project', environment].filter((word) => word !== null).join(' '),
    ...tally(all),
  };
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${attributes(root)}>\n`;
  const bySuite = Map.groupBy(all, suiteOf);
  for (const [type, name] of SUITES) yield* suite(name, bySuite.get(type) ?? [], timestamp);
  yield '</testsuites>\n';
}

function suiteOf({ uniqueId }: TestCase): string {
  const { resourceType } = partsOf(uniqueId);
  return SUITES.some(([type]) => type === resourceType) ? resourceType : 'other';
}

function* suite(name: string, cases: readonly TestCase[], timestamp: string | null): Generator<string, void> {
  if (cases.length === 0) return;
  const skipped = cases.filter(({ outcome }) => outcome === 'skipped').length;
  yield `  <testsuite${attributes({ name, ...tally(cases), skipped, timestamp })}>\n`;
  for (const each of cases) yield `${toXml(each)}\n`;
  yield '  </testsuite>\n';
}

type CaseOutcome = 'passed' | 'warned' | 'failure' | 'error' | 'skipped';

interface TestCase {
  readonly uniqueId: string;
  /** The node that is checked: GitLab shows it as suite, Jenkins as class, so all about one model stands together. */
  readonly classname: string;
  readonly name: string;
  readonly file: string | null;
  readonly outcome: CaseOutcome;
  readonly said: { readonly type: string; readonly message: string; readonly text: string } | null;
}

function testCases({ run, findings, causes }: Report): readonly TestCase[] {
  const found = new Map(findings.map((finding) => [finding.uniqueId, finding]));
  const causeOf = new Map(
    causes.flatMap((cause) =>
      [cause.finding, ...cause.symptoms.map(({ finding }) => finding)].map((finding) => [finding, cause]),
    ),
  );
  const outcomes = new Map<string, Outcome>([
    ...run.freshness.results.map(({ uniqueId }) => [uniqueId, 'passed'] as const),
    ...run.results.map((result) => [result.uniqueId, outcomeOf(result)] as const),
  ]);
  // Sources that dbt left out of sources.json and ephemeral models have a finding but no result.
  for (const { uniqueId } of findings) if (!outcomes.has(uniqueId)) outcomes.set(uniqueId, 'skipped');
  const seen = new Set<string>();
  return [...outcomes].map(([uniqueId, outcome]) => {
    const finding = found.get(uniqueId);
    const named = nameOf(uniqueId, run.manifest);
    // GitLab ignores a second case of the same classname and name.
    const key = JSON.stringify([named.classname, named.name]);
    const name = seen.has(key) ? `${named.name} (${uniqueId})` : named.name;
    seen.add(key);
    return {
      ...named,
      name,
      ...(finding === undefined ? withoutFinding(outcome) : withFinding(finding, causeOf.get(finding))),
    };
  });
}

const checks: ReadonlyMap<string, string> = new Map([
  ['source', 'freshness of'],
  ['operation', 'hook'],
]);

function nameOf(uniqueId: string, manifest: Manifest): Pick<TestCase, 'uniqueId' | 'classname' | 'name' | 'file'> {
  const { resourceType } = partsOf(uniqueId);
  const isTest = resourceType === 'test' || resourceType === 'unit_test';
  const { name, path } = nodeRef(manifest, uniqueId);
  const subject = partsOf(isTest ? subjectOfTest(manifest, uniqueId) : uniqueId);
  const check = checks.get(resourceType) ?? resourceType;
  return {
    uniqueId,
    classname: [subject.package, subject.name].filter((word) => word !== null).join('.'),
    name: isTest ? name : `${check} ${name}`,
    file: path,
  };
}

function withoutFinding(outcome: Outcome): Pick<TestCase, 'outcome' | 'said'> {
  if (outcome === 'passed') return { outcome: 'passed', said: null };
  const message = outcome === 'not_run' ? 'There was nothing to do.' : 'Skipped by dbt.';
  return { outcome: 'skipped', said: { type: outcome, message, text: '' } };
}

function withFinding(finding: Finding, cause: Cause | undefined): Pick<TestCase, 'outcome' | 'said'> {
  const { kind, severity, owner } = finding;
  const lines = messageLines(finding);
  const because = cause === undefined || cause.finding === finding ? null : titleOf(cause.finding);
  const command = cause?.nextCommand ?? null;
  const text = [
    ...lines,
    meaningOf(finding),
    '',
    `Severity: ${severity}`,
    owner === null ? null : `Owner: ${personOf(owner)} (${owner.reason})`,
    because === null ? null : `Because of: ${because}`,
    command === null ? null : `Next: ${command}`,
  ];
  return {
    outcome: caseOutcomeOf(finding),
    said: {
      type: kind,
      message: `${headlineOf(finding)}${because === null ? '' : ` (because of: ${because})`}`,
      text: text.filter((line) => line !== null).join('\n'),
    },
  };
}

/** The team's severity decides, as it does for the exit code: a warning never turns a build red, whoever calls it one. */
function caseOutcomeOf({ kind, severity }: Finding): CaseOutcome {
  switch (kind) {
    case 'node_skipped':
      return 'skipped';
    case 'source_unchecked':
      return severity === 'warning' ? 'skipped' : 'error';
    case 'test_failed':
    case 'test_warned':
    case 'unit_test_failed':
    case 'model_warned':
    case 'source_stale':
      return severity === 'warning' ? 'warned' : 'failure';
    case 'test_errored':
    case 'model_errored':
    case 'seed_errored':
    case 'snapshot_errored':
    case 'hook_errored':
    case 'partial_success':
      return severity === 'warning' ? 'warned' : 'error';
  }
}

function tally(cases: readonly TestCase[]): Record<'tests' | 'failures' | 'errors', number> {
  const number = (outcome: CaseOutcome): number => cases.filter((each) => each.outcome === outcome).length;
  return { tests: cases.length, failures: number('failure'), errors: number('error') };
}

function toXml({ classname, name, file, outcome, said }: TestCase): string {
  const start = `    <testcase${attributes({ classname, name, file })}`;
  if (said === null || outcome === 'passed') return `${start}/>`;
  // JUnit knows no warnings: what passes may only say something.
  const inside =
    outcome === 'warned'
      ? `<system-out>${escape(`Warning: ${said.text}`)}</system-out>`
      : `<${outcome}${attributes({ type: said.type, message: said.message })}>${escape(said.text)}</${outcome}>`;
  return `${start}>\n      ${inside}\n    </testcase>`;
}

function attributes(values: Readonly<Record<string, string | number | null>>): string {
  return Object.entries(values)
    .map(([name, value]) => (value === null ? '' : ` ${name}="${escape(String(value))}"`))
    .join('');
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** XML 1.0 has no way at all to write most control characters, half surrogates, U+FFFE and U+FFFF. */
function escape(text: string): string {
  return plain(text)
    .replaceAll(/[\p{Cs}\ufffe\uffff]/gu, '\ufffd')
    .replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}

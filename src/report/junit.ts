import { partsOf } from '../artifacts/manifest.ts';
import type { Cause } from '../causes/cause.ts';
import { nextCommand } from '../causes/next-command.ts';
import type { Finding } from '../findings/finding.ts';
import { nodeRef, subjectOfTest } from '../findings/subject.ts';
import type { Format, Report } from './report.ts';
import { foldPhrase, messageLines, personOf, plain, titleOf } from './wording.ts';

/**
 * Every result as a test case, for the test pages of GitLab, Jenkins and GitHub actions. A suite per kind of node gives
 * the counts people compare. `classname` is the node that is checked: GitLab shows it as the suite, Jenkins as the
 * class, so all that concerns one model stands together.
 */
export const formatJunit: Format = (report) => {
  const cases = testCases(report);
  const suites = SUITES.map(([name, types]) => suite(name, cases.filter((each) => types.includes(each.type)), report));
  // dbt may invent kinds of nodes; their results count all the same.
  const others = cases.filter((each) => !SUITES.some(([, types]) => types.includes(each.type)));
  const { project, environment } = report.run;
  const name = [project ?? 'dbt project', environment].filter((word) => word !== null).join(' ');
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name, ...tally(cases) })}>`,
    ...suites,
    suite('others', others, report),
    '</testsuites>',
    '',
  ]
    .filter((line, index, lines) => line !== '' || index === lines.length - 1)
    .join('\n');
};

const SUITES: readonly (readonly [name: string, resourceTypes: readonly string[]])[] = [
  ['source freshness', ['source']],
  ['seeds', ['seed']],
  ['snapshots', ['snapshot']],
  ['models', ['model']],
  ['data tests', ['test']],
  ['unit tests', ['unit_test']],
  ['hooks', ['operation']],
];

type Verdict = 'passed' | 'warned' | 'failure' | 'error' | 'skipped';

interface TestCase {
  readonly type: string;
  readonly classname: string;
  readonly name: string;
  readonly file: string | null;
  readonly verdict: Verdict;
  /** What is said of it; null for what is fine. */
  readonly detail: { readonly type: string; readonly message: string; readonly text: string } | null;
}

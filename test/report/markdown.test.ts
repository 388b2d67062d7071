import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { formatMarkdown } from '../../src/report/markdown.ts';
import { code, prose } from '../../src/report/markdown-escape.ts';
import type { Report } from '../../src/report/report.ts';
import { plain } from '../../src/report/wording.ts';
import { aCause, aFinding, anExposure, aNode, aReport, aTest } from '../builders.ts';
import { hostileText } from '../hostile.ts';

const markdown = (report: Report): string => formatMarkdown(report);

interface Node {
  readonly type: string;
  readonly value?: string;
  readonly children?: readonly Node[];
}

/** What GitHub's reader makes of it: all nodes, outer ones first. */
function parse(text: string): readonly Node[] {
  const flatten = (node: Node): readonly Node[] => [node, ...(node.children ?? []).flatMap(flatten)];
  return flatten(fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }));
}

const shown = (nodes: readonly Node[]): string =>
  nodes
    .map((node) => node.value ?? '')
    .join('')
    .replaceAll('\u200B', '');
const types = (nodes: readonly Node[]): readonly string[] => [...new Set(nodes.map((node) => node.type))];
const oneLine = (text: string): string => plain(text).replaceAll(/\s+/g, ' ').trim();

/** As a browser reads HTML that the reader of markdown hands on. */
const decode = (html = ''): string => html.replaceAll(/&#(\d+);/g, (_, number) => String.fromCodePoint(Number(number)));

const failedTest = (index: number, severity: 'error' | 'warning' = 'error') =>
  aCause({
    finding: aFinding({
      severity,
      subject: aNode({ name: `orders_${index}` }),
      test: aTest({ name: `not_null_orders_${index}_client_id` }),
    }),
  });
const failedTests = (number: number) => Array.from({ length: number }, (_, index) => failedTest(index));

describe('a markdown report', () => {
  test('reads like this', () => {
    const finding = aFinding({
      severity: 'critical',
      kind: 'model_errored',
      errorClass: 'missing_column',
      test: null,
      subject: aNode({
        name: 'stg_orders',
        path: 'models/stg_orders.sql',
        description: 'Orders, one per line. And more.',
      }),
      message:
        'Database Error in model stg_orders (models/stg_orders.sql)\n  column "client_id" does not exist\n  LINE 1: select ```',
      owner: { name: 'Growth', email: 'growth@shop.example', slack: '#growth', reason: 'group growth' },
    });
    const skipped = aFinding({ kind: 'node_skipped', test: null, subject: aNode({ name: 'fct_orders' }) });
    const report = aReport({
      causes: [
        aCause({
          finding,
          symptoms: [{ finding: skipped, because: 'skipped_by' }],
          upstreamSuspects: [aNode({ name: 'raw_orders' })],
          impact: { models: 3, blockedModels: 1, exposures: ['weekly_sales'] },
        }),
        failedTest(1, 'warning'),
      ],
      verdicts: [
        anExposure({ label: 'Weekly sales', verdict: 'late', reasons: ['fct_orders was skipped', 'b', 'c', 'd', 'e'] }),
        anExposure({ name: 'churn' }),
      ],
      run: {
        ...aReport().run,
        environment: 'prod',
        notes: [{ code: 'no_manifest', message: 'There is no manifest.json.' }],
      },
    });
    expect(markdown(report)).toBe(`## 🔴 shop (prod): Causes: 1 critical, 1 warning. Exposures: 1 late

**1 passed · 0 warned · 0 failed · 0 errored · 0 skipped**

dbt 1.11.16 · 2026-01-02 06:00 UTC · 30 s

### Dashboards and other exposures: 1 late, 1 safe

| exposure | verdict | why | owner |
| --- | --- | --- | --- |
| Weekly sales | 🕒 late | fct_orders was skipped<br>b<br>c<br>and 2 more reasons | Ana \`ana@shop.example\` |

<details><summary>✅ 1 safe</summary>

churn

</details>

### Causes, worst first

#### 1. 🔴 CRITICAL · stg_orders could not be built: a column is missing

\`\`\`\`
column "client_id" does not exist
LINE 1: select \`\`\`
\`\`\`\`

> Orders, one per line. And more.

- **Owner:** Growth \`growth@shop.example\` \`#growth\` (group growth)
- **Affects:** 3 models downstream, 1 of them not built; Weekly sales
- **Upstream also failing:** raw_orders
- **File:** \`models/stg_orders.sql\`
- **Next**, once it is mended:

\`\`\`sh
dbt build --select orders+
\`\`\`

<details><summary>Folded under it: 1 model skipped</summary>

- \`fct_orders\`: skipped by dbt because of it

</details>

#### 2. 🟡 WARNING · not_null client_id on orders_1

77 rows without a value

- **Owner:** nobody named
- **File:** \`models/schema.yml\`
- **Next**, once it is mended:

\`\`\`sh
dbt build --select orders+
\`\`\`

### Notes

- There is no manifest.json.
`);
  });

  test('says that nothing is wrong', () => {
    expect(markdown(aReport())).toContain('## ✅ shop: Nothing is wrong in what dbt checked');
  });

  test('counts the sources when their freshness was checked', () => {
    const { run } = aReport();
    const causes = [aCause({ finding: aFinding({ kind: 'source_stale', test: null }) })];
    expect(
      markdown(aReport({ causes, run: { ...run, freshness: { checked: true, results: [], invocationId: null } } })),
    ).toContain('sources: 1 stale, 0 unchecked');
  });

  test('counts what it leaves out of a long message and of many symptoms', () => {
    const message = Array.from({ length: 40 }, (_, index) => `line ${index}`).join('\n');
    const symptoms = Array.from({ length: 60 }, () => ({
      finding: aFinding({ kind: 'node_skipped' }),
      because: 'skipped_by' as const,
    }));
    const text = markdown(aReport({ causes: [aCause({ finding: aFinding({ message }), symptoms })] }));
    expect(text).toContain('… 25 more lines; `dq-report --format json` has them all.');
    expect(text).toContain('- and 35 more; `dq-report --format json` has them all');
  });
});

describe('the space of a comment', () => {
  /** Where each cause stands: open, folded, in a line, or counted. */
  function layout(text: string): Record<string, number> {
    const number = (pattern: RegExp): number => text.match(pattern)?.length ?? 0;
    return {
      open: number(/^#### \d+\. /gm),
      folded: number(/^<details><summary>\d+\. /gm),
      lines: number(/^\d+\. /gm),
      counted: Number(/^([\d,]+) more causes? not shown/m.exec(text)?.[1]?.replaceAll(',', '') ?? 0),
    };
  }

  test.each([
    [1, { open: 1, folded: 0, lines: 0, counted: 0 }],
    [8, { open: 8, folded: 0, lines: 0, counted: 0 }],
    [60, { open: 8, folded: 52, lines: 0, counted: 0 }],
  ])('holds %i causes in full', (number, expected) => {
    expect(layout(markdown(aReport({ causes: failedTests(number) })))).toEqual(expected);
  });

  test('leaves a line to each of 400 causes, the worst ones in full', () => {
    const { open = 0, folded = 0, lines = 0, counted } = layout(markdown(aReport({ causes: failedTests(400) })));
    expect(open + folded + lines).toBe(400);
    expect(open).toBe(8);
    expect(folded).toBeGreaterThan(20);
    expect(lines).toBeGreaterThan(100);
    expect(counted).toBe(0);
  });

  test('counts the causes that not even a line is left for', () => {
    const { open = 0, folded = 0, lines = 0, counted = 0 } = layout(markdown(aReport({ causes: failedTests(5000) })));
    expect(counted).toBeGreaterThan(1000);
    expect(open + folded + lines + counted).toBe(5000);
  });

  test('is not used up by notes, which are counted instead', () => {
    const notes = Array.from({ length: 200 }, (_, index) => ({
      code: 'no_manifest' as const,
      message: `${index} ${'*'.repeat(99)}`,
    }));
    const text = markdown(aReport({ causes: failedTests(3), run: { ...aReport().run, notes } }));
    const [, rest = ''] = /^(\d+) more notes; `dq-report/m.exec(text) ?? [];
    expect(text.match(/^- \d+ /gm)?.length).toBe(200 - Number(rest));
    expect(layout(text)).toMatchObject({ open: 3 });
  });

  test('is not used up by exposures, which are counted by verdict instead', () => {
    const verdicts = [
      ...Array.from({ length: 900 }, (_, index) =>
        anExposure({ name: `late_${index}`, verdict: 'late', reasons: ['orders was skipped'] }),
      ),
      ...Array.from({ length: 900 }, (_, index) => anExposure({ name: `safe_${index}` })),
    ];
    const text = markdown(aReport({ causes: failedTests(3), verdicts }));
    const [, rest = ''] = /^Not in this table: (\d+) late;/m.exec(text) ?? [];
    expect(text.match(/^\| late_/gm)?.length).toBe(900 - Number(rest));
    expect(text).toMatch(/safe_0, safe_1, .* and \d+ more; `dq-report/);
    expect(layout(text)).toMatchObject({ open: 3 });
  });
});

describe('text from artifacts', () => {
  test.each([
    ['a mention', 'ask @octocat'],
    ['an issue', 'see #12 or octo/repo#3'],
    ['a link', 'https://e.vil and www.e.vil'],
    ['an address', 'a@b.co'],
    ['HTML', '<img src=x> </details>'],
    ['a table', 'a | b \\| c'],
    ['a heading', '# a'],
    ['a list', '1. a'],
    ['emphasis', '_a_ **b** ~~c~~ `d`'],
    ['an entity', '&amp; &#64;octocat'],
  ])('is shown as it is when it holds %s', (_, text) => {
    for (const context of [
      prose(text),
      `- ${prose(text)}`,
      `> ${prose(text)}`,
      `#### ${prose(text)}`,
      `| a |\n| - |\n| ${prose(text)} |`,
    ]) {
      const nodes = parse(context);
      expect(shown(nodes).replace(/^a(?=.)/, (letter) => (context.startsWith('|') ? '' : letter))).toBe(text);
      expect(
        types(nodes).filter((type) =>
          ['link', 'html', 'strong', 'emphasis', 'delete', 'inlineCode', 'image'].includes(type),
        ),
      ).toEqual([]);
    }
  });

  test.each([
    ['models/stg_orders.sql', '`models/stg_orders.sql`'],
    ['ana@shop.example', '`ana@shop.example`'],
    ['odd`name', 'odd&#96;name'],
    ['C:\\models', 'C:&#92;models'],
  ])('%j is code, or prose if code cannot hold it', (text, expected) => {
    expect(code(text)).toBe(expected);
  });

  test('is never markup, whatever it is', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const nodes = parse(prose(text));
        expect(types(nodes).filter((type) => !['root', 'paragraph', 'text'].includes(type))).toEqual([]);
        // The reader of markdown writes U+FFFD for NUL only, which `plain` has taken out.
        expect(shown(nodes)).toBe(oneLine(text));
      }),
    );
  });

  test('cannot link, notify, add HTML or outgrow a comment from anywhere in a report', () => {
    const finding = fc.record({
      name: hostileText,
      message: hostileText,
      path: hostileText,
      description: hostileText,
      owner: hostileText,
      times: fc.constantFrom(1, 1, 50),
    });
    fc.assert(
      fc.property(
        fc.array(finding, { minLength: 1, maxLength: 12 }),
        fc.constantFrom(1, 1, 1, 50),
        (findings, times) => {
          const causes = Array.from({ length: times }, () => findings)
            .flat()
            .map(({ name, message, path, description, owner, times: long }) => {
              const subject = aNode({ name: name.repeat(long), path, description });
              const person = { name: owner, email: owner, slack: owner, reason: owner };
              const found = aFinding({
                subject,
                test: null,
                kind: 'model_errored',
                message: message.repeat(long),
                owner: person,
              });
              return aCause({
                finding: found,
                symptoms: [{ finding: found, because: 'skipped_by' }],
                upstreamSuspects: [subject],
                impact: { models: 1, blockedModels: 1, exposures: [name, name] },
              });
            });
          const verdicts = findings.map(({ name, message, owner }) =>
            anExposure({
              name,
              verdict: 'wrong',
              reasons: [message, name],
              owner: { name: owner, email: owner, slack: owner },
            }),
          );
          const notes = findings.map(({ message }) => ({ code: 'no_manifest' as const, message }));
          const text = markdown(aReport({ causes, verdicts, run: { ...aReport().run, notes } }));
          expect(text.length).toBeLessThanOrEqual(60_000);

          const nodes = parse(text);
          expect(
            types(nodes).filter((type) =>
              [
                'link',
                'image',
                'linkReference',
                'imageReference',
                'footnoteReference',
                'definition',
                'delete',
                'emphasis',
              ].includes(type),
            ),
          ).toEqual([]);
          const html = nodes
            .filter((node) => node.type === 'html')
            .map((node) => node.value?.replaceAll(/<\/?(?:details|summary|b|br)>/g, ''));
          expect(html.filter((value) => value?.includes('<'))).toEqual([]);
          const visible = nodes
            .filter((node) => node.type === 'text' || node.type === 'html')
            .map((node) => decode(node.value));
          expect(visible.filter((value) => /@\w|#\d|:\/\/|\bwww\./.test(value))).toEqual([]);
        },
      ),
      { numRuns: 30 },
    );
  });
});

test('a message that is a command to GitLab is only a text', () => {
  expect(prose('/merge')).toBe('&#47;merge');
  const text = markdown(aReport({ causes: [aCause({ finding: aFinding({ message: '/merge' }) })] }));
  expect(text).not.toMatch(/^\s*\/merge/m);
});

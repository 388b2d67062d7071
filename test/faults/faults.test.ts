import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { partsOf } from '../../src/artifacts/unique-id.ts';
import type { Report } from '../../src/report/report.ts';
import { formatText } from '../../src/report/text.ts';
import { type Expected, faults } from './faults.ts';
import { dbtProgram, Shop } from './shop.ts';

/** Two runs of dbt take about ten seconds. */
const TIMEOUT = 120_000;

const here = existsSync(dbtProgram) ? describe : describe.skip;

here('seeded into the demo project and built by dbt:', () => {
  let folder: string;
  let shop: Shop;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dq-report-shop-'));
    shop = await Shop.copyTo(folder);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each(faults)(
    '%s',
    async (_, fault, expected) => {
      const { report, closing } = await shop.report(fault);
      expect(summaryOf(report)).toEqual({ notes: [], ...expected });
      // Of several commands the report sums up all, and dbt each.
      const totals = closing.length === 1 ? closing.map((line) => `dbt: ${line}`) : [];
      const lines = formatText(report, { width: 200, colour: false, verbose: false }).split('\n');
      expect(lines).toEqual(expect.arrayContaining(totals));
    },
    TIMEOUT,
  );
});

function summaryOf({ causes, verdicts, run }: Report): Required<Expected> {
  const verdictOf = (exposure: string): string => verdicts.find(({ name }) => name === exposure)?.verdict ?? '';
  return {
    causes: causes.map(({ finding, severity, symptoms }) => {
      const what = [severity, finding.kind, finding.errorClass, partsOf(finding.uniqueId).name]
        .filter((word) => word !== null)
        .join(' ');
      const folded = [...new Set(symptoms.map(({ because }) => because))].map((because) => {
        const names = symptoms
          .filter((symptom) => symptom.because === because)
          .map((symptom) => partsOf(symptom.finding.uniqueId).name);
        return `${because}: ${names.toSorted().join(', ')}`;
      });
      return [what, ...folded.toSorted()].join('; ');
    }),
    exposures: {
      roas: verdictOf('marketing_roas_dashboard'),
      finance: verdictOf('finance_revenue_dashboard'),
      funnel: verdictOf('growth_funnel_board'),
    },
    notes: run.notes.map(({ code }) => code),
  };
}

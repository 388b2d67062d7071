import { stripVTControlCharacters } from 'node:util';
import colours from 'picocolors';

/** The report of dq-report without the causes that are as before: those are counted. */
export function withoutUnchanged(report: string): string {
  const shown: string[] = [];
  let unchanged = 0;
  for (const block of report.split('\n\n')) {
    const text = stripVTControlCharacters(block);
    const causes = text.match(/^ ?\d+ {2}[A-Z]+ {2}/gm)?.length ?? 0;
    if (causes > 0 && !isNews(text)) unchanged += causes;
    else {
      if (unchanged > 0) shown.push(counted(unchanged));
      unchanged = 0;
      shown.push(block);
    }
  }
  return shown.join('\n\n');
}

/** "since  2026-01-02 06:00 UTC, in 3 runs, worse", or in a line "orders_id on orders (new) · 4 rows". */
function isNews(text: string): boolean {
  return /^ +since .*(?:new|worse|better|back again)$|\((?:new|worse|better|back again)\)/m.test(text);
}

function counted(causes: number): string {
  return colours.dim(`    … ${causes} more, as before`);
}

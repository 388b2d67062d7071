import { type Finding, rankOf } from '../../findings/finding.ts';

/** Worst first; by name, where it is all the same. */
export function bySeverity(a: Finding, b: Finding): number {
  return rankOf(a.severity) - rankOf(b.severity) || (a.uniqueId < b.uniqueId ? -1 : 1);
}

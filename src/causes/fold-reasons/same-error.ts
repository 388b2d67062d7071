import type { ErrorClass } from '../../findings/error-class.ts';
import type { Finding } from '../../findings/finding.ts';
import { messageLines } from '../../findings/message-lines.ts';
import type { FoldRule } from '../fold.ts';

/** Faults of the surroundings, which hit whatever happens to run. */
const ofTheSurroundings: ReadonlySet<ErrorClass> = new Set<ErrorClass>([
  'permission',
  'connection',
  'resources',
  'timeout',
]);

/** Fewer may be a coincidence. */
const ENOUGH = 3;

/**
 * The warehouse said the same, word for word, of several nodes in one invocation: a lost connection, a missing grant. The
 * first that it was said of stands for all.
 */
export const sameError: FoldRule = (findings) => {
  const groups = Map.groupBy(findings, wordsOf);
  return (finding) => {
    const words = wordsOf(finding);
    const group = words === null ? undefined : groups.get(words);
    const first = group?.[0];
    return group === undefined || group.length < ENOUGH || first === undefined || first === finding ? null : first;
  };
};

/** The message without what names the node; null for what is no fault of the surroundings. */
function wordsOf(finding: Finding): string | null {
  if (finding.errorClass === null || !ofTheSurroundings.has(finding.errorClass)) return null;
  return JSON.stringify([finding.invocationId, messageLines(finding)]);
}

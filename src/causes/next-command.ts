import type { Finding } from '../findings/finding.ts';
import type { Symptom } from './cause.ts';

/**
 * What to run once the fault is mended, ready to be copied: it repeats what failed and everything that waited for it, in
 * the profile target of the run. Null where dbt has no such command.
 */
export function nextCommand(finding: Finding, symptoms: readonly Symptom[], target: string | null): string | null {
  const commands = commandsFor(finding, symptoms);
  const targetFlag = target === null ? '' : ` --target ${quote(target)}`;
  return commands === null ? null : commands.map((command) => `dbt ${command}${targetFlag}`).join(' && ');
}

function commandsFor({ kind, subject, test }: Finding, symptoms: readonly Symptom[]): readonly string[] | null {
  const name = subject.uniqueId.startsWith('source.') ? `source:${subject.name}` : subject.name;
  const everythingBelow = `build --select ${quote(`${name}+`)}`;
  // What these stopped lies anywhere; dbt itself knows where to go on.
  if (symptoms.some(({ because }) => because === 'fail_fast' || because === 'same_error')) return ['retry'];
  switch (kind) {
    case 'source_stale':
    case 'source_unchecked':
      return [`source freshness --select ${quote(name)}`, everythingBelow];
    case 'test_errored':
      return [symptoms.length > 0 || test === null ? everythingBelow : `build --select ${quote(test.name)}`];
    case 'hook_errored':
      return ['build'];
    case 'node_skipped':
      return null;
    case 'test_failed':
    case 'test_warned':
    case 'unit_test_failed':
    case 'model_errored':
    case 'model_warned':
    case 'seed_errored':
    case 'snapshot_errored':
    case 'partial_success':
      return [everythingBelow];
  }
}

/** Names come from files and may hold anything; what a shell could read as more than a word is quoted. */
function quote(word: string): string {
  return /^[\w.:+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

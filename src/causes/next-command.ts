import { partsOf } from '../artifacts/manifest.ts';
import type { Finding } from '../findings/finding.ts';

/**
 * What to run once the fault is mended, ready to be copied: it repeats what failed and everything that waited for it.
 * Null where dbt has no such command.
 */
export function nextCommand({ kind, subject, test }: Finding): string | null {
  switch (kind) {
    case 'source_stale':
    case 'source_unchecked':
      return `dbt source freshness --select ${quote(selector(subject.uniqueId, subject.name))} && dbt build --select ${quote(`${selector(subject.uniqueId, subject.name)}+`)}`;
    case 'test_errored':
      return `dbt build --select ${quote(test?.name ?? partsOf(subject.uniqueId).name)}`;
    case 'hook_errored':
      return 'dbt build';
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
      return `dbt build --select ${quote(`${selector(subject.uniqueId, subject.name)}+`)}`;
  }
}

/** dbt selects sources as `source:web.events`, versions as `orders.v2`, everything else by name. */
function selector(uniqueId: string, name: string): string {
  if (uniqueId.startsWith('source.')) return `source:${name}`;
  const version = /\.(v\d+)$/.exec(uniqueId)?.[1];
  return version === undefined ? name : `${name}.${version}`;
}

/** Names come from files and may hold anything; what a shell could read as more than a word is quoted. */
function quote(word: string): string {
  return /^[\w.:+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { ProblemError } from '../errors.ts';
import { type ScanSettings, scanJson, UnreadableJson } from './json-scanner.ts';
import type { Scan } from './read-artifact.ts';

/**
 * Scans a file of any size.
 * @throws {UnreadableJson}
 * @throws {ProblemError} when the file is written while it is read.
 */
export function scanFile<T>(path: string, { layout, visitor, result }: Scan<T>, settings: ScanSettings): T {
  const file = openSync(path, 'r');
  try {
    const before = fstatSync(file);
    scanJson((into, offset) => readSync(file, into, offset, into.length - offset, null), layout, visitor, settings);
    const after = fstatSync(file);
    if (after.size !== before.size || after.mtimeMs !== before.mtimeMs) {
      throw new ProblemError({
        code: 'artifact_invalid',
        what: `${path} was written while it was read.`,
        next: 'Run dq-report when dbt has ended.',
      });
    }
    return result();
  } finally {
    closeSync(file);
  }
}

/** What is wrong with the JSON; null for errors of the file system. */
export function problemWithJson(error: unknown): UnreadableJson['reason'] | null {
  if (error instanceof UnreadableJson) return error.reason;
  if (error instanceof Error && 'syscall' in error) return null;
  throw error;
}

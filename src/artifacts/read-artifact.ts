import { stat } from 'node:fs/promises';
import { ProblemError } from '../errors.ts';
import { cutOff, type JsonFile, notJson, readJsonFile } from './json.ts';
import type { Layout } from './json-plan.ts';
import type { ScanSettings, UnreadableJson, Visitor } from './json-scanner.ts';

/** The two ways to understand an artifact. Both give the same. */
export interface ArtifactReader<T> {
  parsed(file: JsonFile): T;
  /** Begins anew. */
  scan(path: string): Scan<T>;
}

export interface Scan<T> {
  readonly layout: Layout;
  readonly visitor: Visitor;
  /** After the last visit. */
  readonly result: () => T;
}

export interface ReadSettings extends ScanSettings {
  /** Files of so many bytes or more are scanned; what is smaller, `JSON.parse` reads faster. */
  readonly scannedFrom?: number;
  /** What is wrong with files that cannot be scanned is asked of `JSON.parse`, up to this size. */
  readonly parsedUpTo?: number;
}

/** Measured: docs/performance.md. */
const SCANNED_FROM = 2_000_000;
/** V8 cannot hold more in a string. */
const LONGEST_STRING = 536_870_888;

/**
 * Reads an artifact of any size.
 * @throws {ProblemError} as {@link readJsonFile} does, and when the file is written while it is read.
 */
export async function readArtifact<T>(
  path: string,
  reader: ArtifactReader<T>,
  { scannedFrom = SCANNED_FROM, parsedUpTo = LONGEST_STRING, ...settings }: ReadSettings = {},
): Promise<T> {
  const entry = await stat(path).catch(() => null);
  // A pipe cannot be read twice.
  if (entry?.isFile() !== true || entry.size < scannedFrom) return reader.parsed(await readJsonFile(path));
  const { problemWithJson, scanFile } = await import('./scan-file.ts');
  try {
    return scanFile(path, reader.scan(path), settings);
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    const reason = problemWithJson(error);
    // Whoever reads it as a whole can say best what is wrong with it.
    if (reason === null || entry.size <= parsedUpTo) return reader.parsed(await readJsonFile(path));
    throw new ProblemError({ code: 'artifact_invalid', ...whyUnreadable(path, reason) });
  }
}

/** Of files that are too large for `JSON.parse`. */
function whyUnreadable(path: string, reason: UnreadableJson['reason']): { what: string; next: string } {
  switch (reason) {
    case 'cut_off':
      return cutOff(path);
    case 'malformed':
      return notJson(path);
    case 'entry_too_large':
      return {
        what: `${path} holds an entry that is too large to be read.`,
        next: 'Two commands may have written it at once: run dbt again. If it stays so, give dq-report more memory.',
      };
  }
}

import { EventEmitter } from 'node:events';
import { expect, test } from '@jest/globals';
import { write } from '../../src/commands/writing.ts';
import type { Runtime } from '../../src/runtime.ts';
import { aCause, aFinding, aReport } from '../builders.ts';

/** Somebody who reads when he likes. */
class SlowReader extends EventEmitter {
  writable = true;
  readonly pieces: string[] = [];

  write(piece: string): boolean {
    this.pieces.push(piece);
    return false;
  }
}

const writing = { format: 'json', output: null, quiet: false, verbose: false, useColors: false } as const;
const cause = aCause({ finding: aFinding({ message: 'x'.repeat(100_000) }) });
const report = aReport({ causes: Array.from({ length: 5 }, () => cause) });

function runtimeWith(stdout: SlowReader): Runtime {
  return { cwd: '.', env: {}, stdout, stderr: stdout, now: () => new Date(0) };
}

test('a report of many pieces waits for who reads it, and keeps none in memory before', async () => {
  const reader = new SlowReader();
  const written = write(report, writing, runtimeWith(reader));
  await new Promise(setImmediate);
  expect(reader.pieces).toHaveLength(1);
  const reading = setInterval(() => reader.emit('drain'));
  await written;
  clearInterval(reading);
  expect(JSON.parse(reader.pieces.join('')).causes).toHaveLength(5);
});

test('a reader who leaves is not waited for', async () => {
  const reader = new SlowReader();
  const written = write(report, writing, runtimeWith(reader));
  await new Promise(setImmediate);
  reader.writable = false;
  reader.emit('error', new Error('EPIPE'));
  await written;
  expect(reader.pieces.length).toBeGreaterThan(1);
});

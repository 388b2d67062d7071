/** What the tool may touch of the outside world, so that tests and other hosts can stand in for it. */
export interface Runtime {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Stream;
  readonly stderr: Stream;
  now(): Date;
}

export interface Stream {
  /** Columns of the terminal; undefined when it is none. */
  readonly columns?: number | undefined;
  readonly isTTY?: boolean | undefined;
  /** False when whoever reads it has left. */
  readonly writable?: boolean | undefined;
  /** Returns false where what was written waits in memory until the event `drain`. */
  write(text: string): unknown;
}

export function processRuntime(): Runtime {
  return {
    cwd: process.cwd(),
    env: process.env,
    stdout: process.stdout,
    stderr: process.stderr,
    now: () => new Date(),
  };
}

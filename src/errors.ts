/**
 * Everything that can go wrong by somebody's mistake or a broken file: what happened, where, and what to do next.
 * `main.ts` prints these without a stack trace and exits with 2; any other error is a defect of dq-report.
 */
export type ProblemCode =
  | 'usage'
  | 'config_invalid'
  | 'secret_missing'
  | 'secret_invalid'
  | 'receiver_refused'
  | 'output_exists'
  | 'no_project'
  | 'no_artifacts'
  | 'artifact_unreadable'
  | 'artifact_invalid'
  | 'nothing_tested'
  | 'output_unwritable'
  | 'state_unusable'
  | 'no_state';

export interface Problem {
  readonly code: ProblemCode;
  /** One sentence: what is wrong, with the file or flag it concerns. */
  readonly what: string;
  /** One sentence: what the reader can do about it. */
  readonly next: string;
}

/** Thrown for mistakes of the surroundings, never for defects. Carries every problem found at once. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problems: readonly [Problem, ...Problem[]];

  constructor(...problems: readonly [Problem, ...Problem[]]) {
    super(problems.map((problem) => problem.what).join('\n'));
    this.problems = problems;
  }
}

/** Nothing when there are none. @throws {ProblemError} with all of them. */
export function raise([first, ...rest]: readonly Problem[]): void {
  if (first !== undefined) throw new ProblemError(first, ...rest);
}

/** `ENOENT`, `EACCES` …: what the system calls an error; its message where it has no such name. */
export function systemCodeOf(error: unknown): string {
  if (typeof error === 'object' && error !== null) {
    if ('code' in error && typeof error.code === 'string') return error.code;
    if ('message' in error && typeof error.message === 'string') return error.message;
  }
  return String(error);
}

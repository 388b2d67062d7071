import { runCli } from './cli.ts';
import { processRuntime } from './runtime.ts';
import { version } from './version.ts';

/** What `main.ts` loads once it knows that this Node can; one module, so that it is one file of the bundle. */
export function start(args: readonly string[]): Promise<number> {
  return runCli(args, version, processRuntime());
}

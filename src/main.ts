// The default import: older Nodes have no such name in it, and should get to the sentence below.
import module from 'node:module';
import { inspect } from 'node:util';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `dq-report needs Node 22.18 or newer; this is ${process.versions.node}.\n  Install a newer Node: https://nodejs.org.\n`,
  );
  process.exit(2);
}
// A reader that has seen enough (`| head`) closes the pipe, or the disk is full: alerts still go out.
let isUnwritten = false;
/** Not only here is the exit code set: a stream may fail after the command has ended. */
const failedToWrite = (): void => {
  isUnwritten = true;
  process.exitCode = 2;
};
const hasLeft = (error: NodeJS.ErrnoException): boolean =>
  error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED';
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (hasLeft(error) || isUnwritten) return;
  failedToWrite();
  process.stderr.write(
    `The report could not be written (${error.code ?? error.message}).\n  Give it a file with --output.\n`,
  );
});
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  // There is nowhere left to say it.
  if (!hasLeft(error)) failedToWrite();
});
module.enableCompileCache?.();
main().catch((error: unknown) => {
  // Node would end with 1, which says that there are findings.
  process.stderr.write(`dq-report broke; that is a defect of dq-report, not of your project.\n${inspect(error)}\n`);
  process.exitCode = 2;
});

async function main(): Promise<void> {
  const { start } = await import('./start.ts');
  const exit = await start(process.argv.slice(2));
  process.exitCode = isUnwritten ? 2 : exit;
}

/**
 * Closes a test run with one plain line, and names what was skipped. With DQ_REPORT_NO_SKIPS=1 a skipped test fails the
 * run: where everything is installed, nothing has a reason to skip.
 */
export default class Summary {
  onRunComplete(_, results) {
    const skipped = results.testResults.flatMap((file) =>
      file.testResults.filter((test) => test.status === 'pending' || test.status === 'todo'),
    );
    for (const test of skipped) process.stdout.write(`skipped: ${test.fullName}\n`);
    if (skipped.length > 0) {
      process.stdout.write(
        '`node scripts/setup.mjs` installs what most of them need; CONTRIBUTING.md tells the rest.\n',
      );
    }
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    process.stdout.write(`${results.numPassedTests} passed, ${failed} failed, ${skipped.length} skipped\n`);
    this.skipped = skipped.length;
  }

  getLastError() {
    if (this.skipped > 0 && process.env.DQ_REPORT_NO_SKIPS === '1') {
      return new Error(`${this.skipped} tests were skipped where all of them could run.`);
    }
    return undefined;
  }
}

// Loaded into what bench/large.ts measures: says at the end how much memory (bytes) and how much of the processors' time
// (microseconds) it took, on descriptor 3.
const { readFileSync, writeSync } = require('node:fs');

process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  writeSync(3, `${peakBytes()} ${user + system}`);
});

function peakBytes() {
  try {
    // On Linux the system's own count begins with the memory of the parent.
    return Number(/VmHWM:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}

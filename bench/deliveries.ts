/**
 * Alerts of a morning on which everything fails, to a webhook on this machine that answers at once: what one of them costs,
 * with few and with many. `npm run build && node bench/deliveries.ts [--alerts 250,1000,4000]`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { TESTS_PER_MODEL, writeArtifacts } from './artifacts.ts';

const { values } = parseArgs({ options: { alerts: { type: 'string', default: '250,1000,4000' } } });
const program = resolve('dist/main.cjs');
let received = 0;
const server = createServer((request, response) => {
  request.resume().on('end', () => {
    received += 1;
    response.writeHead(204).end();
  });
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
if (address === null || typeof address === 'string') throw new Error('The webhook has no port.');
const env = { ...process.env, HOOK_URL: `http://127.0.0.1:${address.port}/`, NO_COLOR: '1' };

const folder = await mkdtemp(join(tmpdir(), 'dq-report-bench-'));
try {
  for (const alerts of values.alerts.split(',').map(Number)) {
    const project = join(folder, String(alerts));
    await writeArtifacts(join(project, 'target'), { models: Math.ceil(alerts / TESTS_PER_MODEL), failing: 1 });
    await writeFile(join(project, 'dbt_project.yml'), 'name: bench_shop\n');
    const alone = await report(project, ['--state', join(project, 'alone.sqlite')]);
    await writeFile(
      join(project, 'dq-report.yml'),
      'receivers: [{name: hook, webhook: {url: {env: HOOK_URL}}}]\nroute: {receiver: hook}\nlimits: {seconds: 600}\n',
    );
    received = 0;
    const told = await report(project, []);
    const each = (told - alone) / received;
    console.log(`${received} alerts: ${told.toFixed(0)} ms, of which each ${each.toFixed(2)} ms`);
  }
} finally {
  server.close();
  await rm(folder, { recursive: true, force: true });
}

/** Milliseconds. */
async function report(cwd: string, args: readonly string[]): Promise<number> {
  const start = performance.now();
  const running = spawn(process.execPath, [program, ...args], { cwd, env, stdio: ['ignore', 'ignore', 'inherit'] });
  const [exit] = await once(running, 'exit');
  if (exit !== 1) throw new Error(`It ended with ${String(exit)}.`);
  return performance.now() - start;
}

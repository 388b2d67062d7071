import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { outputJson } from 'fs-extra/esm';
import { stringify } from 'yaml';
import { type CliResult, dqReport } from '../cli.ts';
import { shop } from '../incidents/runs.ts';
import { manifestJson, type ResultOf, runResultsJson } from '../project.ts';
import { CHANNEL } from '../receivers/slack-emulator.ts';

export const client = 'test.orders_have_a_client';
export const day = 'test.revenue_has_a_day';

export const SECRETS = {
  SLACK_BOT_TOKEN: 'xoxb-canary',
  PAGERDUTY_ROUTING_KEY: 'canary0canary0canary0canary0cana',
  DD_API_KEY: 'canary1canary1canary1canary1cana',
};

/** The line of dq-report.yml for one receiver whose vendor answers at this URL; it takes so many messages, or its default. */
export const receivers = {
  slack: (url: string, most: number | null = null) => ({
    name: 'data',
    slack: { token: { env: 'SLACK_BOT_TOKEN' }, channel: CHANNEL, api_url: `${url}/api`, ...atMost(most) },
  }),
  pagerduty: (url: string, most: number | null = null) => ({
    name: 'pager',
    pagerduty: { routing_key: { env: 'PAGERDUTY_ROUTING_KEY' }, api_url: url, ...atMost(most) },
  }),
  webhook: () => ({ name: 'hook', webhook: { url: { env: 'HOOK_URL' } } }),
  datadog: (url: string) => ({ name: 'dog', datadog: { api_key: { env: 'DD_API_KEY' }, api_url: url } }),
  slackWebhook: (_: string | null = null, most: number | null = null) => ({
    name: 'channel',
    slack_webhook: { url: { env: 'SLACK_WEBHOOK_URL' }, ...atMost(most) },
  }),
};

function atMost(messages: number | null): object {
  return messages === null ? {} : { max_messages: messages };
}

const script = join(import.meta.dirname, 'run-and-die.ts');
/** A process that is killed writes no compiled code down, but it finds what another one has: three times as fast. */
const compiled = join(tmpdir(), 'dq-report-compiled');

/** What a process of run-and-die.ts has come by. */
export interface Passed {
  /** In their order; where it was killed is the last. */
  readonly boundaries: readonly string[];
  readonly wasKilled: boolean;
}

/** A dbt project in a folder of its own, whose runs are an hour apart. */
export class DeliveryProject {
  readonly cwd: string;
  env: Readonly<Record<string, string>> = { ...SECRETS, DQ_REPORT_STATE: '' };

  private constructor(cwd: string) {
    this.cwd = cwd;
  }

  static async make(): Promise<DeliveryProject> {
    const cwd = await mkdtemp(join(tmpdir(), 'dq-report-deliveries-'));
    await writeFile(join(cwd, 'dbt_project.yml'), 'name: shop\n');
    return new DeliveryProject(cwd);
  }

  remove(): Promise<void> {
    return rm(this.cwd, { recursive: true });
  }

  /** Every receiver is told of everything. */
  async tell(all: readonly { readonly name: string }[], more: object = {}): Promise<void> {
    const [first, ...rest] = all.map(({ name }) => name);
    const route = {
      receiver: first,
      routes: [first, ...rest].map((name) => ({ receiver: name, continue: true })),
    };
    await writeFile(
      join(this.cwd, 'dq-report.yml'),
      stringify({ receivers: all, route, limits: { seconds: 1 }, ...more }),
    );
  }

  /** The artifacts of a build that ended at this hour of the day. */
  async built(hour: number, results: Readonly<Record<string, ResultOf>>): Promise<void> {
    const at = this.hour(hour).toISOString();
    const timing = [{ name: 'execute', started_at: at, completed_at: at }];
    const timed = Object.entries(results).map(
      ([id, result]) => [id, { timing, ...(typeof result === 'string' ? { status: result } : result) }] as const,
    );
    await outputJson(join(this.cwd, 'target/manifest.json'), manifestJson(shop));
    await outputJson(join(this.cwd, 'target/run_results.json'), {
      ...runResultsJson(Object.fromEntries(timed)),
      metadata: { dbt_version: '1.11.16', invocation_id: `run-${hour}`, generated_at: at },
    });
  }

  dqReport(hour: number, ...args: readonly string[]): Promise<CliResult> {
    return dqReport(args, { cwd: this.cwd, env: this.env, now: this.hour(hour, 1), columns: 200 });
  }

  /** dq-report in a process of its own, which is killed at the boundary of this number; 0 lets it live. */
  async runAndDie(hour: number, step: number, ...args: readonly string[]): Promise<Passed> {
    const given = [script, this.hour(hour, 1).toISOString(), String(step), ...args];
    const own = { NODE_OPTIONS: '--disable-warning=ExperimentalWarning', NODE_COMPILE_CACHE: compiled };
    const env = { ...process.env, ...this.env, ...own };
    const running = promisify(execFile)(process.execPath, given, { cwd: this.cwd, env });
    const { stdout, stderr, end } = await running.then(
      (lived) => ({ ...lived, end: 0 }),
      (error: unknown) => {
        if (!isEnd(error)) throw error;
        return { ...error, end: error.signal ?? error.code };
      },
    );
    // Findings, and what could not be delivered, are no accident.
    if (![0, 1, 3, 'SIGKILL'].includes(end)) throw new Error(`It ended with ${end}: ${stderr}`);
    return { boundaries: stdout.trim().split('\n'), wasKilled: end === 'SIGKILL' };
  }

  async run(hour: number, results: Readonly<Record<string, ResultOf>>, ...args: readonly string[]): Promise<CliResult> {
    await this.built(hour, results);
    return this.dqReport(hour, ...args);
  }

  /** Of hours since the first run, and minutes after it. */
  hour(hour: number, minute = 0): Date {
    return new Date(Date.UTC(2026, 0, 2, 6, hour * 60 + minute));
  }
}

interface End {
  readonly stdout: string;
  readonly stderr: string;
  readonly signal: string | null;
  readonly code: number;
}

function isEnd(error: unknown): error is End {
  return typeof error === 'object' && error !== null && 'signal' in error && 'stdout' in error;
}

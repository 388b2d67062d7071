import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
};

/** The line of dq-report.yml for one receiver whose vendor answers at this URL. */
export const receivers = {
  slack: (url: string) => ({
    name: 'data',
    slack: { token: { env: 'SLACK_BOT_TOKEN' }, channel: CHANNEL, api_url: `${url}/api` },
  }),
  pagerduty: (url: string) => ({
    name: 'pager',
    pagerduty: { routing_key: { env: 'PAGERDUTY_ROUTING_KEY' }, api_url: url },
  }),
  webhook: () => ({ name: 'hook', webhook: { url: { env: 'HOOK_URL' } } }),
};

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

  async run(hour: number, results: Readonly<Record<string, ResultOf>>, ...args: readonly string[]): Promise<CliResult> {
    await this.built(hour, results);
    return this.dqReport(hour, ...args);
  }

  /** Of hours since the first run, and minutes after it. */
  hour(hour: number, minute = 0): Date {
    return new Date(Date.UTC(2026, 0, 2, 6, hour * 60 + minute));
  }
}

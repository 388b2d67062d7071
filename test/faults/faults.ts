import type { Fault } from './shop.ts';

const staging = 'models/staging/stg_web_events.sql';
const details = 'models/intermediate/int_web_checkout_completed_order_details.sql';
const clients = 'models/marts/dim_clients.sql';
const report = 'models/marts/rpt_daily_channel_revenue.sql';
const marts = 'models/marts/marts.yml';
const sources = 'models/staging/sources.yml';

const brokenHook = 'on-run-start: "select * from no_such_table"\n';

const failingUnitTest = `unit_tests:
  - name: counts_sessions
    model: dim_clients
    given:
      - input: ref('int_web_events')
        rows: [{client_id: a, session_id: a-1}]
    expect:
      rows: [{client_id: a, sessions: 2}]
`;

const recencyTest = `{% test recency(model, column_name) %}
select * from (select max({{ column_name }}) as newest from {{ model }}) where newest < now() - interval 1 day
{% endtest %}
`;

/** What is expected of each fault stands beside it, in the words of `summaryOf` in faults.test.ts. */
export interface Expected {
  /** Cause, then each fold reason with what is folded for it. */
  readonly causes: readonly string[];
  readonly exposures: { readonly roas: string; readonly finance: string; readonly funnel: string };
  readonly notes?: readonly string[];
}

/** All models and tests of the shop but for staging itself, which everything is built from. */
const everythingBelowStaging = [
  'checkout_started_before_completed',
  'client_id_present_in_attribution',
  'client_id_present_in_clients',
  'client_id_present_in_events',
  'client_id_present_in_order_details',
  'client_id_present_in_sessions',
  'client_id_unique_in_clients',
  'dim_clients',
  'event_name_is_known',
  'event_name_present_in_events',
  'event_timestamp_present_in_attribution',
  'event_timestamp_present_in_events',
  'event_timestamp_present_in_order_details',
  'event_timestamp_present_in_sessions',
  'every_purchase_has_a_channel',
  'fct_client_journey',
  'fct_client_metrics',
  'funnel_steps_in_order',
  'int_web_checkout_completed_attribution',
  'int_web_checkout_completed_order_details',
  'int_web_events',
  'item_revenue_present_in_order_details',
  'page_url_present_in_events',
  'referrer_present_every_day',
  'revenue_matches_item_sum',
  'revenue_matches_raw_events',
  'revenue_present_in_attribution',
  'rpt_daily_channel_revenue',
  'transaction_id_present_in_attribution',
  'transaction_id_present_in_order_details',
  'transaction_id_used_once',
];

const allLate = { roas: 'late', finance: 'late', funnel: 'late' };
const allSafe = { roas: 'safe', finance: 'safe', funnel: 'safe' };
const withoutLandings: Fault['events'] = (event) => (event['event_name'] === 'page_viewed' ? null : event);

function replace(from: string, to: string): (text: string) => string {
  return (text) => text.replace(from, to);
}

export const faults: readonly (readonly [name: string, fault: Fault, expected: Expected])[] = [
  ['nothing is wrong', {}, { causes: [], exposures: allSafe }],
  [
    'a source column is gone that a model names',
    {
      files: { [staging]: replace("'event_data']", "'event_payload']") },
      events: ({ event_data: _, ...event }) => event,
    },
    {
      causes: [
        `critical model_errored missing_column stg_web_events; skipped_by: ${everythingBelowStaging.join(', ')}`,
        'error test_warned event_columns_as_declared',
      ],
      exposures: allLate,
    },
  ],
  [
    'a value is of the wrong type',
    { files: { [details]: replace("try_cast(item ->> '$.quantity'", "cast(item ->> '$.item_id'") } },
    {
      causes: [
        'critical model_errored type_mismatch int_web_checkout_completed_order_details; skipped_by: client_id_present_in_order_details, event_timestamp_present_in_order_details, item_revenue_present_in_order_details, revenue_matches_item_sum, transaction_id_present_in_order_details',
      ],
      // Attribution itself was built, but the test of its revenue could not look at the lines.
      exposures: { roas: 'unknown', finance: 'late', funnel: 'safe' },
    },
  ],
  [
    'the SQL of a model is broken',
    { files: { [clients]: replace('select\n', 'selekt\n') } },
    {
      causes: [
        'error model_errored syntax dim_clients; skipped_by: client_id_present_in_clients, client_id_unique_in_clients',
      ],
      exposures: allSafe,
    },
  ],
  [
    'the database may not read the files',
    { files: { 'profiles.yml': (yaml) => `${yaml}      config_options: {enable_external_access: false}\n` } },
    {
      causes: [
        `critical test_errored permission event_columns_as_declared; skipped_by: ${[...everythingBelowStaging, 'stg_web_events'].toSorted().join(', ')}`,
        'warning source_unchecked web.events',
      ],
      exposures: allLate,
    },
  ],
  ['the source is two days late', { lateBy: 48 }, { causes: ['error source_stale web.events'], exposures: allLate }],
  [
    'the freshness query fails, which dbt leaves out of sources.json',
    { files: { [sources]: replace('try_cast("timestamp" as timestamp)', 'no_such_column') } },
    {
      causes: ['warning source_unchecked web.events'],
      exposures: { roas: 'unknown', finance: 'unknown', funnel: 'unknown' },
    },
  ],
  [
    'a key occurs twice',
    { files: { [clients]: (sql) => `${sql}\nunion all\nselect 'client-0', null, null, null, 0\n` } },
    { causes: ['error test_failed client_id_unique_in_clients'], exposures: allSafe },
  ],
  [
    'a model fails above everything else',
    { files: { [staging]: replace('from events\n', 'from eventz\n') } },
    {
      causes: [
        `critical model_errored missing_relation stg_web_events; skipped_by: ${everythingBelowStaging.join(', ')}`,
      ],
      exposures: allLate,
    },
  ],
  [
    'a test is broken, not the data',
    { files: { 'tests/orders_add_up.sql': () => "select * from {{ ref('fct_client_metrics') }} where reveneu < 0\n" } },
    {
      causes: ['critical test_errored missing_column orders_add_up; skipped_by: rpt_daily_channel_revenue'],
      exposures: { ...allSafe, roas: 'late' },
    },
  ],
  [
    'two independent faults at once',
    { files: { [clients]: replace('select\n', 'selekt\n'), [details]: replace('from checkouts', 'from chekouts') } },
    {
      causes: [
        'critical model_errored missing_relation int_web_checkout_completed_order_details; skipped_by: client_id_present_in_order_details, event_timestamp_present_in_order_details, item_revenue_present_in_order_details, revenue_matches_item_sum, transaction_id_present_in_order_details',
        'error model_errored syntax dim_clients; skipped_by: client_id_present_in_clients, client_id_unique_in_clients',
      ],
      exposures: { roas: 'unknown', finance: 'late', funnel: 'safe' },
    },
  ],
  [
    'events come without a client',
    { events: (event, index) => (index % 4 === 1 ? { ...event, client_id: '' } : event) },
    {
      causes: ['error test_warned client_id_present_in_events; same_column: client_id_present_in_sessions'],
      exposures: { roas: 'wrong', finance: 'wrong', funnel: 'wrong' },
    },
  ],
  [
    'orders come without a channel, and dbt stops before the report is rebuilt',
    { events: withoutLandings },
    {
      causes: ['critical test_failed every_purchase_has_a_channel; skipped_by: rpt_daily_channel_revenue'],
      exposures: { ...allSafe, roas: 'late' },
    },
  ],
  [
    'the same, but the report is a view and shows it at once',
    {
      files: { [report]: (sql) => `{{ config(materialized='view') }}\n${sql}` },
      events: withoutLandings,
    },
    {
      causes: ['critical test_failed every_purchase_has_a_channel; skipped_by: rpt_daily_channel_revenue'],
      exposures: { ...allSafe, roas: 'wrong' },
    },
  ],
  [
    'dbt is told to stop at the first failure',
    {
      files: { [clients]: replace('select\n', 'selekt\n') },
      // One thread, so that the same nodes are done by then every time.
      commands: [
        ['source', 'freshness'],
        ['build', '--fail-fast', '--threads', '1'],
      ],
    },
    {
      causes: [
        'critical model_errored syntax dim_clients; fail_fast: checkout_started_before_completed, client_id_present_in_attribution, event_timestamp_present_in_attribution, every_purchase_has_a_channel, fct_client_journey, fct_client_metrics, funnel_steps_in_order, int_web_checkout_completed_attribution, revenue_matches_item_sum, revenue_matches_raw_events, revenue_present_in_attribution, rpt_daily_channel_revenue, transaction_id_present_in_attribution; skipped_by: client_id_present_in_clients, client_id_unique_in_clients',
      ],
      exposures: allLate,
      notes: ['fail_fast'],
    },
  ],
  [
    'a hook fails, and dbt goes on',
    { files: { 'dbt_project.yml': (yaml) => `${yaml}\n${brokenHook}` } },
    { causes: ['error hook_errored missing_relation web_shop-on-run-start-0'], exposures: allSafe },
  ],
  [
    'a hook fails, and dbt skips everything',
    {
      files: {
        'dbt_project.yml': (yaml) =>
          `${yaml.replace('flags:\n', 'flags:\n  skip_nodes_if_on_run_start_fails: true\n')}\n${brokenHook}`,
      },
      // dbt 1.11 breaks when it is to skip exposures here.
      commands: [
        ['source', 'freshness'],
        ['build', '--exclude-resource-type', 'exposure'],
      ],
    },
    {
      causes: [
        `critical hook_errored missing_relation web_shop-on-run-start-0; skipped_by: ${[...everythingBelowStaging, 'event_columns_as_declared', 'stg_web_events'].toSorted().join(', ')}`,
        // The hook keeps dbt from checking freshness as well.
        'warning source_unchecked web.events',
      ],
      exposures: allLate,
      notes: ['part_of_the_work'],
    },
  ],
  [
    'a contract is not kept',
    {
      files: {
        [marts]: (yaml) =>
          yaml.replace(
            '    description: One row per client.\n    columns:\n      - name: client_id\n',
            '    description: One row per client.\n    config: {contract: {enforced: true}}\n    columns:\n      - name: client_id\n        data_type: integer\n',
          ),
      },
    },
    {
      causes: [
        'error model_errored contract dim_clients; skipped_by: client_id_present_in_clients, client_id_unique_in_clients',
      ],
      exposures: allSafe,
    },
  ],
  [
    'a unit test fails, which keeps its model from being built',
    { files: { 'models/marts/unit_tests.yml': () => failingUnitTest } },
    {
      causes: [
        'error unit_test_failed dim_clients.counts_sessions; skipped_by: client_id_present_in_clients, client_id_unique_in_clients, dim_clients',
      ],
      exposures: allSafe,
    },
  ],
  [
    'a test asks for recent rows below a stale source',
    {
      lateBy: 48,
      files: {
        'tests/generic/recency.sql': () => recencyTest,
        'models/intermediate/int_web_events.yml': replace(
          '      - name: event_timestamp\n        data_tests:\n',
          '      - name: event_timestamp\n        data_tests:\n          - recency: {config: {severity: warn}}\n',
        ),
      },
    },
    {
      causes: ['error source_stale web.events; stale_input: recency_int_web_events_event_timestamp'],
      exposures: allLate,
    },
  ],
  [
    'only tests were run, so nobody knows what the models hold',
    { commands: [['source', 'freshness'], ['build'], ['test']] },
    { causes: [], exposures: { roas: 'unknown', finance: 'unknown', funnel: 'unknown' }, notes: ['part_of_the_work'] },
  ],
];

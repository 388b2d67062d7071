import type { Fault } from './shop.ts';

const staging = 'models/staging/stg_web_events.sql';
const sessions = 'models/intermediate/int_web_events.sql';
const details = 'models/intermediate/int_web_checkout_completed_order_details.sql';
const clients = 'models/marts/dim_clients.sql';

/** What is expected of each fault stands beside it, in the words of `summaryOf` in faults.test.ts. */
export interface Expected {
  /** Cause, then each fold reason with what is folded for it. */
  readonly causes: readonly string[];
  readonly exposures: { readonly roas: string; readonly finance: string; readonly funnel: string };
  readonly notes?: readonly string[];
}

export const faults: readonly (readonly [name: string, fault: Fault, expected: Expected])[] = [
  ['nothing is wrong', {}, { causes: [], exposures: { roas: 'safe', finance: 'safe', funnel: 'safe' } }],
  ['a source column is dropped that a model names', { files: { [staging]: (sql) => sql.replace("'event_data']", "'event_data_v1']") }, events: ({ event_data: _, ...event }) => event }, { causes: [], exposures: { roas: '', finance: '', funnel: '' } }],
  ['a value is of the wrong type', { files: { [details]: (sql) => sql.replace('try_cast(item ->> \'$.quantity\'', "cast(item ->> '$.item_id'") } }, { causes: [], exposures: { roas: '', finance: '', funnel: '' } }],
  ['the SQL of a model is broken', { files: { [clients]: (sql) => sql.replace('select\n', 'selekt\n') } }, { causes: [], exposures: { roas: '', finance: '', funnel: '' } }],
  ['the database may not read the files', { files: { 'profiles.yml': (yaml) => `${yaml}      config_options: {enable_external_access: false}\n` } }, { causes: [], exposures: { roas: '', finance: '', funnel: '' } }],
  ['the source is two days late', { lateBy: 48 }, { causes: [], exposures: { roas: '', finance: '', funnel: '' } }],
  ['the freshness query fails, which dbt leaves out of sources.json', { files: { 'models/staging/sources.yml': (yaml) => yaml.replace('try_cast("timestamp" as timestamp)', 'no_such_column') } }, { causes: [], exposures: { roas: '', finance: '', funnel: '' } }],
  ['a key occurs twice', { files: { [clients]: (sql) => `${sql}\nunion all\n(select * from {{ ref('int_web_events') }} limit 0)`.replace(/\nunion all[^]*$/, "\nunion all\nselect 'client-0', null, null, null, 0\n") } }, { causes: [], exposures: { roas: '', finance: '', funnel: '' } }],
  ['a model fails above everything else', { files: { [staging]: (sql) => sql.replace('from events\n', 'from eventz\n') } }, { causes: [], exposures: { roas: '', finance: '', funnel: '' } }],
  ['a test is broken, not the data', { files: { 'tests/orders_add_up.sql': () => "select * from {{ ref('fct_client_metrics') }} where reveneu < 0\n" } }, { causes: [], exposures: { roas: '', finance: '', funnel: '' } }],
  ['two independent faults at once', { files: { [clients]: (sql) => sql.replace('select\n', 'selekt\n'), [details]: (sql) => sql.replace('from checkouts', 'from chekouts') } }, { causes: [], exposures: { roas: '', finance: '', funnel: '' } }],
  ['events without a client, from staging on', { events: (event, index) => (index % 4 === 1 ? { ...event, client_id: '' } : event) }, { causes: [], exposures: { roas: '', finance: '', funnel: '' } }],
  ['orders come without a channel, which stops the report below', { events: (event) => (event['event_name'] === 'page_viewed' ? null : event) }, { causes: [], exposures: { roas: '', finance: '', funnel: '' } }],
  ['the same, but what is below is a view and shows it at once', { files: { 'models/marts/rpt_daily_channel_revenue.sql': (sql) => `{{ config(materialized='view') }}\n${sql}` }, events: (event) => (event['event_name'] === 'page_viewed' ? null : event) }, { causes: [], exposures: { roas: '', finance: '', funnel: '' } }],
  ['dbt stops at the first failure', { files: { [clients]: (sql) => sql.replace('select\n', 'selekt\n') }, commands: [['source', 'freshness'], ['build', '--fail-fast', '--threads', '1']] }, { causes: [], exposures: { roas: '', finance: '', funnel: '' } }],
  ['a hook fails before anything runs', { files: { 'dbt_project.yml': (yaml) => `${yaml}\non-run-start: "select * from no_such_table"\n` } }, { causes: [], exposures: { roas: '', finance: '', funnel: '' } }],
  ['a contract is not kept', { files: { 'models/marts/marts.yml': (yaml) => yaml.replace("  - name: dim_clients\n    description: One row per client.\n    columns:\n      - name: client_id\n", "  - name: dim_clients\n    description: One row per client.\n    config: {contract: {enforced: true}}\n    columns:\n      - name: client_id\n        data_type: integer\n") } }, { causes: [], exposures: { roas: '', finance: '', funnel: '' } }],
  ['a unit test fails', { files: { 'models/marts/unit.yml': () => 'unit_tests:\n  - name: counts_sessions\n    model: dim_clients\n    given:\n      - input: ref(\'int_web_events\')\n        rows: [{client_id: a, session_id: a-1}]\n    expect:\n      rows: [{client_id: a, sessions: 2}]\n' } }, { causes: [], exposures: { roas: '', finance: '', funnel: '' } }],
  ['a recency test fails below a stale source', { lateBy: 48, files: { 'tests/generic/recency.sql': () => "{% test recency(model, column_name) %}\nselect 1 from (select max({{ column_name }}) as newest from {{ model }}) where newest < now() - interval 1 day\n{% endtest %}\n", 'models/marts/recent.yml': () => 'models:\n  - name: int_web_events\n    columns: [{name: event_timestamp, data_tests: [recency]}]\n' } }, { causes: [], exposures: { roas: '', finance: '', funnel: '' } }],
  ['only the tests are run', { commands: [['source', 'freshness'], ['build'], ['test']] }, { causes: [], exposures: { roas: '', finance: '', funnel: '' } }],
];

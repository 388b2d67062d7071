import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { isThere, TestProject } from './project.ts';

const TIMEOUT = 300_000;

/** What needs a node of another kind, or DuckDB. */
const files = {
  'models/more_columns/undocumented.sql': 'select 1 as id',
  'models/more_columns/passing.sql': "{{ config(materialized='ephemeral') }} select 1 as id",
  'models/more_columns/hampers.sql':
    "select {'sku': 'A', 'price': 1.5} as item, cast(1.5 as numeric(12, 2)) as revenue",
  'seeds/shops.csv': 'shop_id,Town\n1,Ulm\n',
  'snapshots/shop_history.yml': `
snapshots:
  - name: shop_history
    relation: ref('shops')
    config: {unique_key: shop_id, strategy: check, check_cols: [shop_id]}
    columns: [{name: shop_id}, {name: town}, {name: street}]
    data_tests: [dq_report.columns_match: {name: snapshot_columns}]
`,
  'files/1.csv': 'client_id,at,event\nC1,2025-03-07,view\n',
  'files/2.csv': 'clientId,at,event\nC1,2025-03-08,view\n',
  'models/more_columns/cases.yml': `
models:
  - name: undocumented
    data_tests: [dq_report.columns_match: {name: undocumented_columns}]
  - name: passing
    columns: [{name: id}]
    data_tests: [dq_report.columns_match: {name: ephemeral_columns}]
  - name: hampers
    data_tests:
      - dq_report.columns_match:
          name: basket_columns
          arguments: {columns: {item: null, revenue: 'numeric(10, 2)'}, added: fail}
seeds:
  - name: shops
    columns: [{name: shop_id}, {name: town}, {name: street}]
    data_tests: [dq_report.columns_match: {name: seed_columns, config: {severity: warn}}]
sources:
  - name: tracker
    meta: {external_location: "read_csv('files/*.csv', union_by_name = true)"}
    tables:
      - name: page_views
        columns: [{name: client_id}, {name: at}, {name: event}]
        data_tests:
          - dq_report.columns_match: {name: file_columns, arguments: {timestamp_column: '"at"'}}
          - dq_report.columns_match:
              name: file_columns_where
              arguments: {timestamp_column: '"at"'}
              config: {where: "event = 'view'"}
`,
};

const select = ['--select', 'path:models/more_columns', 'shops', 'shop_history'];

((await isThere('duckdb')) ? describe : describe.skip)('columns_match', () => {
  let project: TestProject;
  beforeAll(async () => {
    project = await TestProject.create('duckdb', files);
  });
  afterAll(() => project.remove());

  test(
    'knows the columns of seeds, snapshots, files and structs, and says where it cannot know any',
    async () => {
      const { log } = await project.dbt({ args: ['build', ...select] });
      expect(log).toContain('describe select');
      expect(log).toContain('renamed columns');
      const evidence = await project.evidence();
      const told = [...(await project.results())].map(([name, { status, message }]) => [
        name,
        status === 'error' ? message?.replaceAll(/\s+/g, ' ') : (evidence.get(name)?.detail ?? status),
      ]);
      const moved = 'client_id has no value since 2025-03-08, probably renamed to clientId';
      expect(Object.fromEntries(told)).toEqual({
        undocumented_columns: expect.stringContaining(
          'dq_report.columns_match: no columns are declared; name them in `columns`, or document them in the YAML of undocumented.',
        ),
        ephemeral_columns: expect.stringContaining(
          'dq_report.columns_match: an ephemeral model has no columns in the warehouse; test a model that reads from it.',
        ),
        basket_columns: 'revenue is DECIMAL(12,2), declared as numeric(10, 2)',
        seed_columns: 'street is missing',
        snapshot_columns: 'street is missing',
        file_columns: moved,
        file_columns_where: moved,
      });
    },
    TIMEOUT,
  );

  test(
    'asks for columns when it runs, and not when dbt compiles',
    async () => {
      const { log } = await project.dbt({ args: ['compile', ...select] });
      expect(log).not.toContain('describe select');
      expect(log).not.toContain('renamed columns');
    },
    TIMEOUT,
  );
});

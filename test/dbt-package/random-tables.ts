import * as YAML from 'yaml';
import { type Random, seededRandom } from '../../demo/random.ts';

const TABLES = 24;

type Names = readonly [id: string, code: string];
const names: readonly [Names, ...Names[]] = [
  ['id', 'code'],
  ['"Id"', '"select"'],
  ['"größe"', '"a ""b"" \'c\'"'],
  ['ID', 'value_field'],
  ['n_records', 'unique_field'],
  ['dq_report_failed', 'dq_report_judged'],
];
const texts = ["'a'", "'b'", "''", "'it''s'", "'😀'", 'null', "'A '"];

/** Small tables of any content and materialization, each with some of dbt's four tests in any configuration: models and their YAML by path. */
export function randomTables(seed: number): Readonly<Record<string, string>> {
  const random = seededRandom(seed);
  const tables = Array.from({ length: TABLES }, (_, index) => ({
    name: `random_${String(index).padStart(2, '0')}`,
    columns: random.pick(names),
  }));
  const models = tables.map(({ name, columns: [id, code] }) => {
    const parent = tables[random.between(0, TABLES - 1)] ?? { name, columns: [id, code] };
    const values = random.shuffled(texts).slice(0, random.between(1, texts.length));
    const rows = Array.from({ length: random.between(0, 12) }, () => {
      const number = random.chance(0.2) ? 'null' : random.between(1, 6);
      return `(${number}, ${values[random.between(0, values.length - 1)]})`;
    });
    const materialized = random.pick(['view', 'view', 'table', 'ephemeral']);
    // Those with 0 are there for the types alone.
    const sql = [
      `{{ config(materialized='${materialized}') }}`,
      `select cast(a as integer) as ${id}, cast(b as {{ dbt.type_string() }}) as ${code}`,
      `from (values ${["(0, 'a')", ...rows].join(', ')}) as given (a, b)`,
      'where a > 0 or a is null\n',
    ].join('\n');
    return {
      name,
      sql,
      materialized,
      columns: [id, code] as const,
      yaml: modelYaml(name, { id, code, parent }, random),
    };
  });
  return {
    ...Object.fromEntries(models.map(({ name, sql }) => [`models/random/${name}.sql`, sql])),
    'models/random/random.yml': YAML.stringify({
      models: models.map(({ yaml }) => yaml),
      // The same tables once more, as somebody else's.
      sources: [
        {
          name: 'random_raw',
          schema: 'tests',
          tables: models
            .filter(({ materialized }) => materialized !== 'ephemeral')
            .map(({ name, columns }) => ({ name, columns: sourceColumns(name, columns) })),
        },
      ],
    }),
  };
}

interface Columns {
  readonly id: string;
  readonly code: string;
  readonly parent: { readonly name: string; readonly columns: Names };
}

function modelYaml(name: string, { id, code, parent }: Columns, random: Random): unknown {
  const config = (failCalcs: readonly [string, ...string[]]): Record<string, unknown> => ({
    ...(random.chance(0.3) ? { where: random.pick([`${id} > 2`, `${id} is null or ${code} <> 'a'`, '1 = 0']) } : {}),
    ...(random.chance(0.3) ? { limit: random.between(1, 3) } : {}),
    ...(random.chance(0.3) ? { severity: 'warn' } : {}),
    ...(random.chance(0.3) ? { warn_if: random.pick(['> 1', '>= 3', '= 0']) } : {}),
    ...(random.chance(0.3) ? { error_if: random.pick(['> 2', '= 1', '= 0']) } : {}),
    ...(random.chance(0.3) ? { fail_calc: random.pick(failCalcs) } : {}),
    ...(random.chance(0.3) ? { store_failures: true, store_failures_as: random.pick(['table', 'view']) } : {}),
  });
  const rowCounts: readonly [string, ...string[]] = [
    'count(*)',
    'coalesce(sum(n_records), 0)',
    'coalesce(max(n_records) * 2, 0)',
  ];
  const accepted = random.shuffled(['a', 'b', '', 'A ']).slice(0, random.between(1, 4));
  const tests = [
    [id, { not_null: { name: `${name}_not_null`, config: config(['count(*)', 'count(*) * 2']) } }],
    [id, { unique: { name: `${name}_unique`, config: config(rowCounts) } }],
    [
      id,
      {
        accepted_values: {
          name: `${name}_accepted_numbers`,
          arguments: { values: [1, 2, 3].slice(0, random.between(1, 3)), quote: false },
          config: config(rowCounts),
        },
      },
    ],
    [
      code,
      { accepted_values: { name: `${name}_accepted`, arguments: { values: accepted }, config: config(rowCounts) } },
    ],
    [
      code,
      {
        relationships: {
          name: `${name}_has_parent`,
          arguments: { to: `ref('${parent.name}')`, field: parent.columns[1] },
          config: config(['count(*)', 'count(distinct from_field)']),
        },
      },
    ],
  ] as const;
  const picked = random.shuffled(tests).slice(0, 3);
  return {
    name,
    columns: [id, code].map((column) => ({
      name: column,
      data_tests: picked.filter(([tested]) => tested === column).map(([, yaml]) => yaml),
    })),
  };
}

function sourceColumns(table: string, [id, code]: Names): unknown {
  return [
    { name: id, data_tests: [{ unique: { name: `${table}_source_unique` } }] },
    {
      name: code,
      data_tests: [{ accepted_values: { name: `${table}_source_accepted`, arguments: { values: ['a', 'b'] } } }],
    },
  ];
}

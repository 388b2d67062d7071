import { describe, expect, test } from '@jest/globals';
import { noManifest } from '../../src/artifacts/manifest.ts';
import { nodeRef, subjectOfTest, testRef } from '../../src/findings/subject.ts';
import { aManifest, type Project } from '../project.ts';

const shop: Project = {
  'source.web.orders': {},
  'source.app.orders': {},
  'source.web.clients': {},
  'model.raw': {},
  'model.stg': { reads: ['model.raw'] },
  'model.fct': { reads: ['model.stg'] },
  'model.clients': {},
  'model.fct_v.v1': { name: 'fct_v' },
  'model.fct_v.v2': { name: 'fct_v' },
};

function subjectOf(keys: Readonly<Record<string, unknown>>, type = 'test'): string {
  return subjectOfTest(aManifest({ ...shop, [`${type}.t`]: keys }), `${type}.shop.t`).replace('.shop.', '.');
}

const generic = (model: string | null, more: Readonly<Record<string, unknown>> = {}) => ({
  test_metadata: { name: 'relationships', kwargs: model === null ? {} : { model, to: "ref('clients')" } },
  ...more,
});

describe('a test is about', () => {
  test.each<[string, Readonly<Record<string, unknown>>, string]>([
    [
      'what dbt attached it to, whatever else it reads',
      {
        reads: ['model.clients', 'model.stg'],
        ...generic("{{ get_where_subquery(ref('clients')) }}", { attached_node: 'model.shop.stg' }),
      },
      'model.stg',
    ],
    [
      'the model of its argument, if that is not in the manifest',
      {
        reads: ['model.stg', 'model.clients'],
        ...generic("{{ get_where_subquery(ref('stg')) }}", { attached_node: 'model.shop.gone' }),
      },
      'model.stg',
    ],
    [
      'a model of another package',
      { reads: ['model.stg', 'model.clients'], ...generic("{{ ref('other_package', 'stg') }}") },
      'model.stg',
    ],
    [
      'the model of an older Jinja',
      {
        reads: ['model.stg', 'model.clients'],
        ...generic(
          "{% if config.get('where') %}(select * from {{ ref('stg') }}){% else %}{{ ref(\"stg\") }}{% endif %}",
        ),
      },
      'model.stg',
    ],
    [
      'the source of its argument, by both of its names',
      {
        reads: ['source.web.orders', 'source.app.orders', 'source.web.clients'],
        ...generic("{{ get_where_subquery(source('app', 'orders')) }}"),
      },
      'source.app.orders',
    ],
    [
      'a source, not a model of the same name',
      { reads: ['source.web.clients', 'model.clients'], ...generic("{{ source('web', 'clients') }}") },
      'source.web.clients',
    ],
    [
      'the model of its file key',
      { reads: ['model.stg', 'model.clients'], ...generic(null, { file_key_name: 'models.stg' }) },
      'model.stg',
    ],
    [
      'the source of its file key',
      { reads: ['source.web.clients', 'model.clients'], ...generic(null, { file_key_name: 'sources.web' }) },
      'source.web.clients',
    ],
    [
      'the last node it reads, if its file key fits two',
      { reads: ['source.web.clients', 'source.web.orders'], ...generic(null, { file_key_name: 'sources.web' }) },
      'source.web.orders',
    ],
    [
      'the last node it reads, if its argument fits two versions',
      { reads: ['model.fct_v.v1', 'model.fct_v.v2'], ...generic("{{ ref('fct_v') }}") },
      'model.fct_v.v2',
    ],
    ['the only node it reads', { reads: ['model.stg'], ...generic('{{ my_macro() }}') }, 'model.stg'],
    [
      'of the nodes a generic test reads the last',
      { reads: ['model.clients', 'model.stg'], ...generic(null) },
      'model.stg',
    ],
    ['of the nodes a singular test reads the first', { reads: ['model.clients', 'model.stg'] }, 'model.clients'],
    [
      'the node that is built from all others it reads',
      { reads: ['model.raw', 'model.fct', 'model.stg'] },
      'model.fct',
    ],
    [
      'a disabled model, if dbt 2 says so',
      { reads: [], ...generic(null, { attached_node: 'model.shop.gone' }) },
      'model.gone',
    ],
    ['itself, if it reads nothing', { reads: [] }, 'test.t'],
  ])('%s', (_, keys, subject) => {
    expect(subjectOf(keys)).toBe(subject);
  });

  test.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['the model that it names', { reads: ['model.clients', 'model.stg'], model: 'stg' }, 'model.stg'],
    [
      'the version that dbt 2 names by id',
      { reads: ['model.fct_v.v2', 'model.fct_v.v1'], model: 'fct_v', tested_node_unique_id: 'model.shop.fct_v.v1' },
      'model.fct_v.v1',
    ],
    ['what it reads, if it names nothing that is there', { reads: ['model.stg'], model: 'gone' }, 'model.stg'],
    ['itself, if it reads nothing', { reads: [] }, 'unit_test.t'],
  ])('of unit tests: %s', (_, keys, subject) => {
    expect(subjectOf(keys, 'unit_test')).toBe(subject);
  });

  test('itself, if the manifest does not know it', () => {
    expect(subjectOfTest(noManifest, 'test.shop.t')).toBe('test.shop.t');
  });
});

describe('a reference', () => {
  const manifest = aManifest({
    'source.web.events': { description: 'As delivered.', original_file_path: 'models\\sources.yml' },
    'test.t': {
      test_metadata: { name: 'unique', namespace: 'dbt_utils', kwargs: { column_name: 'id' } },
      original_file_path: 'models/schema.yml',
      description: 'One row each.',
    },
  });

  test('to a source has both of its names', () => {
    expect(nodeRef(manifest, 'source.shop.web.events')).toEqual({
      uniqueId: 'source.shop.web.events',
      resourceType: 'source',
      name: 'web.events',
      package: 'shop',
      path: 'models/sources.yml',
      description: 'As delivered.',
    });
  });

  test('to a node that is not in the manifest has what its id tells', () => {
    expect(nodeRef(manifest, 'source.other.raw.x')).toEqual({
      uniqueId: 'source.other.raw.x',
      resourceType: 'source',
      name: 'raw.x',
      package: 'other',
      path: null,
      description: null,
    });
    expect(testRef(noManifest, 'test.shop.unique_a_id.4f2a91bcde')).toMatchObject({
      name: 'unique_a_id',
      testName: null,
      namespace: null,
      column: null,
    });
  });

  test('to a test has its column from its arguments, if nowhere else', () => {
    expect(testRef(manifest, 'test.shop.t')).toEqual({
      uniqueId: 'test.shop.t',
      resourceType: 'test',
      name: 't',
      testName: 'unique',
      namespace: 'dbt_utils',
      column: 'id',
      path: 'models/schema.yml',
      description: 'One row each.',
    });
  });
});

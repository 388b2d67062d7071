import { describe, expect, test } from '@jest/globals';
import { noManifest } from '../../src/artifacts/manifest.ts';
import { parseManifest } from '../../src/artifacts/read-manifest.ts';
import { ownerOf } from '../../src/findings/owner.ts';
import { noRules, type Rules } from '../../src/findings/rules.ts';
import { aManifest, columnTest, manifestJson, type Project } from '../project.ts';

const rules: Rules = {
  ...noRules,
  codeOwner: (path) => (path.startsWith('models/') ? { name: '@org/data', email: null, slack: null } : null),
  defaultOwner: { name: 'Whoever is on call', email: null, slack: '#data' },
};

const meta = (owner: unknown) => ({ meta: { owner } });

/** Everybody has something to say; each entry is asked once those before it are taken away. */
const chain: readonly [
  says: string,
  take: (project: Record<string, Record<string, unknown>>) => void,
  name: string,
  reason: string,
][] = [
  ['the test', () => {}, 'T. Est', 'meta of the test unique_orders_id'],
  [
    'the column',
    (project) => void delete project['test.unique_orders_id']?.['meta'],
    'C. Olumn',
    'meta of the column orders.id',
  ],
  ['the model', (project) => void delete project['model.orders']?.['columns'], 'M. Odel', 'meta of the model orders'],
  ["the model's group", (project) => void delete project['model.orders']?.['meta'], 'G. Roup', 'group growth'],
  [
    'the dashboard below',
    (project) => void delete project['model.orders']?.['group'],
    'E. Xposure',
    'exposure revenue downstream',
  ],
  [
    'CODEOWNERS',
    (project) => void delete project['exposure.revenue']?.['owner'],
    '@org/data',
    'CODEOWNERS for models/orders.sql',
  ],
  [
    'the configuration',
    (project) =>
      void (project['model.orders'] = { ...project['model.orders'], original_file_path: 'other/orders.sql' }),
    'Whoever is on call',
    'default owner of the configuration',
  ],
];

const everybody = (): Record<string, Record<string, unknown>> => ({
  'model.orders': { ...meta('M. Odel'), group: 'growth', columns: { ID: meta('C. Olumn') } },
  'model.report': { reads: ['model.orders'] },
  'test.unique_orders_id': { ...columnTest('unique', 'model.orders', 'id'), ...meta('T. Est') },
  'exposure.revenue': { reads: ['model.report'], owner: { name: 'E. Xposure' } },
  'group.growth': { owner: { name: 'G. Roup' } },
});

function ownerOfTest(project: Project) {
  return ownerOf('model.shop.orders', 'test.shop.unique_orders_id', aManifest(project), rules);
}

describe('the owner is named by the nearest:', () => {
  test.each(chain.map(([says, , name, reason], index) => ({ says, name, reason, index })))(
    '$says',
    ({ index, name, reason }) => {
      const project = everybody();
      for (const [, take] of chain.slice(0, index + 1)) take(project);
      expect(ownerOfTest(project)).toMatchObject({ name, reason });
    },
  );

  test('nobody at all', () => {
    expect(ownerOf('model.shop.orders', null, noManifest, noRules)).toBeNull();
    expect(ownerOf('model.shop.orders', null, noManifest, rules)).toMatchObject({
      reason: 'default owner of the configuration',
    });
  });

  test('for a finding without a test the same, from the model on', () => {
    expect(ownerOf('model.shop.orders', null, aManifest(everybody()), rules)?.reason).toBe('meta of the model orders');
  });

  test('meta of a source, a seed and a snapshot say what they are', () => {
    const manifest = aManifest({
      'source.web.events': meta('Web'),
      'seed.codes': meta('Web'),
      'snapshot.prices': meta('Web'),
    });
    const reasons = ['source.shop.web.events', 'seed.shop.codes', 'snapshot.shop.prices'].map(
      (uniqueId) => ownerOf(uniqueId, null, manifest, rules)?.reason,
    );
    expect(reasons).toEqual(['meta of the source web.events', 'meta of the seed codes', 'meta of the snapshot prices']);
  });

  test('the group of the test, which dbt copies from the model, where the model is not known', () => {
    const project: Project = { 'test.t': { group: 'growth' }, 'group.growth': { owner: { name: 'G. Roup' } } };
    expect(ownerOf('model.shop.gone', 'test.shop.t', aManifest(project), rules)?.reason).toBe('group growth');
  });

  test('a group without an owner is asked in vain', () => {
    const project = everybody();
    for (const [, take] of chain.slice(0, 4)) take(project);
    project['group.growth'] = { owner: { name: null } };
    expect(ownerOfTest(project)?.reason).toBe('exposure revenue downstream');
  });
});

describe('dashboards', () => {
  const below = (...owners: readonly unknown[]): Project => ({
    'model.orders': {},
    ...Object.fromEntries(owners.map((owner, index) => [`exposure.e${index}`, { reads: ['model.orders'], owner }])),
  });
  const reasonOf = (project: Project) => ownerOf('model.shop.orders', null, aManifest(project), rules)?.reason;

  test('of one owner name him; of several nobody, for each would think that another one looks', () => {
    expect(reasonOf(below({ name: 'Ana' }, { name: 'Ana' }))).toBe('exposure e0 downstream');
    expect(reasonOf(below({ name: 'Ana' }, { name: 'Bo' }))).toBe('CODEOWNERS for models/orders.sql');
    expect(reasonOf(below({ email: 'a@x.example' }, { email: 'b@x.example' }))).toBe(
      'CODEOWNERS for models/orders.sql',
    );
  });

  test('without an owner do not count', () => {
    expect(reasonOf(below({ name: null }, { name: 'Ana' }))).toBe('exposure e1 downstream');
  });
});

describe('CODEOWNERS', () => {
  test('is asked for the file of the model, or of a singular test that stands alone', () => {
    const manifest = aManifest({ 'test.alone': { original_file_path: 'models/tests/alone.sql' } });
    expect(ownerOf('test.shop.alone', 'test.shop.alone', manifest, rules)?.reason).toBe(
      'CODEOWNERS for models/tests/alone.sql',
    );
  });

  test('is not asked for a package, whose paths are its own', () => {
    const project: Project = { 'model.orders': { package_name: 'some_package' } };
    expect(ownerOf('model.shop.orders', null, aManifest(project), rules)?.reason).toBe(
      'default owner of the configuration',
    );
    // Before dbt 1.6 a manifest does not tell its project.
    const { metadata: _, ...untold } = manifestJson(project);
    expect(ownerOf('model.shop.orders', null, parseManifest({ path: 'm', value: untold }), rules)?.reason).toBe(
      'CODEOWNERS for models/orders.sql',
    );
  });
});

describe('meta may say it', () => {
  const nobody = null;
  test.each<[string, Readonly<Record<string, unknown>>, { name?: string; email?: string; slack?: string } | null]>([
    ['as a name', { owner: ' Ana ' }, { name: 'Ana' }],
    ['as an address', { owner: 'ana@shop.example' }, { email: 'ana@shop.example' }],
    ['as a channel', { owner: '#growth-data' }, { slack: '#growth-data' }],
    ['as a mention', { owner: '@ana' }, { slack: '@ana' }],
    [
      'as words between commas',
      { owner: 'Ana, bo@shop.example,, #growth' },
      { name: 'Ana', email: 'bo@shop.example', slack: '#growth' },
    ],
    [
      'as a list',
      { owner: ['ana@shop.example', 'bo@shop.example', 'Cy', 7, ''] },
      { name: 'Cy', email: 'ana@shop.example, bo@shop.example' },
    ],
    [
      "as dbt's owner object",
      { owner: { name: 'Ana', email: ['ana@shop.example', 'bo@shop.example'], slack: '#growth', team: 'x' } },
      { name: 'Ana', email: 'ana@shop.example, bo@shop.example', slack: '#growth' },
    ],
    [
      'as a list of objects',
      { owner: [{ name: 'Ana' }, { name: 'Bo', email: 'bo@shop.example' }] },
      { name: 'Ana, Bo', email: 'bo@shop.example' },
    ],
    ["as elementary's owner and channel", { owner: '@jess', channel: 'data_alerts' }, { slack: 'data_alerts' }],
    [
      "as elementary's subscribers alone",
      { subscribers: ['@ana', 'bo@shop.example'] },
      { email: 'bo@shop.example', slack: '@ana' },
    ],
    ["as elementary's channel alone", { channel: '#data' }, { slack: '#data' }],
    ['as an owner who counts more than subscribers', { owner: 'Ana', subscribers: ['Bo'] }, { name: 'Ana' }],
    [
      "in dq_report's own namespace, which counts more",
      { owner: 'Ana', channel: '#a', dq_report: { owner: 'Bo', slack: '#b' } },
      { name: 'Bo', slack: '#b' },
    ],
    [
      'in both: what one lacks the other has',
      { owner: 'Ana', dq_report: { owner: '', channel: '#b' } },
      { name: 'Ana', slack: '#b' },
    ],
    ['in neither, with nothing said', { owner: '', subscribers: [], channel: '' }, nobody],
    [
      'in neither, with what is no owner',
      { owner: 7, subscribers: { a: 1 }, channel: ['#a'], dq_report: null },
      nobody,
    ],
    ['in neither, with an owner object that is empty', { owner: { name: ' ', email: null } }, nobody],
  ])('%s', (_, words, expected) => {
    const owner = ownerOf('model.shop.orders', null, aManifest({ 'model.orders': { meta: words } }), noRules);
    expect(owner).toEqual(
      expected === null
        ? null
        : { name: null, email: null, slack: null, ...expected, reason: 'meta of the model orders' },
    );
  });
});

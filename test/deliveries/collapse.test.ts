import { expect, test } from '@jest/globals';
import { collapse, renew, type Unsent } from '../../src/deliveries/collapse.ts';
import { incidentIdsOf } from '../../src/deliveries/delivery.ts';
import { noticesOf, type Order } from '../../src/receivers/receiver.ts';
import { anIncident, aNotice } from '../receivers/notices.ts';

/** `open a`, `loud a`, `quiet a`, `close a`, `digest ab`: what is done about incidents of one letter; B has ended. */
function order(text: string): Order {
  const [what = '', letters = ''] = text.split(' ');
  const notices = letters
    .split('')
    .map((id) => aNotice({ incident: anIncident({ id, state: id < 'a' ? 'resolved' : 'open' }) }));
  const [notice = aNotice()] = notices;
  if (what === 'digest') return { action: 'digest', notices };
  if (what === 'open' || what === 'close') return { action: what, notice };
  return { action: 'update', notice, loud: what === 'loud' };
}

function inWords(given: Order): string {
  const what = given.action === 'update' ? (given.loud ? 'loud' : 'quiet') : given.action;
  return `${what} ${incidentIdsOf(given).join('')}`;
}

test.each([
  [[], 'open a', 'open a', []],
  [['open a'], 'loud a', 'open a', ['open a']],
  [['open a'], 'quiet a', 'open a', ['open a']],
  [['open a'], 'close a', 'close a', ['open a']],
  [['loud a'], 'quiet a', 'loud a', ['loud a']],
  [['quiet a'], 'quiet a', 'quiet a', ['quiet a']],
  [['quiet a'], 'close a', 'close a', ['quiet a']],
  [['close a'], 'loud a', 'loud a', ['close a']],
  [['open a', 'loud a'], 'close a', 'close a', ['open a', 'loud a']],
  [['open b'], 'close a', 'close a', []],
  [['digest abc'], 'close a', 'close a', { 'digest abc': 'digest bc' }],
  [['digest ab'], 'close a', 'close a', { 'digest ab': 'open b' }],
  [['digest aB'], 'loud a', 'open a', { 'digest aB': 'close B' }],
  [['digest a'], 'loud a', 'open a', ['digest a']],
  [['open a', 'open b', 'open c'], 'digest ab', 'digest ab', ['open a', 'open b']],
  [['digest ab'], 'digest abc', 'digest abc', ['digest ab']],
  [['digest abc', 'open d'], 'digest bd', 'digest bd', { 'digest abc': 'digest ac', 'open d': null }],
])('of %j unsent and a new `%s`, `%s` is sent', (waiting, fresh, expected, gone) => {
  const unsent: readonly Unsent[] = waiting.map((text) => ({ id: text, order: order(text) }));
  const { order: result, replaced, rewritten } = collapse(unsent, order(fresh));
  expect(inWords(result)).toBe(expected);
  expect(
    Object.fromEntries([
      ...replaced.map((id) => [id, null] as const),
      ...rewritten.map((each) => [each.id, inWords(each.order)] as const),
    ]),
  ).toEqual(Array.isArray(gone) ? Object.fromEntries(gone.map((id) => [id, null])) : gone);
});

test.each(['open a', 'loud a', 'digest ab'])('of `%s` unsent and no news, what has happened is still said', (text) => {
  const unsent = { id: text, order: order(text) };
  const [before = aNotice()] = noticesOf(unsent.order);
  const now = aNotice({ incident: anIncident({ id: 'a', failures: 80 }), reason: 'ongoing' });
  const { order: result } = collapse([unsent], { action: 'update', notice: now, loud: false });
  expect(result).toMatchObject({ notice: { ...now, reason: before.reason, history: before.history } });
});

test('what waits says the newest figures of what goes on, and still what has happened', () => {
  const now = aNotice({
    incident: anIncident({ id: 'a', failures: 80, runs: 2 }),
    reason: 'ongoing',
    at: '2026-01-03',
  });
  const unsent = ['open a', 'open b', 'digest ab', 'digest A'].map((text) => ({ id: text, order: order(text) }));
  const rewritten = renew(unsent, [now]);
  expect(rewritten.map(({ id }) => id)).toEqual(['open a', 'digest ab']);
  const renewed = rewritten.flatMap((each) => noticesOf(each.order)).filter(({ incident }) => incident.id === 'a');
  for (const notice of renewed) expect(notice).toEqual({ ...now, reason: 'opened' });
  expect(rewritten.map((each) => inWords(each.order))).toEqual(['open a', 'digest ab']);
});

test('what waits says that it is better now, compared with what happened last', () => {
  const history = [{ reason: 'opened', at: '2026-01-02', severity: 'critical', failures: 80 }] as const;
  const now = aNotice({ incident: anIncident({ id: 'a', failures: 8 }), reason: 'eased', history });
  expect(renew([{ id: '1', order: order('loud a') }], [now])).toEqual([
    { id: '1', order: { action: 'update', notice: now, loud: true } },
  ]);
});

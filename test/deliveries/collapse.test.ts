import { expect, test } from '@jest/globals';
import { collapse, type Unsent } from '../../src/deliveries/collapse.ts';
import { incidentIdsOf } from '../../src/deliveries/delivery.ts';
import type { Order } from '../../src/receivers/receiver.ts';
import { anIncident, aNotice } from '../receivers/notices.ts';

/** `open a`, `loud a`, `quiet a`, `close a`, `digest ab`: what is done about incidents of one letter. */
function order(text: string): Order {
  const [what = '', letters = ''] = text.split(' ');
  const notices = letters.split('').map((id) => aNotice({ incident: anIncident({ id }) }));
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
  [['digest ab'], 'close a', 'close a', []],
  [['digest ab'], 'loud a', 'loud a', []],
  [['digest a'], 'loud a', 'open a', ['digest a']],
  [['open a', 'open b', 'open c'], 'digest ab', 'digest ab', ['open a', 'open b']],
  [['digest ab'], 'digest abc', 'digest abc', ['digest ab']],
])('of %j unsent and a new `%s`, `%s` is sent', (waiting, fresh, expected, gone) => {
  const unsent: readonly Unsent[] = waiting.map((text) => ({ id: text, order: order(text) }));
  const { order: result, replaced } = collapse(unsent, order(fresh));
  expect(inWords(result)).toBe(expected);
  expect(replaced).toEqual(gone);
});

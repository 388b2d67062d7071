import { describe, expect, test } from '@jest/globals';
import { afterFailure, afterLookUp, type Attempt } from '../../src/deliveries/decide.ts';
import { DeliveryError, type DeliveryReason, type Order } from '../../src/receivers/receiver.ts';
import { aNotice } from '../receivers/notices.ts';

const now = new Date('2026-01-02T12:00:00Z');
const loud: Order = { action: 'update', notice: aNotice(), loud: true };
const previous = { ts: '1' };
const first: Attempt = { attempts: 1, order: loud, previous, isUncertain: false, now };
const failed = (reason: DeliveryReason, retryAfter: number | null = null): DeliveryError =>
  new DeliveryError(reason, 'A sentence.', retryAfter);
const after = (seconds: number): Date => new Date(now.getTime() + seconds * 1000);

describe('after an attempt that has failed', () => {
  test.each([
    ['retry', first, { kind: 'later', state: 'pending', notBefore: after(2) }],
    ['uncertain', first, { kind: 'later', state: 'uncertain', notBefore: after(2) }],
    ['retry', { ...first, attempts: 2 }, { kind: 'later', notBefore: after(4) }],
    ['retry', { ...first, attempts: 5 }, { kind: 'later', notBefore: after(32) }],
    ['retry', { ...first, attempts: 9 }, { kind: 'later', notBefore: after(300) }],
    ['retry', { ...first, attempts: 5000 }, { kind: 'later', notBefore: after(300) }],
    ['target_gone', first, { kind: 'afresh' }],
    ['target_gone', { ...first, previous: null }, { kind: 'dead' }],
    ['payload', first, { kind: 'dead' }],
    ['destination', first, { kind: 'later', state: 'pending', notBefore: null }],
    ['auth', first, { kind: 'later', state: 'pending', notBefore: null }],
    ['auth', { ...first, isUncertain: true }, { kind: 'later', state: 'uncertain' }],
    ['retry', { ...first, isUncertain: true }, { kind: 'later', state: 'uncertain' }],
  ] as const)('for %s, %#', (reason, attempt, expected) => {
    expect(afterFailure(failed(reason), attempt)).toMatchObject({ ...expected, reason: 'A sentence.' });
  });

  test('quiet news of a message that is gone is not told: it says nothing that anybody waits for', () => {
    const quiet: Attempt = { ...first, order: { ...loud, loud: false } };
    expect(afterFailure(failed('target_gone'), quiet)).toEqual({
      kind: 'sent',
      receipt: { ts: '1', not_sent: 'A sentence.' },
    });
  });

  test.each([
    [1, 60, 60],
    [9, 60, 300],
    [1, 3600, 3600],
    [1, 0, 2],
  ])(
    'number %i it waits as long as the far side asks, %i s, and at least its own time',
    (attempts, asked, expected) => {
      const settlement = afterFailure(failed('retry', asked), { ...first, attempts });
      expect(settlement).toMatchObject({ notBefore: after(expected) });
    },
  );

  test('by a defect it is dead, and the text of the defect is nowhere', () => {
    const settlement = afterFailure(new TypeError('token xoxb-canary'), first);
    expect(settlement).toEqual({
      kind: 'dead',
      mayHaveArrived: false,
      fault: 'defect',
      reason: 'dq-report broke while it was sending this (TypeError); that is a defect of dq-report.',
    });
  });
});

describe('after a look-up that has failed', () => {
  test.each([
    ['retry', { kind: 'later', state: 'uncertain', notBefore: after(2), fault: 'retry', reason: 'A sentence.' }],
    ['uncertain', null],
    ['auth', null],
    ['destination', null],
    ['payload', null],
    ['target_gone', null],
  ] as const)('for %s', (reason, expected) => {
    expect(afterLookUp(failed(reason), first)).toEqual(expected);
  });

  test('by a defect', () => {
    expect(afterLookUp(new Error('x'), first)).toMatchObject({ kind: 'dead' });
  });
});

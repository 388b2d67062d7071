import { describe, expect, test } from '@jest/globals';
import type { Delivery } from '../../src/deliveries/delivery.ts';
import { explained, isUndelivered, type Known } from '../../src/deliveries/standing.ts';
import { deliveriesJson, formatDeliveries, formatSent, formatUndelivered } from '../../src/report/deliveries.ts';
import { aDelivery } from '../builders.ts';
import { anIncident, aNotice } from '../receivers/notices.ts';

const now = new Date('2026-01-03T06:00:00Z');
const hook = { receiver: 'hook', integration: 'webhook' } as const;
const known: Known = { project: 'shop', destinations: [hook], unusable: [] };
const without: Known = { ...known, destinations: [] };
const keyless: Known = { ...known, unusable: [hook] };

const YESTERDAY = '2026-01-02T08:00:00.000Z';
const AT_EIGHT = '2026-01-03T08:00:00.000Z';
const MORNING = 'Now it is muted until 2026-01-03 08:00 UTC.';
const muted = { mutedUntil: AT_EIGHT, dueAt: AT_EIGHT };
const missed = { mutedUntil: AT_EIGHT, dueAt: YESTERDAY };
const busy = { attempts: 1, fault: 'retry', reason: 'Busy.' } as const;
const died = { state: 'attempting', leaseUntil: YESTERDAY } as const;
const leased = { state: 'attempting', leaseUntil: AT_EIGHT } as const;
const dead = { state: 'dead', fault: 'payload', reason: 'Too long.' } as const;
const gone = { state: 'dead', fault: 'receiver_gone', reason: 'Gone.' } as const;

const NEXT_RUN = 'The next run tries again, or `dq-report deliveries flush`.';
const UNCLEAR = 'The next run looks it up or sends it again, or `dq-report deliveries flush`.';
const DROP = '`dq-report deliveries drop ID --reason TEXT` takes it out.';
const GONE = `Give the receiver its old name back in dq-report.yml, then \`dq-report deliveries retry ID\`. ${DROP}`;

describe('what is not delivered is told with why, and with what to do about just that', () => {
  test.each<[what: string, delivery: Partial<Delivery>, known: Known, reason: string, hint: string]>([
    ['a far side that is busy', busy, known, 'not sent yet: Busy.', NEXT_RUN],
    [
      'one that may have it',
      { ...busy, state: 'uncertain', fault: 'uncertain' },
      known,
      'may have arrived: Busy.',
      UNCLEAR,
    ],
    [
      'a token that is refused',
      { ...busy, fault: 'auth' },
      known,
      'not sent yet: Busy.',
      'Mend the credentials, which `dq-report check-config --online` tries; then the next run sends it, or `dq-report deliveries flush`.',
    ],
    [
      'a channel that is refused',
      { ...busy, fault: 'destination' },
      known,
      'not sent yet: Busy.',
      'Mend the channel, key or address, which `dq-report check-config --online` tries; then the next run sends it, or `dq-report deliveries flush`.',
    ],
    [
      'a secret that is missing',
      busy,
      keyless,
      'not sent yet: A secret of the receiver is missing.',
      'The next run that has the secret sends it; `dq-report check-config` says which is missing.',
    ],
    [
      'a mute time after which nobody sent it before the next',
      missed,
      known,
      `not sent yet: Nobody sent it after its mute time had ended (2026-01-02 08:00 UTC), and now it is muted until 2026-01-03 08:00 UTC.`,
      'Let a run or `dq-report deliveries flush` come between the mute times (a scheduler can), and mend what stands before it, if anything does.',
    ],
    [
      'a mute time after a secret was missing',
      missed,
      keyless,
      'not sent yet: A secret of the receiver is missing.',
      'The next run that has the secret sends it; `dq-report check-config` says which is missing.',
    ],
    [
      'a mute time after a far side was busy',
      { ...busy, ...muted },
      known,
      `not sent yet: Busy. ${MORNING}`,
      'The first run after the mute time tries again, or `dq-report deliveries flush` then.',
    ],
    [
      'a receiver that has left',
      busy,
      without,
      'not sent yet: Its receiver is not in the configuration any more.',
      GONE,
    ],
    [
      'a receiver that has left, given up',
      gone,
      without,
      'will not be sent: Its receiver is not in the configuration any more.',
      GONE,
    ],
    [
      'a receiver that has left after it had refused',
      dead,
      without,
      'will not be sent: Its receiver is not in the configuration any more.',
      GONE,
    ],
    [
      'a receiver that is back',
      gone,
      known,
      'will not be sent: Its receiver was not in the configuration for a while.',
      `The next run that finds the cause tells it, or \`dq-report deliveries retry ID\`. ${DROP}`,
    ],
    [
      'a message that is refused',
      dead,
      known,
      'will not be sent: Too long.',
      `What was refused needs something mended: then the next run that finds the cause tells it, or \`dq-report deliveries retry ID\`. ${DROP}`,
    ],
    [
      'a defect',
      { ...dead, fault: 'defect', reason: 'It broke.' },
      known,
      'will not be sent: It broke.',
      `Please report it. \`dq-report deliveries retry ID\` tries again. ${DROP}`,
    ],
    ['a process that died', died, known, 'interrupted: The process that was sending it has died.', UNCLEAR],
    [
      'no time',
      {},
      known,
      'not sent yet: There was no time left to send it.',
      'The next run sends it, or `dq-report deliveries flush`; `limits.seconds` gives a run more time.',
    ],
  ])('%s', (_, delivery, here, reason, hint) => {
    const all = explained([aDelivery(delivery)], here, now);
    expect(all.map(isUndelivered)).toEqual([true]);
    expect(formatUndelivered(all)).toBe(
      `1 alert not delivered, and kept:\n  1 message to hook (webhook), ${reason}\n    ${hint}\n  \`dq-report deliveries\` lists them.\n`,
    );
    // The list says it in the same words.
    expect(formatDeliveries(all)).toContain(reason.replace(/^[^:]*: /, ''));
  });

  test('several reasons at once, each once', () => {
    const all = explained(
      [aDelivery({ ...busy, fault: 'auth' }), aDelivery(), aDelivery(), aDelivery(dead)],
      known,
      now,
    );
    expect(formatUndelivered(all)).toMatch(
      /^4 alerts .*\n {2}1 message .*: Busy\.\n {4}Mend .*\n {2}2 messages .*: It waits for the one before it\.\n {2}1 message .*: Too long\.\n {4}What /,
    );
  });

  test.each<[what: string, delivery: Partial<Delivery>]>([
    ['waits for its mute time', muted],
    ['is being sent by another process', leased],
    ['was sent', { state: 'sent' }],
  ])('but not what %s', (_, delivery) => {
    expect(explained([aDelivery(delivery)], known, now).map(isUndelivered)).toEqual([false]);
  });

  test('nothing is said of receivers of another project, which another configuration knows', () => {
    const [theirs] = explained([aDelivery({ ...busy, project: 'other' })], { ...without, unusable: [hook] }, now);
    expect(theirs).toMatchObject({ standing: 'trouble', reason: 'Busy.' });
  });

  test('nor where there is no configuration', () => {
    expect(explained([aDelivery(busy)], { ...known, destinations: null }, now)).toMatchObject([
      { standing: 'trouble' },
    ]);
  });
});

test('the list says which incident it is about, and when it was sent', () => {
  const order = { action: 'open', notice: aNotice({ incident: anIncident({ id: '3f9c2a81d04e' }) }) } as const;
  const all = explained([aDelivery({ order, state: 'sent', updatedAt: YESTERDAY })], known, now);
  expect(formatDeliveries(all)).toContain(
    '  incident 3f9c2a81d04e · ordered 2026-01-02 06:00 UTC · sent 2026-01-02 08:00 UTC',
  );
  expect(JSON.parse(deliveriesJson(all)).deliveries).toMatchObject([
    { incidents: ['3f9c2a81d04e'], sent: YESTERDAY, standing: 'sent' },
  ]);
  expect(JSON.parse(deliveriesJson(explained([aDelivery()], known, now))).deliveries).toMatchObject([{ sent: null }]);
});

test('what waits for a mute time stands with what was sent', () => {
  const all = explained([aDelivery(muted), aDelivery(missed)], known, now);
  expect(formatSent(all)).toBe(
    'Waiting until 2026-01-03 08:00 UTC, for the first run after it: hook (webhook) 1 new.\n',
  );
});

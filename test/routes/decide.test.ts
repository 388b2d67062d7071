import { describe, expect, test } from '@jest/globals';
import { CHANGE_REASONS, type ChangeReason } from '../../src/incidents/incident.ts';
import { decide, isNewMessage, type Situation, type Step } from '../../src/routes/decide.ts';

/** What the receiver of a message, of a digest, a new one that a route names, and one that is neither does. */
type Row = readonly [told: Step, inDigest: Step, routed: Step, neither: Step];

const base: Situation = {
  reason: 'opened',
  incident: { foldedUnder: null },
  isRouted: false,
  told: null,
  isMissed: false,
  mayStand: false,
  isKnown: true,
  abilities: { edits: true },
};

function rowOf(reason: ChangeReason, more: Partial<Situation> = {}): Row {
  const given = { ...base, reason, ...more };
  return [
    decide({ ...given, told: 'message' }),
    decide({ ...given, told: 'digest' }),
    decide({ ...given, isRouted: true }),
    decide(given),
  ];
}

const root: Readonly<Record<ChangeReason, Row>> = {
  opened: ['loud', 'loud', 'open', 'nothing'],
  reopened: ['loud', 'loud', 'open', 'nothing'],
  worsened: ['loud', 'loud', 'open', 'nothing'],
  eased: ['quiet', 'nothing', 'open', 'nothing'],
  changed: ['loud', 'loud', 'open', 'nothing'],
  ongoing: ['quiet', 'nothing', 'nothing', 'nothing'],
  surfaced: ['loud', 'loud', 'open', 'nothing'],
  flapping: ['loud', 'loud', 'open', 'nothing'],
  settled: ['loud', 'loud', 'open', 'nothing'],
  resolved: ['close', 'close', 'nothing', 'nothing'],
  retired: ['close', 'close', 'nothing', 'nothing'],
  unobserved: ['nothing', 'nothing', 'nothing', 'nothing'],
};

describe('of a root incident that was', () => {
  test.each(CHANGE_REASONS)('%s, a receiver hears what the table says', (reason) => {
    expect(rowOf(reason)).toEqual(root[reason]);
  });

  test.each(CHANGE_REASONS)('%s, who was told stays told although the routes name it too', (reason) => {
    expect(rowOf(reason, { isRouted: true }).slice(0, 2)).toEqual(root[reason].slice(0, 2));
  });
});

describe('of a folded incident that was', () => {
  test.each(CHANGE_REASONS)('%s, nobody hears anything new, and who was told hears of its end', (reason) => {
    const told = ['resolved', 'retired'].includes(reason) ? 'close' : reason === 'unobserved' ? 'nothing' : 'quiet';
    const inDigest = told === 'close' ? 'close' : 'nothing';
    expect(rowOf(reason, { incident: { foldedUnder: 'f' } })).toEqual([told, inDigest, 'nothing', 'nothing']);
  });
});

describe('an incident that goes on', () => {
  test('is told after all when nobody has heard of it, because the receivers are new', () => {
    expect(rowOf('ongoing', { isKnown: false })[2]).toBe('open');
  });

  test('is told again where the news of it did not arrive, and what has ended too', () => {
    expect(rowOf('ongoing', { isMissed: true })).toEqual(['loud', 'loud', 'open', 'nothing']);
    expect(rowOf('eased', { isMissed: true })).toEqual(['loud', 'loud', 'open', 'nothing']);
    expect(rowOf('resolved', { isMissed: true })).toEqual(['close', 'close', 'close', 'close']);
    expect(rowOf('unobserved', { isMissed: true })).toEqual(['nothing', 'nothing', 'nothing', 'nothing']);
  });

  test('is not told again where a person has dropped what may have arrived, but ended', () => {
    expect(rowOf('ongoing', { mayStand: true })).toEqual(root.ongoing);
    expect(rowOf('resolved', { mayStand: true })).toEqual(['close', 'close', 'close', 'close']);
  });

  test('stays unsaid where a message cannot be changed', () => {
    expect(rowOf('ongoing', { abilities: { edits: false } })[0]).toBe('nothing');
    expect(rowOf('eased', { abilities: { edits: false } })[0]).toBe('nothing');
  });

  test('does not open when it was not looked at, though nobody has heard of it', () => {
    expect(rowOf('unobserved', { isKnown: false })[2]).toBe('nothing');
  });
});

describe('a new message before people is', () => {
  const slack = { edits: true, resolves: false, endsSilently: false, samples: false, maxMessages: 8 };
  const webhook = {
    edits: false,
    resolves: false,
    endsSilently: false,
    samples: false,
    maxMessages: 8,
  };
  const events = { edits: false, resolves: true, endsSilently: false, samples: false, maxMessages: 8 };
  test.each([
    ['an opening', 'open', null, slack, true],
    ['loud news of what a digest named', 'loud', 'digest', slack, true],
    ['the end of what a digest named', 'close', 'digest', slack, true],
    ['loud news where nothing is edited', 'loud', 'message', webhook, true],
    ['an end where nothing is edited', 'close', 'message', webhook, true],
  ] as const)('%s', (_, step, told, abilities, expected) => {
    expect(isNewMessage(step, told, abilities)).toBe(expected);
  });
  test.each([
    ['an edit', 'loud', 'message', slack],
    ['an end by an edit', 'close', 'message', slack],
    ['an end that the far side must hear of', 'close', 'message', events],
    ['a quiet edit', 'quiet', 'message', slack],
    ['nothing', 'nothing', null, webhook],
  ] as const)('not %s', (_, step, told, abilities) => {
    expect(isNewMessage(step, told, abilities)).toBe(false);
  });
});

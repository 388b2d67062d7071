import { expect, test } from '@jest/globals';
import { factsOf, headlineOf } from '../../src/receivers/facts.ts';
import { changeSentence, detailsOf, openingSentence } from '../../src/receivers/notice-words.ts';
import type { Notice } from '../../src/receivers/receiver.ts';
import { anIncident, aNotice, aNoticeCause } from './notices.ts';

const ended = { endedAt: '2026-01-02T07:00:00.000Z', runs: 2 } as const;
const told = { reason: 'opened', at: '2026-01-01T06:00:00Z', severity: 'warning', failures: 70 } as const;
const flapping = { flapping: true, recent: 'FPFPF' } as const;

const sentences: Readonly<Record<string, Partial<Notice>>> = {
  New: { reason: 'opened' },
  'Back again, after it was mended': { reason: 'reopened' },
  'Back again': { reason: 'reopened', history: [{ ...told, reason: 'retired' }] },
  Worse: { reason: 'worsened' },
  'Worse: now error, warning before; 77 failures, 70 before': { reason: 'worsened', history: [told] },
  'Better, but not mended': { reason: 'eased' },
  'Fails in another way now': { reason: 'changed' },
  'As before': { reason: 'ongoing', incident: anIncident({ runs: 3 }) },
  'No longer in turns: fails every time now (✗✓✗✗✗)': {
    reason: 'settled',
    incident: anIncident({ recent: 'FPFFF' }),
  },
  'Passed this time, but fails and passes in turns (✗✓✗✓)': {
    reason: 'ongoing',
    incident: anIncident({ flapping: true, recent: 'FPFP' }),
  },
  'Still failing, and no other cause explains it any more': { reason: 'surfaced' },
  'Failing and passing in turns (✗✓✗✓✗); no more messages until it settles or gets worse': {
    reason: 'flapping',
    incident: anIncident(flapping),
  },
  'Mended after 60 min and 2 failing runs': {
    reason: 'resolved',
    incident: anIncident({ state: 'resolved', ...ended }),
  },
  'Its test or model has left the project after 60 min and 2 failing runs; nobody can say whether it is mended': {
    reason: 'retired',
    incident: anIncident({ state: 'retired', ...ended }),
  },
  'Not run this time, so nobody can say whether it is mended': { reason: 'unobserved' },
};

test.each(Object.entries(sentences))('%s', (sentence, notice) => {
  expect(changeSentence(aNotice(notice))).toBe(sentence);
});

test('a message that comes late does not speak of one before it', () => {
  expect(openingSentence(aNotice({ reason: 'ongoing' }))).toBe('Not told here before');
  expect(openingSentence(aNotice({ reason: 'opened' }))).toBe('New');
});

test('what another cause explains names it first', () => {
  const [first] = detailsOf(aNoticeCause({ explainedBy: 'events could not be\nbuilt' }));
  expect(first).toEqual({ label: 'Explained by', text: 'events could not be built' });
});

test('a fact says how many more there are, however long the names are', () => {
  const exposures = Array.from({ length: 50 }, (_, index) => ({
    name: `Weekly marketing attribution dashboard of the region ${index} ${'x'.repeat(100)}`,
    verdict: 'wrong' as const,
    url: null,
  }));
  const cause = aNoticeCause({ exposures, further: { exposures: 950, doubtful: 950, symptoms: 0, suspects: 0 } });
  const fact = factsOf(aNotice({ cause })).find(({ key }) => key === 'blast_radius');
  expect(fact?.text).toMatch(/ and 988 more$/);
});

test('what is not listed of a thousand dashboards, symptoms and suspects is counted', () => {
  const cause = aNoticeCause({
    exposures: [
      { name: 'Weekly sales', verdict: 'wrong', url: null },
      { name: 'Stock', verdict: 'safe', url: null },
    ],
    folded: '1,002 models skipped',
    symptoms: ['orders', 'revenue'],
    upstreamSuspects: ['events'],
    further: { exposures: 998, doubtful: 40, symptoms: 1000, suspects: 7 },
  });
  const details = new Map(detailsOf(cause).map(({ label, text }) => [label, text]));
  expect(details.get('Dashboards')).toBe('Weekly sales (wrong), Stock (safe) and 998 more');
  expect(details.get('Folded')).toBe('1,002 models skipped: orders, revenue and 1,000 more');
  expect(details.get('Also failing upstream')).toBe('events and 7 more');
  const facts = new Map(factsOf(aNotice({ cause })).map(({ key, text }) => [key, text]));
  expect(facts.get('blast_radius')).toBe('Weekly sales (wrong), Stock (safe) and 998 more');
  expect(facts.get('folded')).toBe('1,002 models skipped: orders, revenue and 1,000 more');
  expect(facts.get('upstream_suspects')).toBe('events and 7 more');
  expect(headlineOf(aNotice({ cause }), 200)).toContain(', 41 exposures in doubt');
});

import type { Faults } from './generate-events.ts';

/** One of the three mornings. */
export interface Day {
  readonly number: 1 | 2 | 3;
  readonly title: string;
  /** What has happened in the shop, for somebody who has never seen it. */
  readonly happened: string;
  readonly faults: Faults;
  /** Whether its events end now; else on the day that was asked for. */
  readonly endsNow: boolean;
  /** What to look at in the report, and in what each vendor got. */
  readonly lookAt: {
    readonly report: string;
    readonly slack: string;
    readonly pagerduty: string;
    readonly datadog: string;
  };
}

/** The fault that the story follows, and that is worse on the second day. */
export const FOLLOWED = 'revenue_matches_item_sum';

export const DAYS: readonly Day[] = [
  {
    number: 1,
    title: 'The faults appear',
    happened:
      'The tracker has renamed one column and dropped another, two orders share a number, items come without a price, and new files have stopped to come.',
    faults: { lasting: true, miscounts: false, newClients: true },
    endsNow: false,
    lookAt: {
      report: 'ten causes, the worst first, each with its owner; and which dashboards not to trust.',
      slack:
        'commerce gets a message for each of its two causes. The data team gets one that names the other eight, because it wants no more than three at once.',
      pagerduty: 'only what is critical pages somebody. `dedup_key` is the name of the alert from now on.',
      datadog: `gauges, the state of the model, and an event; here those about ${FOLLOWED}.`,
    },
  },
  {
    number: 2,
    title: 'One gets worse, one is mended',
    happened:
      'A release of the shop counts items wrong, so more orders do not match their lines. The checkout pages keep the id of their client again, so every purchase has a channel.',
    faults: { lasting: true, miscounts: true, newClients: false },
    endsNow: false,
    lookAt: {
      report: 'one is worse, one has ended. Nobody hears of the others again.',
      slack:
        'no new message in the channels. That of day 1 now says something else (the same ts), and its thread tells those who follow it; what is mended is told in the thread of the message that named it.',
      pagerduty:
        'the same `dedup_key` as on day 1, so the alert changes and is no second one; a `resolve` for what is mended.',
      datadog: 'the gauge of failures goes from 16 to 38; the event joins that of day 1 by its aggregation_key.',
    },
  },
  {
    number: 3,
    title: 'All is mended',
    happened: 'Shop and tracker work as they should, and all files are there, up to this minute.',
    faults: { lasting: false, miscounts: false, newClients: false },
    endsNow: true,
    lookAt: {
      report: 'nothing is wrong, all dashboards are safe, and what has ended is named once.',
      slack: 'both messages of day 1 are closed where they stand; the seven others end in one message.',
      pagerduty: 'a `resolve` for each `dedup_key` that was still open.',
      datadog: 'the gauges are 0, the check is 0 (OK), the event is a success.',
    },
  },
];

import type { Received, SlackMessage } from './alerts/stand-ins.ts';
import { pagerdutyEvents } from './alerts/vendors-view.ts';
import { DemoError } from './commands.ts';
import { FOLLOWED } from './story.ts';

/** What came of a day. */
export interface PlayedDay {
  readonly hasFindings: boolean;
  readonly received: readonly Received[];
  /** By the id of the channel. */
  readonly channels: ReadonlyMap<string, readonly SlackMessage[]>;
}

/** Whether the days went as the story tells them. @throws {DemoError} with the first sentence that is not true */
export function checkStory([first, second, third]: readonly PlayedDay[]): void {
  if (first === undefined || second === undefined || third === undefined)
    throw new DemoError('The story was not told to its end.');
  const [onDay1, onDay2, onDay3] = [followedIn(first), followedIn(second), followedIn(third)];
  const [paged, pagedAgain, last] = [first, second, third].map(({ received }) => pagerdutyEvents(received));
  const keyOf = (action: string, events = paged): readonly string[] =>
    (events ?? []).filter((event) => event.action === action).map(({ key }) => key);
  const resolved = [...keyOf('resolve', pagedAgain), ...keyOf('resolve', last)];

  const sentences: readonly (readonly [sentence: string, isTrue: boolean])[] = [
    ['On day 1 there are findings, and Slack is told.', first.hasFindings && onDay1 !== null],
    ['On day 2 the message of day 1 says something else.', onDay2?.ts === onDay1?.ts && says(onDay2, 'Worse: ')],
    ['On day 2 its thread tells so.', onDay2?.replies.length === 1],
    ['On day 2 PagerDuty closes an alert of day 1.', keyOf('trigger').includes(resolved[0] ?? '')],
    ['On day 3 nothing is wrong.', !third.hasFindings],
    ['On day 3 the message of day 1 says that it is mended.', onDay3?.ts === onDay1?.ts && says(onDay3, 'Mended')],
    ['On day 3 all alerts are closed at PagerDuty.', keyOf('trigger').every((key) => resolved.includes(key))],
  ];
  const untrue = sentences.find(([, isTrue]) => !isTrue);
  if (untrue !== undefined) throw new DemoError(`The story did not go as it should. This is not so: "${untrue[0]}"`);
}

/** The message about the fault that the story follows. */
function followedIn({ channels }: PlayedDay): SlackMessage | null {
  return [...channels.values()].flat().find((message) => says(message, `: ${FOLLOWED}`)) ?? null;
}

function says(message: SlackMessage | null | undefined, words: string): boolean {
  return JSON.stringify(message?.blocks ?? []).includes(words);
}

import type { Timestamp } from '../artifacts/run.ts';
import { contains, type TimeInterval, wallClock } from './time-interval.ts';
import type { Route } from './tree.ts';

type Times = Pick<Route, 'muteTimes' | 'activeTimes'>;

const MINUTE = 60_000;
/** Clocks are put forward and back at such times only, all over the world. */
const QUARTER = 15 * MINUTE;
/** What is muted for longer is looked at again then. */
const LONGEST = 366 * 24 * 60 * MINUTE;

/**
 * When the mute times of a route end, or its next active time begins; null where it may speak now. What is muted is not
 * lost, it waits.
 */
export function mutedUntil(route: Times, now: Date): Timestamp | null {
  if (!isMuted(route, now)) return null;
  for (let at = nextTurn(route, now); at.getTime() - now.getTime() < LONGEST; at = nextTurn(route, at))
    if (!isMuted(route, at)) return at.toISOString();
  return new Date(now.getTime() + LONGEST).toISOString();
}

function isMuted({ muteTimes, activeTimes }: Times, at: Date): boolean {
  const isIn = (interval: TimeInterval): boolean => contains(interval, wallClock(at, interval.location));
  return muteTimes.some(isIn) || (activeTimes.length > 0 && !activeTimes.some(isIn));
}

/** The next instant at which the answer can change: a border of an interval, else the next quarter of an hour. */
function nextTurn({ muteTimes, activeTimes }: Times, at: Date): Date {
  const start = Math.floor(at.getTime() / MINUTE) * MINUTE;
  const quarter = Math.floor(start / QUARTER) * QUARTER + QUARTER;
  const borders = [...muteTimes, ...activeTimes].flatMap(({ times, location }) => {
    const { minute } = wallClock(at, location);
    return times.flatMap(({ from, to }) => [from, to]).map((border) => start + (border - minute) * MINUTE);
  });
  return new Date(Math.min(quarter, ...borders.filter((border) => border > start)));
}

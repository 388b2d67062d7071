import type { Labels } from './labels.ts';
import type { Matcher } from './matcher.ts';
import type { TimeInterval } from './time-interval.ts';

/** How to get to a route: `route`, then the matchers of every route on the way. */
export type RoutePath = readonly string[];

/** A node of the tree that picks receivers, ready for use. */
export interface Route {
  readonly path: RoutePath;
  /** Its own, else that of the route above. */
  readonly receiver: string;
  /** All must match; the root has none. */
  readonly matchers: readonly Matcher[];
  /** Whether the routes after it are asked as well. */
  readonly continues: boolean;
  /** Not inherited, as in Alertmanager. */
  readonly muteTimes: readonly TimeInterval[];
  readonly activeTimes: readonly TimeInterval[];
  readonly routes: readonly Route[];
}

/**
 * The routes that decide about these labels, in the order of the tree: the deepest that match. Of sisters the first that
 * matches, and those after it while it says `continue`. One receiver may be named by several.
 */
export function routesFor(labels: Labels, route: Route): readonly Route[] {
  if (!route.matchers.every((matcher) => matcher.matches(labels))) return [];
  const below: Route[] = [];
  for (const child of route.routes) {
    const found = routesFor(labels, child);
    below.push(...found);
    if (found.length > 0 && !child.continues) break;
  }
  return below.length > 0 ? below : [route];
}

/** Those of a receiver that are to be found there; several where sisters have the same matchers. */
export function routesAt(path: RoutePath, receiver: string, route: Route): readonly Route[] {
  if (!route.path.every((step, index) => step === path[index])) return [];
  if (route.path.length === path.length) return route.receiver === receiver ? [route] : [];
  return route.routes.flatMap((child) => routesAt(path, receiver, child));
}

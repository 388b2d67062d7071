import { type Order, planOrders } from './orders.ts';
import { type Random, seededRandom } from './random.ts';

export interface GenerateOptions {
  /** Another shop for each number. */
  readonly seed?: number;
  /** The last day, as YYYY-MM-DD. */
  readonly until?: string;
}

export const DEFAULT_UNTIL = '2025-03-08';

const DAYS = 14;
const VISITS_PER_DAY = 62;
const SHOP = 'https://www.shop.example';
const CHECKOUT = 'https://checkout.shop.example/checkouts';
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const HEX = '0123456789abcdef';

/** What goes wrong with the tracker, and on which day, counted from 1. */
const faults = {
  /** `client_id` becomes `clientId`. */
  clientRenamedFrom: 5,
  /** A consent banner: from now on many page views come without a client. */
  clientOftenLostFrom: 8,
  /** The column `referrer` is gone. */
  referrerGoneFrom: 10,
} as const;

interface Event {
  readonly clientId: string | null;
  readonly pageUrl: string;
  readonly referrer: string | null;
  readonly at: number;
  readonly name:
    | 'page_viewed'
    | 'email_filled_on_popup'
    | 'product_added_to_cart'
    | 'checkout_started'
    | 'checkout_completed';
  readonly data: unknown;
  readonly userAgent: string;
}

type Column = readonly [name: string, value: (event: Event) => string];

/**
 * Two weeks of a small web shop, one CSV file per day, with the faults that the demo finds. The same options give the same
 * files.
 * @returns the text of each file by its name
 */
export function generateEvents({ seed = 1, until = DEFAULT_UNTIL }: GenerateOptions = {}): ReadonlyMap<string, string> {
  const random = seededRandom(seed);
  const midnights = daysUntil(until);
  const dates = midnights.map((midnight) => new Date(midnight).toISOString().slice(0, 10).replaceAll('-', ''));
  const orders = planOrders(dates, random);
  const clients: string[] = [];
  return new Map(
    midnights.map((midnight, index) => {
      const events = eventsOfDay(
        { midnight, day: index + 1, orders: orders.filter((order) => order.day === index), clients },
        random,
      );
      return [`events_${dates[index]}.csv`, toCsv(events, columnsOf(index + 1))];
    }),
  );
}

/** The first millisecond of each day, in UTC. */
function daysUntil(until: string): readonly number[] {
  const last = /^\d{4}-\d{2}-\d{2}$/.test(until) ? Date.parse(`${until}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(last) || new Date(last).toISOString().slice(0, 10) !== until)
    throw new RangeError(`"${until}" is not a day like ${DEFAULT_UNTIL}.`);
  return Array.from({ length: DAYS }, (_, index) => last - (DAYS - 1 - index) * 86_400_000);
}

interface Day {
  readonly midnight: number;
  /** Counted from 1. */
  readonly day: number;
  readonly orders: readonly Order[];
  /** Everybody who has visited so far; grows. */
  readonly clients: string[];
}

function eventsOfDay({ midnight, day, orders, clients }: Day, random: Random): readonly Event[] {
  const visits = Array.from({ length: VISITS_PER_DAY }, () =>
    browse(startVisit(midnight, clients, random), day, random),
  );
  const purchases = orders.map((order) => purchase(order, startVisit(midnight, [], random), random));
  return [...visits, ...purchases].flat().toSorted((a, b) => a.at - b.at);
}

interface Visit {
  readonly clientId: string;
  readonly userAgent: string;
  readonly landing: { readonly path: string; readonly referrer: string | null };
  readonly start: number;
}

function startVisit(midnight: number, clients: string[], random: Random): Visit {
  // Early enough for the longest visit to end on its day.
  const start = midnight + random.between(5 * 60_000, 23 * 3_600_000);
  const [first, ...others] = clients;
  const known = first !== undefined && random.chance(0.25) ? random.pick([first, ...others]) : null;
  const clientId = known ?? newClientId(start, random);
  if (known === null) clients.push(clientId);
  return { clientId, userAgent: random.weighted(userAgents), landing: random.weighted(landings)(random), start };
}

function newClientId(at: number, random: Random): string {
  return `${Math.floor(at / 1000)}-${random.text(12, LETTERS)}`;
}

/** Someone who looks around, and perhaps puts something into the cart. */
function browse(visit: Visit, day: number, random: Random): readonly Event[] {
  const events = pageViews(
    visit,
    random.weighted([
      [1, 4],
      [2, 4],
      [3, 4],
      [4, 3],
      [6, 3],
      [8, 1],
    ]),
    random,
  );
  const steps: Event['name'][] = [];
  if (random.chance(0.04)) steps.push('email_filled_on_popup');
  if (random.chance(0.13)) {
    steps.push('product_added_to_cart');
    if (random.chance(0.4)) steps.push('checkout_started');
  }
  const withSteps = follow(events, visit, steps, random);
  const lost = day >= faults.clientOftenLostFrom ? 0.1 : 0.01;
  return landsLate(withSteps, random).map((event) =>
    event.name === 'page_viewed' && random.chance(lost) ? withoutClient(event) : event,
  );
}

function withoutClient(event: Event): Event {
  return { ...event, clientId: null };
}

/** Now and then the page view of the landing is sent long after what was done on the page. */
function landsLate(events: readonly Event[], random: Random): readonly Event[] {
  const views = events.filter(({ name }) => name === 'page_viewed');
  const cart = events.find(({ name }) => name === 'product_added_to_cart');
  const [landing] = views;
  if (landing === undefined || cart === undefined || views.length > 1 || !random.chance(0.5)) return events;
  return events.map((event) => (event === landing ? { ...event, at: cart.at + random.between(2_000, 90_000) } : event));
}

/** Someone who buys; where the order's path says so, the tracker loses sight of them. */
function purchase(order: Order, visit: Visit, random: Random): readonly Event[] {
  const steps: readonly Event['name'][] =
    order.path === 'start_lost' ? ['product_added_to_cart'] : ['product_added_to_cart', 'checkout_started'];
  const events = follow(pageViews(visit, random.between(2, 5), random), visit, steps, random);
  const last = Math.max(...events.map(({ at }) => at));
  const completed: Event = {
    clientId: order.path === 'new_client' ? newClientId(last, random) : visit.clientId,
    pageUrl: `${CHECKOUT}/${random.text(24, LETTERS)}/thank-you`,
    referrer: null,
    at: last + random.between(40_000, 400_000),
    name: 'checkout_completed',
    data: {
      transaction_id: order.transactionId,
      revenue: order.revenue,
      items: order.lines,
      user_email: random.text(64, HEX),
    },
    userAgent: visit.userAgent,
  };
  return [...events, completed];
}

function pageViews({ clientId, userAgent, landing, start }: Visit, count: number, random: Random): readonly Event[] {
  let at = start;
  return Array.from({ length: count }, (_, index) => {
    at += index === 0 ? 0 : random.between(4_000, 180_000);
    const path = index === 0 ? landing.path : random.weighted(pages);
    const referrer = index === 0 ? landing.referrer : random.chance(0.15) ? `${SHOP}/` : null;
    return { clientId, pageUrl: `${SHOP}${path}`, referrer, at, name: 'page_viewed', data: null, userAgent };
  });
}

/** Adds the steps after the page views, each a while after the one before. */
function follow(
  views: readonly Event[],
  { clientId, userAgent }: Visit,
  steps: readonly Event['name'][],
  random: Random,
): readonly Event[] {
  let at = Math.max(...views.map((view) => view.at));
  const followed = steps.map((name): Event => {
    at += random.between(5_000, 240_000);
    const pageUrl =
      name === 'checkout_started' ? `${CHECKOUT}/${random.text(24, LETTERS)}` : `${SHOP}${random.weighted(pages)}`;
    const data = name === 'email_filled_on_popup' ? { user_email: random.text(64, HEX) } : null;
    return { clientId, pageUrl, referrer: null, at, name, data, userAgent };
  });
  return [...views, ...followed];
}

const pages: readonly [readonly [string, number], ...(readonly [string, number])[]] = [
  ['/', 20],
  ['/products/harbour-desk', 14],
  ['/products/linden-chair', 12],
  ['/products/arc-lamp', 7],
  ['/products/pine-shelf', 7],
  ['/products/wool-rug', 6],
  ['/collections/small-things', 5],
  ['/cart', 9],
  ['/pages/stores', 3],
  ['/blog/how-to-choose-a-desk', 4],
];

type Landing = (random: Random) => Visit['landing'];

const landings: readonly [readonly [Landing, number], ...(readonly [Landing, number])[]] = [
  [(random) => ({ path: random.weighted(pages), referrer: null }), 44],
  [
    (random) => ({
      path: `${random.weighted(pages)}?utm_source=search&utm_medium=cpc&gclid=${random.text(20, LETTERS)}`,
      referrer: 'https://www.google.com/',
    }),
    22,
  ],
  [
    (random) => ({
      path: random.weighted(pages),
      referrer: random.pick(['https://www.google.com/', 'https://www.bing.com/']),
    }),
    13,
  ],
  [
    (random) => ({
      path: `${random.weighted(pages)}?irclickid=${random.text(10, LETTERS)}&utm_source=partner`,
      referrer: 'https://deals.example/',
    }),
    8,
  ],
  [
    (random) => ({
      path: `${random.weighted(pages)}?utm_source=social&fbclid=${random.text(20, LETTERS)}`,
      referrer: null,
    }),
    5,
  ],
  [(random) => ({ path: random.weighted(pages), referrer: 'https://living-room-notes.example/' }), 5],
  [
    (random) => ({
      path: `${random.weighted(pages)}?utm_source=newsletter&_kx=${random.text(10, LETTERS)}`,
      referrer: null,
    }),
    3,
  ],
];

const userAgents: readonly [readonly [string, number], ...(readonly [string, number])[]] = [
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 Mobile/15E148 Safari/604.1',
    4,
  ],
  [
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/133.0.0.0 Mobile Safari/537.36',
    3,
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/133.0.0.0 Safari/537.36',
    2,
  ],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:135.0) Gecko/20100101 Firefox/135.0', 1],
];

function columnsOf(day: number): readonly Column[] {
  const referrer: Column = ['referrer', (event) => event.referrer ?? ''];
  return [
    [day >= faults.clientRenamedFrom ? 'clientId' : 'client_id', (event) => event.clientId ?? ''],
    ['page_url', (event) => event.pageUrl],
    ...(day >= faults.referrerGoneFrom ? [] : [referrer]),
    ['timestamp', (event) => new Date(event.at).toISOString()],
    ['event_name', (event) => event.name],
    ['event_data', (event) => (event.data === null ? '' : JSON.stringify(event.data))],
    ['user_agent', (event) => event.userAgent],
  ];
}

function toCsv(events: readonly Event[], columns: readonly Column[]): string {
  const lines = events.map((event) => columns.map(([, value]) => quote(value(event))).join(','));
  return `${[columns.map(([name]) => name).join(','), ...lines].join('\n')}\n`;
}

function quote(value: string): string {
  return /[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

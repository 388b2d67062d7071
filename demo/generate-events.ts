import { type Order, planOrders, type ShopFaults } from './orders.ts';
import { type Random, seededRandom } from './random.ts';

/** What goes wrong with the shop and its tracker. */
export interface Faults extends ShopFaults {
  /** The checkout pages give some clients a new id. */
  readonly newClients: boolean;
}

export interface GenerateOptions {
  /** Another shop for each number. */
  readonly seed?: number;
  /** The last day, as YYYY-MM-DD. */
  readonly until?: string;
  /** Nothing after this moment is known; null leaves the last day whole. */
  readonly now?: Date | null;
  readonly faults?: Faults;
}

const USUAL_FAULTS: Faults = { lasting: true, miscounts: false, newClients: true };

export const DEFAULT_UNTIL = '2025-03-08';

const DAYS = 14;
const VISITS_PER_DAY = 62;
const SHOP = 'https://www.shop.example';
const CHECKOUT = 'https://checkout.shop.example/checkouts';
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const HEX = '0123456789abcdef';

/** What goes wrong with the tracker as long as its faults last, and on which day, counted from 1. */
const trackerFaults = {
  /** `client_id` becomes `clientId`. */
  clientRenamedFrom: 5,
  /** A consent banner: from now on many page views come without a client. */
  clientOftenLostFrom: 8,
  /** The column `referrer` is gone. */
  referrerGoneFrom: 10,
} as const;
type TrackerFault = keyof typeof trackerFaults;

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
 * files, and faults that stay leave the same traces, whatever comes and goes beside them.
 * @returns the text of each file by its name
 */
export function generateEvents({
  seed = 1,
  until = DEFAULT_UNTIL,
  now = null,
  faults = USUAL_FAULTS,
}: GenerateOptions = {}): ReadonlyMap<string, string> {
  const random = seededRandom(seed);
  const midnights = daysUntil(until);
  const dates = midnights.map((midnight) => new Date(midnight).toISOString().slice(0, 10).replaceAll('-', ''));
  const orders = planOrders(dates, faults, random);
  const clients: string[] = [];
  return new Map(
    midnights.map((midnight, index) => {
      const day = { midnight, day: index + 1, orders: orders.filter((order) => order.day === index), clients, faults };
      const events = eventsOfDay(day, random).filter(({ at }) => now === null || at <= now.getTime());
      return [`events_${dates[index]}.csv`, toCsv(events, columnsOf(day))];
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
  readonly faults: Faults;
}

/** Whether the tracker has this fault on this day. */
function has({ day, faults }: Pick<Day, 'day' | 'faults'>, fault: TrackerFault): boolean {
  return faults.lasting && day >= trackerFaults[fault];
}

function eventsOfDay(day: Day, random: Random): readonly Event[] {
  const { midnight, orders, clients, faults } = day;
  const visits = Array.from({ length: VISITS_PER_DAY }, () =>
    browse(startVisit(midnight, clients, random), day, random),
  );
  const purchases = orders.map((order) => purchase(order, startVisit(midnight, [], random), faults, random));
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
function browse(visit: Visit, day: Day, random: Random): readonly Event[] {
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
  if (!day.faults.lasting) return withSteps;
  const lost = has(day, 'clientOftenLostFrom') ? 0.1 : 0.01;
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
function purchase(order: Order, visit: Visit, { newClients }: Faults, random: Random): readonly Event[] {
  const steps: readonly Event['name'][] =
    order.path === 'start_lost' ? ['product_added_to_cart'] : ['product_added_to_cart', 'checkout_started'];
  const events = follow(pageViews(visit, random.between(2, 5), random), visit, steps, random);
  const last = Math.max(...events.map(({ at }) => at));
  const idAtCheckout = order.path === 'new_client' ? newClientId(last, random) : visit.clientId;
  const completed: Event = {
    // Drawn in any case, so that all else is the same with this fault and without it.
    clientId: newClients ? idAtCheckout : visit.clientId,
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

function columnsOf(day: Pick<Day, 'day' | 'faults'>): readonly Column[] {
  const referrer: Column = ['referrer', (event) => event.referrer ?? ''];
  return [
    [has(day, 'clientRenamedFrom') ? 'clientId' : 'client_id', (event) => event.clientId ?? ''],
    ['page_url', (event) => event.pageUrl],
    ...(has(day, 'referrerGoneFrom') ? [] : [referrer]),
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

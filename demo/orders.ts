import type { Random } from './random.ts';

/** One line of an order as the shop sends it. All fields are null when the shop has lost the item. */
export interface OrderLine {
  readonly item_id: string | null;
  readonly item_name: string | null;
  readonly item_variant: string | null;
  readonly quantity: number | null;
  readonly item_price: number | null;
}

/** What became of the client id between the shop and its checkout pages. */
export type CheckoutPath =
  /** All went well. */
  | 'complete'
  /** The event checkout_started never arrived. */
  | 'start_lost'
  /** The checkout pages gave the client a new id, so nothing is known of its visit. */
  | 'new_client';

export interface Order {
  /** 0 is the first day. */
  readonly day: number;
  readonly transactionId: string;
  readonly revenue: number;
  readonly lines: readonly OrderLine[];
  readonly path: CheckoutPath;
}

/** What goes wrong in the shop. */
export interface ShopFaults {
  /** For two weeks now: two orders get one number, items arrive without a price, starts of checkouts get lost. */
  readonly lasting: boolean;
  /** A release of the shop counts one item too many in {@link MISCOUNTED} more orders. */
  readonly miscounts: boolean;
}

const ORDERS = 60;

/** Pairs of neighbours, each of one day, that got one transaction id. The last pair also has one amount. */
const pairs: readonly (readonly [number, number])[] = [
  [13, 14],
  [19, 20],
  [27, 28],
  [57, 58],
];
const faultyInPairs: readonly number[] = [14, 20, 58];

/** How many orders have which fault, whatever the seed. */
const counts = { linesExceed: 2, itemLost: 6, free: 2, startLost: 16, newClient: 14 } as const;
/** Enough for twice as many orders that do not match their lines. */
const MISCOUNTED = 22;

const products: readonly [Product, ...Product[]] = [
  { id: 'DSK-OAK-140', name: 'Harbour Desk', variant: 'Oak - (140 x 70 cm)', price: 649 },
  { id: 'DSK-WAL-160', name: 'Harbour Desk', variant: 'Walnut - (160 x 80 cm)', price: 799 },
  { id: 'CHR-LIN-01', name: 'Linden Chair', variant: 'Sand', price: 289 },
  { id: 'CHR-LIN-02', name: 'Linden Chair', variant: 'Slate', price: 289 },
  { id: 'LMP-ARC-01', name: 'Arc Lamp', variant: 'Brass', price: 149.5 },
  { id: 'SHF-PIN-5', name: 'Pine Shelf', variant: 'Five boards', price: 219 },
  { id: 'RUG-WOL-200', name: 'Wool Rug', variant: 'Round - (200 cm)', price: 329 },
  { id: 'BXS-FLT-3', name: 'Felt Boxes', variant: 'Set of three', price: 39.9 },
];

interface Product {
  readonly id: string;
  readonly name: string;
  readonly variant: string;
  readonly price: number;
}

interface BasketLine {
  readonly product: Product;
  readonly quantity: number;
}

const lostLine: OrderLine = { item_id: null, item_name: null, item_variant: null, quantity: null, item_price: null };

/**
 * The orders of all days with their faults: of 60, 11 do not match their own lines, and 16 do not match all lines with
 * their transaction id; 22 more where the shop miscounts.
 * @param days dates as YYYYMMDD, the first one first
 */
export function planOrders(
  days: readonly string[],
  { lasting, miscounts }: ShopFaults,
  random: Random,
): readonly Order[] {
  const numbers = Array.from({ length: ORDERS }, (_, index) => index);
  const ordinary = random.shuffled(numbers.filter((number) => !pairs.flat().includes(number)));
  const whileLasting = (faulty: readonly number[]): ReadonlySet<number> => new Set(lasting ? faulty : []);
  const [firstLost, firstSound] = [counts.linesExceed, counts.linesExceed + counts.itemLost];
  const linesExceed = whileLasting(ordinary.slice(0, firstLost));
  const miscounted = new Set(miscounts ? ordinary.slice(firstSound, firstSound + MISCOUNTED) : []);
  const itemLost = whileLasting([...ordinary.slice(firstLost, firstSound), ...faultyInPairs]);
  const free = whileLasting(ordinary.slice(-counts.free));
  const paths = random.shuffled(numbers);
  const startLost = whileLasting(paths.slice(0, counts.startLost));
  const newClient = whileLasting(paths.slice(-counts.newClient));

  const orders: Order[] = [];
  let basket: readonly BasketLine[] = [];
  for (const number of numbers) {
    const day = Math.floor((number * days.length) / ORDERS);
    const twin = pairs.find(([, second]) => second === number)?.[0];
    const sameAmount = twin !== undefined && pairs.at(-1)?.[0] === twin;
    if (!sameAmount)
      basket = fillBasket(
        random,
        pairs.flat().includes(number)
          ? 2
          : random.weighted([
              [1, 7],
              [2, 2],
              [3, 1],
            ]),
      );
    orders.push({
      day,
      transactionId:
        (twin === undefined || !lasting ? undefined : orders[twin])?.transactionId ??
        newTransactionId(days[day] ?? '', orders, random),
      revenue: free.has(number) ? 0 : total(basket),
      lines: linesOf(basket, {
        linesExceed: linesExceed.has(number) || miscounted.has(number),
        itemLost: itemLost.has(number),
        free: free.has(number),
      }),
      path: startLost.has(number) ? 'start_lost' : newClient.has(number) ? 'new_client' : 'complete',
    });
  }
  return orders;
}

function fillBasket(random: Random, size: number): readonly BasketLine[] {
  return Array.from({ length: size }, () => ({
    product: random.pick(products),
    quantity: random.chance(0.15) ? 2 : 1,
  }));
}

function total(basket: readonly BasketLine[]): number {
  const cents = basket.reduce((sum, { product, quantity }) => sum + Math.round(product.price * 100) * quantity, 0);
  return cents / 100;
}

function linesOf(
  basket: readonly BasketLine[],
  faults: { linesExceed: boolean; itemLost: boolean; free: boolean },
): readonly OrderLine[] {
  if (faults.free) return [lostLine];
  return basket.map(({ product, quantity }, index) => {
    if (faults.itemLost && index === 0) return lostLine;
    const { id, name, variant, price } = product;
    return {
      item_id: id,
      item_name: name,
      item_variant: variant,
      quantity: faults.linesExceed ? quantity + 1 : quantity,
      item_price: price,
    };
  });
}

function newTransactionId(day: string, orders: readonly Order[], random: Random): string {
  for (;;) {
    const id = `ORD-${day}-${random.between(100, 999)}`;
    if (!orders.some(({ transactionId }) => transactionId === id)) return id;
  }
}

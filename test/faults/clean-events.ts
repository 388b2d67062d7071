const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Changes one event before it is written; null leaves it out. */
export type Change = (
  event: Readonly<Record<string, string>>,
  index: number,
) => Readonly<Record<string, string>> | null;

const columns = ['client_id', 'page_url', 'referrer', 'timestamp', 'event_name', 'event_data', 'user_agent'];

/**
 * Three days of a shop in which nothing is wrong, up to an hour before `now`: each of six clients looks, adds, checks out
 * and pays. Changes make the faults. One CSV file.
 */
export function events(now: Date, change: Change = (event) => event): string {
  const all = [49, 25, 1].flatMap((hoursAgo, day) =>
    [0, 1].flatMap((client) => visit(now.getTime() - hoursAgo * HOUR, day * 2 + client)),
  );
  const changed = all.map(change).filter((event) => event !== null);
  const header = columns.filter((column) => changed.some((event) => column in event));
  const rows = changed.map((event) => header.map((column) => quoted(event[column] ?? '')).join(','));
  return `${[header.join(','), ...rows].join('\n')}\n`;
}

function visit(paidAt: number, client: number): readonly Readonly<Record<string, string>>[] {
  const order = {
    transaction_id: `ORD-${client}`,
    revenue: 150,
    items: [
      { item_id: 'A', item_price: 50, quantity: 2 },
      { item_id: 'B', item_price: 50, quantity: 1 },
    ],
  };
  const steps = ['page_viewed', 'product_added_to_cart', 'checkout_started', 'checkout_completed'];
  return steps.map((name, step) => ({
    client_id: `client-${client}`,
    page_url: 'https://shop.example/?utm_source=news&utm_medium=email',
    referrer: 'https://search.example/',
    timestamp: new Date(paidAt - (steps.length - 1 - step) * MINUTE).toISOString(),
    event_name: name,
    event_data: name === 'checkout_completed' ? JSON.stringify(order) : '',
    user_agent: 'test',
  }));
}

function quoted(value: string): string {
  return value === '' ? '' : `"${value.replaceAll('"', '""')}"`;
}

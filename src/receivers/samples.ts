import type { Notice, Order, SentDigest, Task } from './receiver.ts';

/** Keys of failing rows are data: who may not have them does not get to see them. */
export function withoutSamples(notice: Notice): Notice {
  return notice.cause === null ? notice : { ...notice, cause: { ...notice.cause, samples: [] } };
}

/** What waited since a receiver might have them has them still. */
export function taskWithoutSamples(task: Task): Task {
  return { ...task, order: orderWithoutSamples(task.order), digests: task.digests.map(digestWithoutSamples) };
}

function orderWithoutSamples(order: Order): Order {
  return order.action === 'digest'
    ? { action: 'digest', notices: order.notices.map(withoutSamples) }
    : { ...order, notice: withoutSamples(order.notice) };
}

function digestWithoutSamples(digest: SentDigest): SentDigest {
  return { ...digest, posted: digest.posted.map(withoutSamples), notices: digest.notices.map(withoutSamples) };
}

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  DeliveryError,
  type DeliveryReason,
  type Receipt,
  type Receiver,
  type Task,
} from '../../src/receivers/receiver.ts';
import { aNotice, aNoticeCause, aTask, ended, hostileNotice, manyNotices, worse } from '../receivers/notices.ts';
import { type Asked, closedUrl, FarSide, type Fault, type Told } from './far-side.ts';

/** Stands wherever a receiver holds a secret: in keys, tokens and the path of secret addresses. */
export const CANARY = 'c4n4ry5ecret0000c4n4ry5ecret0000';

/** What a vendor does when all is well. It keeps what it was told, for its own answers. */
export interface Vendor {
  act(asked: Asked): Told | Promise<Told>;
}

export interface Refusal {
  /** "an unknown channel": when the vendor says so. */
  readonly when: string;
  readonly answer: Told;
  readonly reason: DeliveryReason;
  /** Seconds, where the answer says some. */
  readonly retryAfter?: number;
  /** What is being done when it happens; `open` if nothing is said. */
  readonly during?: 'open' | 'update' | 'close';
  /** How often the answer is given: 2 where the receiver tries another form at once. */
  readonly times?: number;
}

export interface ReceiverCase {
  readonly name: string;
  vendor(): Vendor;
  /** At a server with this address; every secret it needs holds {@link CANARY}. */
  receiver(url: string): Receiver;
  /** What the vendor says no with, a line for each reason it has. */
  readonly refusals: readonly Refusal[];
  /** Reason for a 5xx, or a broken connection: `retry` where a repeated request does nothing twice, and the vendor says so. */
  readonly serverError: DeliveryReason;
  /** A success that is no answer of this vendor, such as broken JSON; null where every 2xx is one. */
  readonly nonsense: Told | null;
  /** What is wrong with a request: limits the vendor declares, text that is not escaped for it. */
  problems(asked: Asked): readonly string[];
  /** All that a person would read of a request. */
  textOf(asked: Asked): string;
  /** Whether the vendor can be asked about credentials without anybody being told something. */
  readonly checksOnline: boolean;
  /** By what the vendor, or who reads there, sees that two requests are the same thing; null if by nothing. */
  identityOf(asked: Asked): string | null;
}

/** What every receiver does, whatever is at its other end. */
export function receiverContract(subject: ReceiverCase): void {
  describe(`the receiver ${subject.name}`, () => {
    let farSide: FarSide;
    let receiver: Receiver;
    let stop: AbortController;
    beforeEach(async () => {
      const vendor = subject.vendor();
      farSide = await FarSide.start((asked) => vendor.act(asked));
      receiver = subject.receiver(farSide.url);
      stop = new AbortController();
    });
    afterEach(async () => {
      await farSide.stop();
    });

    const first = aNotice();
    const open = aTask({ action: 'open', notice: first });
    const update = (previous: Receipt | null, loud = true): Task =>
      aTask({ action: 'update', notice: worse(first), loud }, previous, 'delivery-2');
    const close = (previous: Receipt | null): Task =>
      aTask({ action: 'close', notice: ended(worse(first)) }, previous, 'delivery-3');
    const send = (task: Task): Promise<Receipt> => receiver.send(task, stop.signal);
    const problemsOf = (asked: readonly Asked[]): readonly string[] => asked.flatMap((each) => subject.problems(each));

    /** Sends what must fail. */
    async function failureOf(task: Task): Promise<DeliveryError> {
      const error = await send(task).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      if (!(error instanceof DeliveryError)) throw new Error(`no DeliveryError: ${String(error)}`, { cause: error });
      expect(`${error.message} ${error.stack ?? ''}`).not.toContain(CANARY);
      expect(error.message).toMatch(/^[A-Z].*[.!?]$/s);
      return error;
    }

    test('tells of an incident that opens, gets worse and ends, within the limits of the far side', async () => {
      const opened = await send(open);
      const counts = [farSide.asked.length];
      const updated = await send(update(opened));
      counts.push(farSide.asked.length);
      await send(close(updated));
      counts.push(farSide.asked.length);
      // Each step has told something.
      expect(new Set(counts).size).toBe(3);
      expect(counts[0]).toBeGreaterThan(0);
      expect(problemsOf(farSide.asked)).toEqual([]);
      const opening = farSide.asked.slice(0, counts[0]).map((asked) => subject.textOf(asked));
      expect(opening.join('\n')).toContain('not_null client_id on orders');
    });

    test('leaves behind plain texts, which survive JSON', async () => {
      const receipt = await send(open);
      expect(Object.values(receipt).every((value) => typeof value === 'string')).toBe(true);
      expect(JSON.stringify(receipt)).not.toContain(CANARY);
      const revived: Receipt = JSON.parse(JSON.stringify(receipt));
      await send(update(revived));
      expect(problemsOf(farSide.asked)).toEqual([]);
    });

    test('finds what it left behind when it updates and closes', async () => {
      if (!receiver.abilities.edits) return;
      const receipt = await send(open);
      const values = Object.values(receipt);
      for (const task of [update(receipt), update(receipt, false), close(receipt)]) {
        const before = farSide.asked.length;
        await send(task);
        const told = farSide.asked.slice(before).map(({ path, body }) => `${decoded(path)} ${decoded(body)}`);
        expect(told.some((text) => values.some((value) => text.includes(value)))).toBe(true);
      }
    });

    test('tells of an incident that was never told of before, whatever has become of it', async () => {
      for (const task of [update(null), close(null)]) await send(task);
      expect(problemsOf(farSide.asked)).toEqual([]);
    });

    test('names every one of 300 causes in a digest, within the limits of the far side', async () => {
      const notices = manyNotices(300);
      await send(aTask({ action: 'digest', notices }));
      expect(problemsOf(farSide.asked)).toEqual([]);
      const text = farSide.asked.map((asked) => subject.textOf(asked)).join('\n');
      expect(notices.filter(({ incident }) => !text.includes(incident.title))).toEqual([]);
    });

    test('keeps to the limits for a cause that has 300 of everything', async () => {
      const names = Array.from({ length: 300 }, (_, index) => `a_rather_long_name_of_a_model_or_test_${index}`);
      const cause = aNoticeCause({
        message: names,
        meaning: names.join(' '),
        symptoms: names,
        upstreamSuspects: names,
        folded: '300 tests skipped by dbt because of it',
        exposures: names.map((name) => ({ name, verdict: 'wrong', url: `https://bi.shop.example/${name}` })),
        samples: names,
        nextCommand: `dbt build --select ${names.join(' ')}`,
      });
      const receipt = await send(aTask({ action: 'open', notice: aNotice({ cause }) }));
      await send(aTask({ action: 'update', notice: worse(aNotice({ cause })), loud: true }, receipt, 'delivery-2'));
      expect(problemsOf(farSide.asked)).toEqual([]);
    });

    test('lets no text of others do anything at the far side', async () => {
      await fc.assert(
        fc.asyncProperty(hostileNotice, hostileNotice, async (one, other) => {
          farSide.asked.length = 0;
          const receipt = await send(aTask({ action: 'open', notice: one }));
          await send(aTask({ action: 'update', notice: other, loud: true }, receipt));
          await send(aTask({ action: 'close', notice: ended(other) }, receipt));
          await send(aTask({ action: 'digest', notices: [one, other] }));
          expect(problemsOf(farSide.asked)).toEqual([]);
        }),
        { numRuns: 40 },
      );
    });

    describe('says why it could not send', () => {
      const shared: readonly (readonly [when: string, fault: Fault, reason: DeliveryReason])[] = [
        ['the connection breaks before the request is read', 'reset before', 'uncertain'],
        ['the connection breaks after the far side has acted', 'reset after', 'uncertain'],
        ['the far side hangs up without an answer', 'no answer', 'uncertain'],
        ['the connection breaks in the middle of the answer', 'half an answer', 'uncertain'],
        ['the answer is not HTTP', 'no HTTP', 'uncertain'],
        ['the far side has an error', { status: 500, body: CANARY }, subject.serverError],
        ['a gateway has an error', { status: 502, body: '<html>bad gateway</html>' }, subject.serverError],
        ['the far side is not available', { status: 503 }, 'retry'],
      ];
      test.each(shared)('when %s', async (_, fault, reason) => {
        farSide.failNext(fault);
        expect((await failureOf(open)).reason).toBe(reason);
      });

      test('when it is asked to wait, and how long', async () => {
        farSide.failNext({ status: 429, headers: { 'retry-after': '30' } }, { status: 429 });
        expect(await failureOf(open)).toMatchObject({ reason: 'retry', retryAfter: 30 });
        expect(await failureOf(open)).toMatchObject({ reason: 'retry', retryAfter: null });
      });

      test('when nobody is there', async () => {
        receiver = subject.receiver(await closedUrl());
        expect((await failureOf(open)).reason).toBe('retry');
      });

      test('when there is no answer until there is no time left', async () => {
        farSide.onSilence = () => stop.abort();
        farSide.failNext('silence');
        expect((await failureOf(open)).reason).toBe('uncertain');
      });

      test('when there is no time left from the beginning, and then asks nothing', async () => {
        stop.abort();
        expect((await failureOf(open)).reason).toBe('retry');
        expect(farSide.asked).toEqual([]);
      });

      test('when it is sent elsewhere, and does not go there', async () => {
        const elsewhere = await FarSide.start(() => ({ status: 200 }));
        farSide.failNext({ status: 307, headers: { location: `${elsewhere.url}/${CANARY}` } });
        expect(['destination', 'uncertain']).toContain((await failureOf(open)).reason);
        expect(elsewhere.asked).toEqual([]);
        await elsewhere.stop();
      });

      test('when the answer is none', async () => {
        if (subject.nonsense === null) return;
        farSide.failNext(subject.nonsense);
        expect((await failureOf(open)).reason).toBe('uncertain');
      });

      test.each(subject.refusals.map((refusal) => [refusal.when, refusal] as const))(
        'when the far side names %s',
        async (_, refusal) => {
          const { answer, reason, retryAfter = null, during: action = 'open', times = 1 } = refusal;
          const receipt = action === 'open' ? null : await send(open);
          const task = action === 'open' ? open : action === 'update' ? update(receipt) : close(receipt);
          farSide.failNext(...Array.from({ length: times }, () => answer));
          expect(await failureOf(task)).toMatchObject({ reason, retryAfter });
        },
      );
    });

    test('repeats nothing by itself', async () => {
      for (const fault of ['reset after', { status: 500 }, { status: 429 }] as const) {
        const before = farSide.asked.length;
        farSide.failNext(fault);
        await failureOf(open);
        expect(farSide.asked.length - before).toBe(1);
      }
    });

    test('can be asked whether an interrupted attempt has arrived, or makes the repeated one known as the same', async () => {
      farSide.failNext('reset after');
      expect((await failureOf(open)).reason).toBe('uncertain');
      const found = receiver.find === undefined ? null : await receiver.find(open, stop.signal);
      // What was found is as good as what was never interrupted; what cannot be asked for is sent again.
      await send(found === null ? open : update(found));
      expect(problemsOf(farSide.asked)).toEqual([]);
      const [one, other] = [farSide.asked.at(0), farSide.asked.at(-1)].map((asked) =>
        subject.identityOf(asked ?? unasked),
      );
      expect(found !== null || one === other).toBe(true);
    });

    test('does not find what has never arrived', async () => {
      if (receiver.find === undefined) return;
      farSide.failNext({ status: 500 });
      await failureOf(open);
      expect(await receiver.find(open, stop.signal)).toBeNull();
    });

    test('says of wrong credentials what is wrong, without them', async () => {
      if (receiver.check === undefined) return;
      expect(await receiver.check(stop.signal)).toEqual([]);
      if (!subject.checksOnline) return;
      const { answer } = subject.refusals.find(({ reason }) => reason === 'auth') ?? { answer: { status: 401 } };
      farSide.failNext(...Array.from({ length: 5 }, () => answer));
      const problems = await receiver.check(stop.signal);
      expect(problems.length).toBeGreaterThan(0);
      expect(problems.join(' ')).not.toContain(CANARY);
    });
  });
}

const unasked: Asked = { method: '', path: '', headers: {}, body: '' };

/** Forms are written with percent signs; in JSON they are just that. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

import { expect } from '@jest/globals';
import type { FarSide } from '../contracts/far-side.ts';
import { failing } from '../incidents/runs.ts';
import type { ResultOf } from '../project.ts';
import type { EmulatedSlack } from '../receivers/slack-emulator.ts';
import { client, day, DeliveryProject, type Passed } from './project.ts';
import { addressesAt, type Trouble, type Vendor, withoutRepeats } from './vendors.ts';

/** How a life goes, an hour each. */
export interface Story {
  readonly hours: readonly { readonly what: string; readonly results: Readonly<Record<string, ResultOf>> }[];
  /** More causes at once than this are told in one message; null for as many as the vendor takes. */
  readonly maxMessages: number | null;
}

/** One incident. */
export const ALONE: Story = {
  hours: [
    { what: 'it opens', results: { [client]: failing(5) } },
    { what: 'it gets worse', results: { [client]: failing(50) } },
    { what: 'it is mended', results: { [client]: 'pass' } },
  ],
  maxMessages: null,
};

/** Two that are told in a digest, of which one gets worse before both are mended at once. */
export const DIGEST: Story = {
  hours: [
    { what: 'they open', results: { [client]: failing(5), [day]: failing(5) } },
    { what: 'one gets worse', results: { [client]: failing(50), [day]: failing(5) } },
    { what: 'they are mended', results: { [client]: 'pass', [day]: 'pass' } },
  ],
  maxMessages: 1,
};

/**
 * Seconds for sending. Plenty, however slow the machine is, when nothing fails; less than the first wait before something is
 * tried again when it does, so that nobody waits.
 */
export const PLENTY = { limits: { seconds: 20 } };
const LITTLE = { limits: { seconds: 1 } };

/** Nothing listens there. */
const NOWHERE = 'http://127.0.0.1:2';

/** What goes wrong in one hour of a life. */
export interface Fate {
  readonly hour: number;
  /** The boundary at which its process is killed; 0 for none. */
  readonly step: number;
  /** What is wrong with the far side while that process runs, and while the next one does. */
  readonly trouble?: { readonly first: Trouble | null; readonly next: Trouble | null };
  /** The boundary at which the next process is killed. */
  readonly nextStep?: number;
}

interface Setting {
  readonly vendor: Vendor;
  readonly slack: EmulatedSlack;
  readonly story: Story;
}

/** A story at one vendor, from its beginning to its end. */
export class Life {
  readonly project: DeliveryProject;
  readonly farSide: FarSide;
  readonly #vendor: Vendor;
  readonly #slack: EmulatedSlack;
  readonly #story: Story;

  private constructor(
    { vendor, slack, story }: Setting,
    { farSide, project }: { readonly farSide: FarSide; readonly project: DeliveryProject },
  ) {
    this.#vendor = vendor;
    this.#slack = slack;
    this.#story = story;
    this.farSide = farSide;
    this.project = project;
  }

  static async begin(vendor: Vendor, slack: EmulatedSlack, story: Story = ALONE): Promise<Life> {
    const places = { farSide: await vendor.start(slack), project: await DeliveryProject.make() };
    const life = new Life({ vendor, slack, story }, places);
    await life.suffer(null);
    return life;
  }

  async end(): Promise<void> {
    await this.farSide.stop();
    await this.project.remove();
  }

  told(): Promise<readonly string[]> {
    return this.#vendor.told(this.farSide, this.#slack);
  }

  /** From now on; null makes the far side well. */
  async suffer(trouble: Trouble | null): Promise<void> {
    const fault = trouble?.fault ?? null;
    this.farSide.failAll(fault === 'not there' ? null : fault);
    const url = fault === 'not there' ? NOWHERE : this.farSide.url;
    this.project.env = { ...this.project.env, ...addressesAt(url) };
    const receiver = this.#vendor.receiver(url, this.#story.maxMessages);
    await this.project.tell([receiver], fault === null ? PLENTY : LITTLE);
  }

  /** From its beginning to its end, with nothing in its way; what the process of each hour passes. */
  async liveCalmly(): Promise<readonly (readonly string[])[]> {
    const passed: (readonly string[])[] = [];
    for (const [hour, { results }] of this.#story.hours.entries()) {
      await this.project.built(hour, results);
      passed.push((await this.project.runAndDie(hour, 0)).boundaries);
    }
    return passed;
  }

  /** From its beginning to its end; what the first process of the fateful hour has passed. */
  async live(fate: Fate): Promise<Passed> {
    let passed: Passed = { boundaries: [], wasKilled: false };
    for (const [hour, { results }] of this.#story.hours.entries()) {
      await this.project.built(hour, results);
      if (fate.hour === hour) passed = await this.#suffered(fate);
      // Now the far side is well, and nobody holds a lease any more.
      const { exit } = await this.project.dqReport(hour + 0.5);
      if (exit === 3) await this.#mended(hour + 0.6, fate);
    }
    return passed;
  }

  async #suffered({ hour, step, trouble, nextStep = 0 }: Fate): Promise<Passed> {
    await this.suffer(trouble?.first ?? null);
    const passed = step === 0 ? await this.#survived(hour) : await this.project.runAndDie(hour, step);
    await this.suffer(trouble?.next ?? null);
    if (nextStep > 0) await this.project.runAndDie(hour + 0.25, nextStep);
    else if (trouble !== undefined && trouble.next !== null) await this.project.dqReport(hour + 0.25);
    await this.suffer(null);
    return passed;
  }

  async #survived(hour: number): Promise<Passed> {
    await this.project.dqReport(hour);
    return { boundaries: [], wasKilled: false };
  }

  /** What was refused is retried by somebody who has mended it; then nothing is left. */
  async #mended(hour: number, fate: Fate): Promise<void> {
    const { trouble } = fate;
    const { stdout } = await this.project.dqReport(hour, 'deliveries', '--format', 'json');
    for (const { id, state, reason } of JSON.parse(stdout).deliveries) {
      const wasRefused = [trouble?.first, trouble?.next].some((each) => each?.isRefusal === true);
      expect({ fate, state, reason, wasRefused }).toEqual({ fate, state: 'dead', reason, wasRefused: true });
      await this.project.dqReport(hour, 'deliveries', 'retry', id);
    }
    expect(await this.project.dqReport(hour, 'deliveries', 'flush')).toMatchObject({ exit: 0, stderr: '' });
  }
}

/** A life in which all goes well, to compare others with. */
export class CalmLife {
  readonly #vendor: Vendor;
  readonly #story: Story;
  readonly #told: readonly string[];
  /** What the process of each hour passes. */
  readonly boundaries: readonly (readonly string[])[];

  private constructor(
    { vendor, story }: Omit<Setting, 'slack'>,
    told: readonly string[],
    boundaries: readonly (readonly string[])[],
  ) {
    this.#vendor = vendor;
    this.#story = story;
    this.#told = told;
    this.boundaries = boundaries;
  }

  static async of(vendor: Vendor, slack: EmulatedSlack, story: Story = ALONE): Promise<CalmLife> {
    const life = await Life.begin(vendor, slack, story);
    const boundaries = await life.liveCalmly();
    const told = await life.told();
    await life.end();
    return new CalmLife({ vendor, story }, told, boundaries);
  }

  /**
   * Another life has told the same in the end, each thing once where the vendor has a way. Where its process was killed, and
   * how many times too many people were told something.
   */
  async expectAlike(fate: Fate, slack: EmulatedSlack): Promise<{ killedAt: string | null; doubled: number }> {
    const life = await Life.begin(this.#vendor, slack, this.#story);
    const { boundaries, wasKilled } = await life.live(fate);
    const told = await life.told();
    const unanswered = life.farSide.asked.length - life.farSide.answered;
    await life.end();
    expect({ fate, told: this.#vendor.mayDouble ? withoutRepeats(told) : told }).toEqual({ fate, told: this.#told });
    // Twice can only come what was interrupted.
    const doubled = told.length - this.#told.length;
    const deaths = [fate.step, fate.nextStep ?? 0].filter((step) => step > 0).length;
    expect({ fate, isForAReason: doubled <= unanswered + deaths }).toEqual({ fate, isForAReason: true });
    return { killedAt: wasKilled ? (boundaries.at(-1) ?? null) : null, doubled };
  }
}

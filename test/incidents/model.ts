/**
 * What is open, by rules that are too simple to be wrong. It knows nothing of fingerprints and folds: of each node it keeps
 * one entry, with a number in the place of an id.
 */
export interface Looked {
  /** Nodes of the manifest. */
  readonly there: readonly string[];
  /** What is one and the same test under another name; null for what cannot be renamed. */
  readonly identityOf: (node: string) => string | null;
  /** Nodes that ran, with the minute and whether they failed; a skip is no look. */
  readonly seen: ReadonlyMap<string, { readonly minute: number; readonly failed: boolean }>;
  readonly minute: number;
}

interface Entry {
  readonly number: number;
  minute: number;
  isOpen: boolean;
  /** F and P, since it was first seen, without passes while it was not open. */
  history: string;
}

export class Model {
  readonly #entries = new Map<string, Entry>();
  readonly #known = new Set<string>();
  #numbers = 0;

  look(looked: Looked): void {
    this.#follow(looked);
    for (const node of looked.there) this.#known.add(node);
    for (const [node, { minute, failed }] of looked.seen) this.#see(node, minute, failed);
    for (const [node, entry] of this.#entries)
      if (entry.isOpen && !looked.there.includes(node)) Object.assign(entry, { isOpen: false, minute: looked.minute });
  }

  /** Numbers of what is open, by node. */
  open(): ReadonlyMap<string, number> {
    const open = [...this.#entries].filter(([, { isOpen }]) => isOpen);
    return new Map(open.map(([node, { number }]) => [node, number]));
  }

  /** One open entry whose test is gone, and one new test that is the same: it has a new name. */
  #follow({ there, identityOf }: Looked): void {
    const gone = [...this.#entries].filter(([node, { isOpen }]) => isOpen && !there.includes(node));
    const fresh = there.filter((node) => !this.#known.has(node));
    for (const [node, entry] of gone) {
      const identity = identityOf(node);
      const isSame = (other: string): boolean => identity !== null && identityOf(other) === identity;
      const [heir, ...rivals] = fresh.filter(isSame);
      if (heir === undefined || rivals.length > 0 || gone.filter(([other]) => isSame(other)).length > 1) continue;
      this.#entries.delete(node);
      this.#entries.set(heir, entry);
    }
  }

  #see(node: string, minute: number, failed: boolean): void {
    const entry = this.#entries.get(node);
    if (entry === undefined) {
      if (failed) this.#entries.set(node, { number: (this.#numbers += 1), minute, isOpen: true, history: 'F' });
    } else if (minute > entry.minute && (failed || entry.isOpen)) {
      entry.minute = minute;
      entry.history += failed ? 'F' : 'P';
      entry.isOpen = failed || turnsAndTurns(entry.history);
    }
  }
}

/** It has turned four times within ten results, and has not been three times in a row the same since. */
function turnsAndTurns(history: string): boolean {
  let is = false;
  for (let end = 1; end <= history.length; end += 1) {
    const ten = history.slice(0, end).slice(-10);
    if (/(?:FFF|PPP)$/.test(ten)) is = false;
    else if ((ten.match(/F(?=P)|P(?=F)/g) ?? []).length >= 4) is = true;
  }
  return is;
}

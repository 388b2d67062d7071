import { nullNonFiniteNumbers } from './json.ts';
import { fastKernel, type Kernel } from './json-kernel.ts';
import { type Layout, PlanWriter } from './json-plan.ts';
import type { KeptEntries } from './kept-entries.ts';

/**
 * Reads JSON that is too large to be held in memory: walks the bytes once and copies what is wanted, byte for byte, so that
 * `JSON.parse` gets a tenth of them, and only when somebody asks. What `JSON.parse` would refuse is refused, also in the
 * parts that nobody wants; NaN and Infinity, which Python writes, become null. Why it is as it is: docs/decisions/0009.
 *
 * A document is an object of sections, a section an object or list of entries: so dbt writes all its artifacts. The walk
 * goes in steps, of which the largest is one entry. A window of the file is in memory; where a step runs over its end, the
 * window moves on, or grows, and the step is done again from its beginning. So nothing has to be able to pause in the
 * middle of a string, and memory depends on the largest entry, not on the file.
 *
 * @throws {UnreadableJson}
 */
export function scanJson(read: Read, layout: Layout, visitor: Visitor, settings: ScanSettings = {}): void {
  new Scanner(read, layout, visitor, settings).run();
}

/** Puts the next bytes of the file into the buffer from the offset on; returns how many, 0 at the end of the file. */
export type Read = (into: Buffer, offset: number) => number;

export interface ScanSettings {
  readonly kernel?: Kernel;
  /** How large the window is at first. */
  readonly windowBytes?: number;
}

/** Is told what was found, in the order of the file. Keys may be there twice: the last one counts, as in `JSON.parse`. */
export interface Visitor {
  /** A section that is wanted as a whole: its JSON. */
  value(section: string, json: string): void;
  /** A section with entries begins: what was told of one of the same name before does not count. */
  section(section: string, kind: 'object' | 'list' | 'other'): void;
  /** What is wanted of an entry: these bytes, which are good until the next one. In a list the key is empty. */
  entry(key: string, bytes: Buffer, start: number, end: number, notes: Notes): void;
}

/** What else is known of the entry that is visited. */
export interface Notes {
  /** The JSON of a noted value; null where the entry has none. */
  json(note: number): string | null;
  /** Adds the same to others of its kind. */
  keep(note: number, kept: KeptEntries): void;
  /** Whether a value is there for the text that it was to contain; or may be, if it is spelt in a strange way. */
  hasText(): boolean;
}

/** Why a document cannot be read: it stops too early, it is no JSON object, or an entry of it needs too much memory. */
export class UnreadableJson extends Error {
  readonly reason: 'cut_off' | 'malformed' | 'entry_too_large';

  constructor(reason: UnreadableJson['reason']) {
    super(reason);
    this.reason = reason;
  }
}

/** Larger than nearly all entries, small enough for the processor's cache. */
const WINDOW_BYTES = 1 << 18;
/** Positions are numbers of 32 bits with a sign, and memory is three times the window. */
const LARGEST_WINDOW_BYTES = 1 << 29;
/**
 * Where everything is in memory. 0 stands for nothing, so nothing is there; below the notes WebAssembly has its constants.
 *
 *     NOTES_AT   start and end of each of eight notes
 *     PLAN_AT    the plans (json-plan.ts)
 *     WINDOW_AT  the window: a part of the file, then a zero, which ends every loop
 *     #copyAt    the copy: of what is wanted in one entry; never longer than the entry, since each comma that is put in
 *                stands for one that was left out
 *     behind it  a byte for each bracket that is open
 */
const NOTES_AT = 1024;
const PLAN_AT = 2048;
const WINDOW_AT = 1 << 17;
/** Between the places: the walker looks and copies up to sixteen bytes too far. */
const GAP = 64;

const COMMA = 0x2c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;

/** What the next step is about. */
type State = 'document' | 'section' | 'entry' | 'after section' | 'end';

class Scanner {
  readonly #read: Read;
  readonly #kernel: Kernel;
  readonly #visitor: Visitor;
  /** By section: where its plan stands. */
  readonly #plans: ReadonlyMap<string, 'value' | number>;

  /** All that the kernel has; in it the window, from {@link WINDOW_AT} to `#end`. */
  #memory: Buffer;
  #windowBytes: number;
  #end = WINDOW_AT;
  #copyAt = 0;

  /** Where the next step begins. */
  #position = WINDOW_AT;
  #state: State = 'document';
  /** For the section whose entries are walked; null for one that nobody wants. */
  #plan: number | null = null;
  #sectionClose = CLOSE_OBJECT;

  constructor(read: Read, layout: Layout, visitor: Visitor, settings: ScanSettings) {
    const { kernel = fastKernel(), windowBytes = WINDOW_BYTES } = settings;
    this.#read = read;
    this.#kernel = kernel;
    this.#visitor = visitor;
    this.#windowBytes = windowBytes;
    this.#memory = this.#arrange();
    const writer = new PlanWriter(this.#memory, [PLAN_AT, WINDOW_AT], kernel.hashOf);
    this.#plans = new Map(
      Object.entries(layout).map(([section, wanted]) => [section, wanted === 'value' ? wanted : writer.write(wanted)]),
    );
  }

  run(): void {
    for (;;) {
      try {
        for (;;) this.#step();
      } catch (error) {
        const stop = this.#kernel.placeOfStop();
        if (stop === -1) throw error;
        if (stop !== this.#end) throw new UnreadableJson('malformed');
        if (this.#fill()) continue;
        if (this.#state === 'end') return;
        throw new UnreadableJson('cut_off');
      }
    }
  }

  /** Makes room for the window as it is now, and has the walker forget where it was stopped. */
  #arrange(): Buffer {
    const room = this.#windowBytes + GAP;
    const memory = this.#memoryOf(WINDOW_AT + 3 * room);
    this.#copyAt = WINDOW_AT + room;
    memory[this.#end] = 0;
    this.#kernel.place(this.#copyAt, this.#copyAt + room, NOTES_AT);
    return memory;
  }

  #memoryOf(bytes: number): Buffer {
    try {
      return Buffer.from(this.#kernel.resize(bytes));
    } catch (error) {
      throw error instanceof RangeError ? new UnreadableJson('entry_too_large') : error;
    }
  }

  /** Brings more of the file into the window, which keeps what the next step begins with; false at the end of the file. */
  #fill(): boolean {
    const kept = this.#end - this.#position;
    this.#memory.copyWithin(WINDOW_AT, this.#position, this.#end);
    this.#position = WINDOW_AT;
    this.#end = WINDOW_AT + kept;
    if (kept * 2 > this.#windowBytes) {
      this.#windowBytes *= 2;
      if (this.#windowBytes > LARGEST_WINDOW_BYTES) throw new UnreadableJson('entry_too_large');
      this.#memory = this.#arrange();
    }
    const window = this.#memory.subarray(0, WINDOW_AT + this.#windowBytes);
    for (let count = -1; count !== 0 && this.#end < window.length; this.#end += count)
      count = this.#read(window, this.#end);
    this.#memory = this.#arrange();
    return this.#end > WINDOW_AT + kept;
  }

  /** A step tells the visitor something, and says where the next one begins, when nothing can keep it from its end. */
  #step(): void {
    switch (this.#state) {
      case 'document':
        return this.#beginDocument();
      case 'section':
        return this.#beginSection();
      case 'entry':
        return this.#readEntry();
      case 'after section':
        return this.#endSection(this.#position);
      case 'end':
        this.#position = this.#kernel.pastBlanks(this.#position);
        this.#kernel.stop(this.#position);
    }
  }

  #beginDocument(): void {
    const { past, pastBlanks } = this.#kernel;
    let at = this.#position;
    // The byte order mark of UTF-8.
    if (this.#memory[at] === 0xef) at = past(0xbf, past(0xbb, at + 1));
    at = pastBlanks(past(OPEN_OBJECT, pastBlanks(at)));
    this.#enter(at, CLOSE_OBJECT, 'section', 'end');
  }

  /** An object or list begins; what comes next depends on whether there is anything in it. */
  #enter(first: number, close: number, inside: State, after: State): void {
    if (first === this.#end) this.#kernel.stop(first);
    const isEmpty = this.#memory[first] === close;
    this.#position = isEmpty ? first + 1 : first;
    this.#state = isEmpty ? after : inside;
  }

  #beginSection(): void {
    const { pastKey, pastBlanks, pastValue, begin, isNonFinite } = this.#kernel;
    const key = pastBlanks(this.#position);
    const value = pastBlanks(pastKey(key));
    const name = this.#keyText(key);
    const wanted = this.#plans.get(name);
    const opening = this.#memory[value];
    if (wanted === 'value' || (opening !== OPEN_OBJECT && opening !== OPEN_LIST)) {
      begin();
      const end = pastValue(value);
      this.#endSection(end);
      if (wanted === 'value') this.#visitor.value(name, finite(this.#text(value, end), isNonFinite()));
      else if (wanted !== undefined) this.#visitor.section(name, 'other');
      return;
    }
    this.#sectionClose = opening === OPEN_OBJECT ? CLOSE_OBJECT : CLOSE_LIST;
    this.#enter(pastBlanks(value + 1), this.#sectionClose, 'entry', 'after section');
    this.#plan = wanted ?? null;
    if (wanted !== undefined) this.#visitor.section(name, opening === OPEN_OBJECT ? 'object' : 'list');
  }

  #endSection(end: number): void {
    this.#goOn(end, CLOSE_OBJECT, 'section', 'end');
  }

  /** Behind a section or an entry: a comma and the next one, or the end of what they are in. */
  #goOn(end: number, close: number, next: State, after: State): void {
    const at = this.#kernel.pastBlanks(end);
    const isLast = this.#memory[at] === close;
    if (!isLast && this.#memory[at] !== COMMA) this.#kernel.stop(at);
    this.#position = at + 1;
    this.#state = isLast ? after : next;
  }

  #readEntry(): void {
    const { pastKey, pastBlanks, pastValue, pastWanted, begin, isNonFinite, lengthOfCopy } = this.#kernel;
    const plan = this.#plan;
    const key = pastBlanks(this.#position);
    const hasKey = this.#sectionClose === CLOSE_OBJECT;
    const value = hasKey ? pastBlanks(pastKey(key)) : key;
    const name = hasKey && plan !== null ? this.#keyText(key) : '';
    begin();
    this.#goOn(
      plan === null ? pastValue(value) : pastWanted(value, plan),
      this.#sectionClose,
      'entry',
      'after section',
    );
    if (plan === null) return;
    const end = this.#copyAt + lengthOfCopy();
    if (isNonFinite() === 0) {
      this.#visitor.entry(name, this.#memory, this.#copyAt, end, this.#notes);
    } else {
      const mended = Buffer.from(nullNonFiniteNumbers(this.#text(this.#copyAt, end)));
      this.#visitor.entry(name, mended, 0, mended.length, this.#notes);
    }
  }

  readonly #notes: Notes = {
    json: (note) => {
      const { startOfNote, endOfNote, isNonFinite } = this.#kernel;
      const start = startOfNote(note);
      return start === -1 ? null : finite(this.#text(start, endOfNote(note)), isNonFinite());
    },
    keep: (note, kept) => {
      const { startOfNote, endOfNote, isNonFinite } = this.#kernel;
      const start = startOfNote(note);
      if (start !== -1 && isNonFinite() === 0) return kept.add(this.#memory, start, endOfNote(note));
      const json = Buffer.from(this.#notes.json(note) ?? 'null');
      kept.add(json, 0, json.length);
    },
    hasText: () => this.#kernel.isTextThere() === 1,
  };

  /** The key that was read last, as it is meant. */
  #keyText(key: number): string {
    const end = this.#kernel.endOfKey();
    if (this.#kernel.isKeyEscaped() === 0) return this.#text(key + 1, end);
    const text: unknown = JSON.parse(this.#text(key, end + 1));
    return String(text);
  }

  #text(start: number, end: number): string {
    return this.#memory.toString('utf8', start, end);
  }
}

function finite(json: string, isNonFinite: number): string {
  return isNonFinite === 0 ? json : nullNonFiniteNumbers(json);
}

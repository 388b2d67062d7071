import {
  abandon,
  byteAt,
  copyBytes,
  type i32,
  intAt,
  isSame,
  isWithin,
  pastPlain,
  setByte,
  setInt,
} from './json-memory.ts';

/**
 * Walks JSON byte by byte, and copies what is wanted of it. The same source is TypeScript for Node and AssemblyScript for
 * WebAssembly, so it keeps to what both know: numbers that are whole, functions, and one memory, in which the window of the
 * file, the copy and the plan (what is wanted) have their places. `json-kernel.ts` has both forms, for `json-scanner.ts`.
 *
 * Functions named past… return the position after what they are about. Where that is not there, they stop the walk.
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const MINUS = 0x2d;
const PLUS = 0x2b;
const DOT = 0x2e;
const ZERO = 0x30;
const LETTER_N = 0x6e;
const LETTER_U = 0x75;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const NOWHERE = -1;

/** Brackets that are to come: a byte for each, the next one last. */
let due: i32 = 0;
/** Where what is wanted is copied to, and where the next byte of it goes. */
let copyStart: i32 = 0;
let copyEnd: i32 = 0;
/** What is to be copied next: neighbours that are wanted are copied together. */
let runStart: i32 = NOWHERE;
let runEnd: i32 = NOWHERE;
/** Start and end of each noted value. */
let notes: i32 = 0;

/** Where the key read last ends, without its quote, and whether it is spelt with escapes. */
let keyEnd: i32 = 0;
let keyHasEscapes = false;
/** Since they were last set to false: an escape, one for a character of ASCII that needs none, NaN or Infinity. */
let hasEscapes = false;
let hasSpeltOut = false;
let hasNonFinite = false;
/** Whether a value was copied for the text in it. */
let hasText = false;
/** Where the walk was stopped. */
let stoppedAt: i32 = NOWHERE;

/**
 * Tells where everything lies, and forgets where the walk was stopped. After the window stands a zero, which is allowed
 * nowhere in JSON: no loop runs past it.
 */
export function place(copyTo: i32, dueTo: i32, notesTo: i32): void {
  copyStart = copyTo;
  due = dueTo;
  notes = notesTo;
  stoppedAt = NOWHERE;
}

/** A part that is wanted begins: forgets what was found in the one before. */
export function begin(): void {
  copyEnd = copyStart;
  runStart = NOWHERE;
  runEnd = NOWHERE;
  hasNonFinite = false;
  hasText = false;
}

export function endOfKey(): i32 {
  return keyEnd;
}

/** 1 or 0, which is what WebAssembly has for booleans. */
export function isKeyEscaped(): i32 {
  return keyHasEscapes ? 1 : 0;
}

/** Whether there was NaN or Infinity since the part began: 1 or 0. */
export function isNonFinite(): i32 {
  return hasNonFinite ? 1 : 0;
}

/** Whether a value was copied since the part began because a wanted text is in it, or may be: 1 or 0. */
export function isTextThere(): i32 {
  return hasText ? 1 : 0;
}

/** -1 if there is no such value. */
export function startOfNote(note: i32): i32 {
  return intAt(notes + note * 8);
}

export function endOfNote(note: i32): i32 {
  return intAt(notes + note * 8 + 4);
}

export function placeOfStop(): i32 {
  return stoppedAt;
}

export function stop(at: i32): i32 {
  stoppedAt = at;
  abandon();
  return at;
}

export function pastBlanks(start: i32): i32 {
  let at = start;
  while (byteAt(at) <= 0x20 && isBlank(byteAt(at))) at += 1;
  return at;
}

function isBlank(byte: i32): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

export function past(byte: i32, at: i32): i32 {
  return byteAt(at) === byte ? at + 1 : stop(at);
}

/** A key, and the colon after it. */
export function pastKey(key: i32): i32 {
  hasEscapes = false;
  const keyPast = pastString(key);
  keyEnd = keyPast - 1;
  keyHasEscapes = hasEscapes;
  return past(COLON, pastBlanks(keyPast));
}

function pastString(quote: i32): i32 {
  let at = pastPlain(past(QUOTE, quote));
  while (byteAt(at) !== QUOTE) at = pastPlain(pastEscape(at));
  return at + 1;
}

function pastEscape(backslash: i32): i32 {
  hasEscapes = true;
  let at = past(BACKSLASH, backslash);
  const escaped = byteAt(at);
  // One of "\/bfnrt.
  const isShort =
    escaped === QUOTE ||
    escaped === BACKSLASH ||
    escaped === 0x2f ||
    escaped === 0x62 ||
    escaped === 0x66 ||
    escaped === 0x6e ||
    escaped === 0x72 ||
    escaped === 0x74;
  if (!isShort) {
    const digits = past(LETTER_U, at);
    for (let digit = 0; digit < 4; digit += 1) if (!isHex(byteAt(digits + digit))) return stop(digits + digit);
    at = digits + 3;
    if (byteAt(digits) === ZERO && byteAt(digits + 1) === ZERO && byteAt(digits + 2) < 0x38) hasSpeltOut = true;
  }
  return at + 1;
}

function isHex(byte: i32): boolean {
  return isDigit(byte) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
}

function isDigit(byte: i32): boolean {
  return byte >= ZERO && byte <= 0x39;
}

/** A number, true, false, null, or what Python writes for numbers that are none. */
function pastScalar(value: i32): i32 {
  const isNegative = byteAt(value) === MINUS;
  let at = isNegative ? value + 1 : value;
  const first = byteAt(at);
  if (first === 0x4e || first === 0x49) {
    hasNonFinite = true;
    // aN, and nfinity.
    if (first === 0x4e) return past(0x4e, past(0x61, at + 1));
    return past(0x79, past(0x74, past(0x69, past(0x6e, past(0x69, past(0x66, past(0x6e, at + 1)))))));
  }
  if (!isNegative && first >= 0x61) {
    // rue, ull, alse.
    if (first === 0x74) return past(0x65, past(0x75, past(0x72, at + 1)));
    if (first === 0x6e) return past(0x6c, past(0x6c, past(0x75, at + 1)));
    return past(0x65, past(0x73, past(0x6c, past(0x61, past(0x66, at)))));
  }
  at = first === ZERO ? at + 1 : pastDigits(at);
  if (byteAt(at) === DOT) at = pastDigits(at + 1);
  if (byteAt(at) === 0x65 || byteAt(at) === 0x45) {
    const sign = byteAt(at + 1);
    at = pastDigits(sign === PLUS || sign === MINUS ? at + 2 : at + 1);
  }
  // Where the window ends, more digits may follow; but then nothing follows that must, and the walk stops there.
  return at;
}

function pastDigits(start: i32): i32 {
  let at = start;
  while (isDigit(byteAt(at))) at += 1;
  return at === start ? stop(at) : at;
}

/** Not by recursion: there is JSON with a million brackets in each other. */
export function pastValue(value: i32): i32 {
  let depth = 0;
  let at = value;
  do {
    const first = byteAt(at);
    let isOpen = false;
    if (first === QUOTE) {
      at = pastString(at);
    } else if (first === OPEN_OBJECT || first === OPEN_LIST) {
      const close = first === OPEN_OBJECT ? CLOSE_OBJECT : CLOSE_LIST;
      at = pastBlanks(at + 1);
      isOpen = byteAt(at) !== close;
      if (isOpen) {
        setByte(due + depth, close);
        depth += 1;
      } else {
        at += 1;
      }
    } else {
      at = pastScalar(at);
    }
    if (!isOpen) {
      while (depth > 0) {
        at = pastBlanks(at);
        if (byteAt(at) !== byteAt(due + depth - 1)) break;
        depth -= 1;
        at += 1;
      }
      if (depth > 0) at = pastBlanks(past(COMMA, at));
    }
    if (depth > 0 && byteAt(due + depth - 1) === CLOSE_OBJECT) at = pastBlanks(pastKey(at));
  } while (depth > 0);
  return at;
}

// The plan is records of whole numbers in memory; `json-plan.ts` writes it, explains what stands where, and must agree.
const KIND = 0;
const NOTE = 4;
const COPIED = 8;
const TEXT = 12;
const TEXT_LENGTH = 16;
const NOTES_WITHIN = 20;
const PARTS = 24;
const WHOLE = 0;
const EACH = 2;
const NOT = 0;
const IF_WITHIN = 2;
const HASHES = 256;
const ALL_NOTES = 255;
const NEXT = 0;
const MEMBER_PLAN = 4;
const BIT = 8;
const KEY_LENGTH = 12;
const KEY = 16;

export function hashOf(key: i32, length: i32): i32 {
  return (length * 31 + byteAt(key) * 7 + byteAt(key + length - 1)) & (HASHES - 1);
}

/** Copies what is wanted of a value. */
export function pastWanted(value: i32, plan: i32): i32 {
  forgetNotes(ALL_NOTES);
  const at = take(value, plan);
  copyRun();
  return at;
}

export function lengthOfCopy(): i32 {
  return copyEnd - copyStart;
}

function take(value: i32, plan: i32): i32 {
  const kind = intAt(plan + KIND);
  forgetNotes(intAt(plan + NOTES_WITHIN));
  const opening = byteAt(value);
  if (opening === OPEN_OBJECT && kind !== WHOLE) return takeParts(value, CLOSE_OBJECT, plan);
  if (opening === OPEN_LIST && kind === EACH) return takeParts(value, CLOSE_LIST, plan);
  const valueEnd = pastValue(value);
  put(value, valueEnd);
  return valueEnd;
}

/** null, {} or []; of a value whose end is not known yet. */
function isEmpty(value: i32): boolean {
  const first = byteAt(value);
  if (first === OPEN_OBJECT) return byteAt(pastBlanks(value + 1)) === CLOSE_OBJECT;
  if (first === OPEN_LIST) return byteAt(pastBlanks(value + 1)) === CLOSE_LIST;
  return first === LETTER_N;
}

/** A key that is there twice: what was noted of the first one is void. */
function forgetNotes(bits: i32): void {
  for (let note = 0; bits >> note !== 0; note += 1) if (((bits >> note) & 1) === 1) setInt(notes + note * 8, NOWHERE);
}

function takeParts(value: i32, close: i32, plan: i32): i32 {
  const parts = intAt(plan + PARTS);
  const isEach = intAt(plan + KIND) === EACH;
  put(value, value + 1);
  // Where the part before ends, if it was copied: the comma is then copied together with what follows it.
  let copiedUpTo = NOWHERE;
  let isFirst = true;
  // A bit for each wanted key that was copied: what is empty is left out, but not where it takes back what came before.
  let copiedKeys = 0;
  let at = pastBlanks(value + 1);
  let isOver = byteAt(at) === close;
  while (!isOver) {
    const start = at;
    if (close === CLOSE_OBJECT) at = pastBlanks(pastKey(at));
    const member = isEach ? 0 : lookUp(parts, start + 1);
    const part = isEach ? parts : member === 0 ? 0 : intAt(member + MEMBER_PLAN);
    if (part === 0) {
      at = pastValue(at);
      copiedUpTo = NOWHERE;
    } else {
      const inner = at;
      const bit = isEach ? 0 : intAt(member + BIT);
      const isNeeded = isEach || (copiedKeys & bit) !== 0;
      const isWhole = intAt(part + KIND) === WHOLE;
      hasSpeltOut = false;
      if (isWhole) at = pastValue(at);
      noteValue(intAt(part + NOTE), inner, at);
      if (isWhole ? isWanted(part, inner, at, isNeeded) : isNeeded || !isEmpty(inner)) {
        if (copiedUpTo === NOWHERE && !isFirst) putComma();
        put(copiedUpTo === NOWHERE ? start : copiedUpTo, inner);
        if (isWhole) put(inner, at);
        else at = take(inner, part);
        copiedUpTo = at;
        isFirst = false;
        copiedKeys |= bit;
      } else {
        if (!isWhole) at = pastValue(inner);
        copiedUpTo = NOWHERE;
      }
    }
    at = pastBlanks(at);
    isOver = byteAt(at) === close;
    if (!isOver) at = pastBlanks(past(COMMA, at));
  }
  put(at, at + 1);
  return at + 1;
}

function noteValue(number: i32, value: i32, valueEnd: i32): void {
  if (number === NOWHERE) return;
  setInt(notes + number * 8, value);
  setInt(notes + number * 8 + 4, valueEnd);
}

/** Whether a value that is wanted as a whole is copied. A wanted text may also be spelt with escapes. */
function isWanted(plan: i32, value: i32, valueEnd: i32, isNeeded: boolean): boolean {
  const copied = intAt(plan + COPIED);
  if (copied === NOT) return false;
  if (copied === IF_WITHIN) {
    const isThere = hasSpeltOut || isWithin(value, valueEnd, intAt(plan + TEXT), intAt(plan + TEXT_LENGTH));
    if (isThere) hasText = true;
    return isThere || isNeeded;
  }
  return isNeeded || !isEmpty(value);
}

/** The member whose key was read last; 0 if it is not wanted. */
function lookUp(table: i32, key: i32): i32 {
  if (keyHasEscapes) return lookUpEscaped(table, key);
  const length = keyEnd - key;
  let member = intAt(table + hashOf(key, length) * 4);
  while (member !== 0 && (intAt(member + KEY_LENGTH) !== length || !isSame(member + KEY, key, length)))
    member = intAt(member + NEXT);
  return member;
}

function lookUpEscaped(table: i32, key: i32): i32 {
  for (let hash = 0; hash < HASHES; hash += 1)
    for (let member = intAt(table + hash * 4); member !== 0; member = intAt(member + NEXT))
      if (isSpelt(key, member)) return member;
  return 0;
}

/** Wanted keys are letters and underscores: of all escapes only `\u00..` can be one of these. */
function isSpelt(key: i32, member: i32): boolean {
  const length = intAt(member + KEY_LENGTH);
  let at = key;
  for (let index = 0; index < length; index += 1) {
    let letter = byteAt(at);
    if (letter === BACKSLASH) {
      if (byteAt(at + 1) !== LETTER_U || byteAt(at + 2) !== ZERO || byteAt(at + 3) !== ZERO) return false;
      letter = valueOfHex(byteAt(at + 4)) * 16 + valueOfHex(byteAt(at + 5));
      at += 5;
    }
    at += 1;
    if (letter !== byteAt(member + KEY + index)) return false;
  }
  return at === keyEnd;
}

function valueOfHex(digit: i32): i32 {
  return isDigit(digit) ? digit - ZERO : (digit & 7) + 9;
}

function put(start: i32, stopBefore: i32): void {
  if (start !== runEnd) {
    copyRun();
    runStart = start;
  }
  runEnd = stopBefore;
}

function putComma(): void {
  copyRun();
  setByte(copyEnd, COMMA);
  copyEnd += 1;
}

function copyRun(): void {
  copyBytes(copyEnd, runStart, runEnd - runStart);
  copyEnd += runEnd - runStart;
  runStart = NOWHERE;
  runEnd = NOWHERE;
}

// The few things that json-walker.ts does to memory, in AssemblyScript. json-memory.ts has the same in TypeScript, with
// what each is for.

// @ts-ignore: decorator
@inline
function byteAt(at: i32): i32 {
  return load<u8>(at);
}

// @ts-ignore: decorator
@inline
function setByte(at: i32, byte: i32): void {
  store<u8>(at, byte);
}

// @ts-ignore: decorator
@inline
function intAt(at: i32): i32 {
  return load<i32>(at);
}

// @ts-ignore: decorator
@inline
function setInt(at: i32, value: i32): void {
  store<i32>(at, value);
}

// Sixteen at a time: the target has room for fifteen too many.
function copyBytes(to: i32, from: i32, length: i32): void {
  for (let done = 0; done < length; done += 16) v128.store(to + done, v128.load(from + done));
}

// @ts-ignore: decorator
@inline
function pastPlain(start: i32): i32 {
  let at = start;
  let special = specialOf(at);
  while (special == 0) special = specialOf((at += 16));
  return at + ctz(special);
}

// @ts-ignore: decorator
@inline
function specialOf(at: i32): i32 {
  const bytes = v128.load(at);
  return i8x16.bitmask(
    v128.or(
      v128.or(i8x16.eq(bytes, i8x16.splat(0x22)), i8x16.eq(bytes, i8x16.splat(0x5c))),
      i8x16.lt_u(bytes, i8x16.splat(0x20)),
    ),
  );
}

// Looks at the first and the last byte of sixteen places at once, and at what is between only where both are right.
function isWithin(start: i32, end: i32, text: i32, length: i32): boolean {
  const first = i8x16.splat(<i8>byteAt(text));
  const last = i8x16.splat(<i8>byteAt(text + length - 1));
  for (let at = start; at + length <= end; at += 16) {
    let places = i8x16.bitmask(v128.and(i8x16.eq(v128.load(at), first), i8x16.eq(v128.load(at + length - 1), last)));
    for (; places != 0; places &= places - 1) {
      const place = at + ctz(places);
      if (place + length <= end && isSame(place, text, length)) return true;
    }
  }
  return false;
}

function isSame(one: i32, other: i32, length: i32): boolean {
  let at = 0;
  for (; at + 16 <= length; at += 16) if (sameBytes(one + at, other + at) != 0xffff) return false;
  const rest = (1 << (length - at)) - 1;
  return (sameBytes(one + at, other + at) & rest) == rest;
}

// @ts-ignore: decorator
@inline
function sameBytes(one: i32, other: i32): i32 {
  return i8x16.bitmask(i8x16.eq(v128.load(one), v128.load(other)));
}

// @ts-ignore: decorator
@inline
function abandon(): void {
  unreachable();
}

/** The printable characters that encode no byte: they need escapes in some kind of string, or in HTML. */
const LEFT_OUT = '"$\'<\\`';
/** The number of characters of printable ASCII that encode bytes. */
const SIZE = 95 - LEFT_OUT.length;
/** A byte below this number is one character; a higher byte is one of the last two characters and another. */
const SINGLE = SIZE - 2;

/**
 * Decodes the bytes that the build wrote as text. Each byte begins a new character, so that compression finds repeats: by
 * brotli the text is 2 % larger than the wasm file; as base64 it would be 27 % larger.
 */
export function bytesOf(text) {
  const places = new Uint8Array(128);
  for (let code = 32, place = 0; place < SIZE; code++) {
    if (!LEFT_OUT.includes(String.fromCharCode(code))) places[code] = place++;
  }
  // Decoded in place, in an array: reading an array is faster than reading a text.
  const bytes = new TextEncoder().encode(text);
  let length = 0;
  for (let i = 0; i < bytes.length;) {
    const place = places[bytes[i++]];
    bytes[length++] = place < SINGLE ? place : SINGLE + (place - SINGLE) * SIZE + places[bytes[i++]];
  }
  return bytes.subarray(0, length);
}

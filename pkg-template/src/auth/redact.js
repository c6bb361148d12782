// Redacts texts of token requests, which have no core. src/redact.rs decides the same for calls; a test holds the two equal.

/** A match of this many characters of a secret in a row counts as a quote. */
const RUN = 8;
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_';
/** White space and invisible characters between the characters of a secret are ignored; a NUL separates. */
const GAP = /(?!\0)[\s\p{Cc}\u00ad\u200b-\u200d\u2060\ufeff]/u;
const BLANK = /[\t\n\f\r ]/;

/** Returns a function that replaces each run of 8 or more characters of `secrets` in a text by `[redacted]`. */
export function redactor(secrets) {
  let runs;
  return (text) => {
    runs ??= new Set(secrets.flatMap((secret) => [...secret].map((_, at) => secret.slice(at, at + RUN))));
    const marks = new Uint8Array(text.length);
    let view = plain(text);
    for (let decodings = 0; decodings < 3; decodings++) {
      for (const read of [view, ...[0, 1, 2, 3].map((offset) => base64(view, offset))]) {
        const shown = read.map(({ char }) => char).join('');
        for (let at = 0; at + RUN <= shown.length; at++) {
          if (runs.has(shown.slice(at, at + RUN))) marks.fill(1, read[at].from, read[at + RUN - 1].to);
        }
      }
      if (!text.includes('%')) break;
      view = decoded(view);
    }
    let out = '';
    for (let at = 0; at < text.length; at++) {
      if (!marks[at]) out += text[at];
      else if (!marks[at - 1]) out += '[redacted]';
    }
    return out;
  };
}

/** The characters of a text, each with its place. */
function plain(text) {
  const view = [];
  let from = 0;
  for (const char of text) {
    const to = from + char.length;
    // Secrets are ASCII: any other character separates.
    if (!GAP.test(char)) view.push({ char: char < '\x80' ? char : '\0', from, to });
    from = to;
  }
  return view;
}

/** Percent-decodes the characters of a text. */
function decoded(view) {
  const out = [];
  for (let at = 0; at < view.length; at++) {
    let { char, from, to } = view[at];
    const digits = char === '%' && `${view[at + 1]?.char}${view[at + 2]?.char}`;
    if (digits && /^[\da-f]{2}$/i.test(digits)) {
      char = String.fromCharCode(Number.parseInt(digits, 16));
      to = view[(at += 2)].to;
    }
    if (!BLANK.test(char)) out.push({ char, from, to });
  }
  return out;
}

/** Decodes the characters of a text as base64 of either alphabet, without the first `offset` characters of each run. */
function base64(view, offset) {
  const out = [];
  let bits = 0;
  let count = -6 * offset;
  let first = 0;
  for (const { char, from, to } of view) {
    const place = BASE64.indexOf(char);
    if (place < 0) {
      count = -6 * offset;
      out.push({ char: '\0', from, to });
      continue;
    }
    if (count <= 0) first = from;
    bits = (bits << 6) | (place < 64 ? place : place - 2);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    const read = String.fromCharCode((bits >> count) & 255);
    if (!BLANK.test(read)) out.push({ char: read, from: first, to });
    first = from;
  }
  return out;
}

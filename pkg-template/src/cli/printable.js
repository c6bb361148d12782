// Escapes texts of the org for a terminal: a name may contain control characters that would move the cursor, change colours
// or reverse the direction of the text.

const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** Escapes invisible characters, such as a line break as `\n`. */
export function printable(text) {
  return String(text).replace(HIDDEN, (char) => {
    const known = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }[char];
    return known ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

/** JSON for a terminal: also escapes the control characters that `JSON.stringify` does not escape. */
export function json(value, indent) {
  return JSON.stringify(value, undefined, indent)?.replace(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** `1 group`, `2 groups`, `12,000 groups`. */
export const counted = (number, one, many = `${one}s`) => `${grouped(number)} ${number === 1 ? one : many}`;

export const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ',');

/** `40 s`, `12 min`, `2 h 5 min`. */
export function duration(ms) {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Quotes an argument for a shell. */
export const quoted = (text) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);

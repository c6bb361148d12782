// Names as they are shown: what is invisible in a name, or acts on the text around it, becomes a mark that people see.

/** A part of a shown name: text as it is, or a mark in place of characters that do not show. */
export type NamePart =
  | { readonly text: string; readonly mark?: undefined; readonly title?: undefined }
  | {
      /** What to show: `⟨RLO⟩`, `␠`. */
      readonly mark: string;
      /** What the mark stands for: `right-to-left override`. */
      readonly title: string;
      readonly text?: undefined;
    };

/** Characters that have a short name, and that name in words. */
export type MarkNames = Readonly<Record<number, readonly [mark: string, title: string]>>;

let named: MarkNames = {};

/** Gives characters their short names. A character without one is shown by its number. */
export function nameMarks(names: MarkNames): void {
  named = names;
}

/** Blanks that a reader does not see, characters that do not show or act on others, and spaces that are no plain blank. */
const ACTING =
  /^ +| +$| {2,}|[\p{C}\p{Zl}\p{Zp}\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufffd\ufe00-\ufe0f\u{e0100}-\u{e01ef}]|(?! )\p{Zs}/gu;

/** Code units beside a character that decide whether it belongs to the writing: an emoji with its modifier. */
const NEAR = 8;

/** The parts of a name. An ordinary name is one part of text; an empty name has no part. */
export function nameParts(name: string): NamePart[] {
  const parts: NamePart[] = [];
  let end = 0;
  for (const match of name.matchAll(ACTING)) {
    const [found] = match;
    const next = match.index + found.length;
    if (
      isPartOfWriting(
        found,
        name.slice(Math.max(0, match.index - NEAR), match.index),
        name.slice(next, next + NEAR),
      )
    )
      continue;
    if (match.index > end) parts.push({ text: name.slice(end, match.index) });
    parts.push(markOf(found));
    end = next;
  }
  if (end < name.length) parts.push({ text: name.slice(end) });
  return parts;
}

/**
 * Whether a character belongs to what is seen: a joiner or a variation selector within an emoji, a joiner between letters of a
 * script that is written with joiners, as Persian and Hindi are.
 */
function isPartOfWriting(found: string, before: string, after: string): boolean {
  if (found === '\ufe0f' || found === '\ufe0e') return /[\p{Emoji}\u20e3]$/u.test(before);
  if (found !== '\u200d' && found !== '\u200c') return false;
  if (/[\p{Emoji}\p{Emoji_Modifier}]\ufe0f?$/u.test(before) && /^\p{Extended_Pictographic}/u.test(after))
    return true;
  const letter = /[\p{L}\p{M}]/u;
  const plain = /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]/u;
  return [[...before].pop() ?? '', [...after][0] ?? ''].every(
    (each) => letter.test(each) && !plain.test(each),
  );
}

function markOf(found: string): NamePart {
  if (found.startsWith(' ')) {
    const title = found.length === 1 ? 'blank' : `${found.length} blanks`;
    return { mark: '␠'.repeat(Math.min(found.length, 8)), title };
  }
  const code = found.codePointAt(0) ?? 0;
  const [mark, title] = named[code] ?? [hex(code), kindOf(found)];
  return { mark: `⟨${mark}⟩`, title };
}

const hex = (code: number): string => `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;

function kindOf(char: string): string {
  if (/\p{Cc}/u.test(char)) return 'control character';
  if (/\p{Zs}/u.test(char)) return 'odd space';
  if (/\p{Co}/u.test(char)) return 'private-use character';
  if (/\p{Cs}/u.test(char)) return 'half of a character';
  return /\p{Cn}/u.test(char) ? 'unknown character' : 'invisible character';
}

/** Whether a name has anything that gets a mark. */
export function isMarked(name: string): boolean {
  return nameParts(name).some(({ mark }) => mark !== undefined);
}

/** The name as one text with its marks: for titles, labels and messages, where a mark cannot have words of its own. */
export function nameText(name: string): string {
  return nameParts(name)
    .map(({ text, mark }) => text ?? mark)
    .join('');
}

// Writes a list page by page as it is read, so that the printed cursor is exact.
import { ClosedPipe } from './exit.js';
import { cursorLine } from './errors.js';
import { Output } from './output.js';
import { counted, grouped, printable } from './printable.js';

const PAGE = 200;

/**
 * @param {any} context
 * @param {(page: any) => any} list makes the list from cursor and limit
 * @param {{ columns: string[], one: string, many?: string, pages?: boolean, limit?: number }} options
 */
export async function writeList(
  context,
  list,
  { columns, one, many = `${one}s`, pages = true, limit: largest = PAGE },
) {
  const { flags, host, words, stop } = context;
  const { max = Infinity } = flags;
  const output = new Output(host.stdout, { ...outputFlags(flags), columns });
  // The cursor of the first page that is not written; undefined for the first page of the list.
  let place = flags.cursor;
  if (!host.stdout.isTTY && words.terminal) words.progress(() => `${grouped(output.rowCount)} ${many}`);
  try {
    let read = iterator(list, { place, limit: pageSize(flags, max, largest), sent: pages, stop });
    for (;;) {
      const { done, value: page } = await read.next();
      if (done) break;
      const left = max - output.rowCount;
      await output.rows(page.items.slice(0, left));
      words.moved();
      if (page.items.length > left) {
        await output.end();
        return partOfPage(words, place, counted(left, one, many));
      }
      if (!page.hasNext) break;
      place = page.cursor;
      const more = max - output.rowCount;
      if (more === 0) {
        await output.end();
        words.say(`there are more than ${counted(max, one, many)}`, cursorLine(place));
        return undefined;
      }
      // The last page has the size that is left of `--max`, so that the cursor after it is exact.
      if (pages && more < (flags.limit ?? largest)) {
        await read.return(undefined);
        read = iterator(list, { place, limit: more, sent: pages, stop });
      }
    }
    await output.end();
    for (const [path, rows] of output.unseen)
      words.warn(
        `${counted(rows, 'row')} had ${printable(path)}, for which there is no column: name the columns with --fields`,
      );
  } catch (error) {
    if (error instanceof ClosedPipe) throw error;
    words.end();
    if (output.rowCount > 0)
      words.tell(`${counted(output.rowCount, one, many)} ${output.rowCount === 1 ? 'was' : 'were'} written`);
    // An error of the client has the cursor; an error of the output does not.
    if (/** @type {any} */ (error)?.cursor === undefined && place !== undefined)
      words.tell(cursorLine(place));
    throw error;
  }
  return undefined;
}

function iterator(list, { place, limit, sent, stop }) {
  const size = sent ? { limit } : {};
  return list({ ...size, ...(place !== undefined && { cursor: place }), signal: stop.signal }).pages();
}

const pageSize = (flags, max, largest) => Math.min(flags.limit ?? largest, max);

/** Explains that the org sent a larger page than `limit`, so that only a part of it is written. */
function partOfPage(words, place, written) {
  words.say(
    `the last page was larger than --max: only ${written} of it are written`,
    place === undefined
      ? 'the rest begins on the first page: raise --max'
      : `to read this page again: --cursor ${place}`,
  );
  return undefined;
}

/** The flags that set the form of the data. */
export function outputFlags({ output, fields, raw, bom }) {
  return { form: output, fields, raw, bom };
}

/** Writes one object. */
export async function writeOne(context, item, columns) {
  const output = new Output(context.host.stdout, { ...outputFlags(context.flags), columns });
  await output.one(item);
}

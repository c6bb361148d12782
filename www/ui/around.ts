// What the first rows do without: it loads once the client is there.
import { MARK_NAMES } from '../model/mark-names.ts';
import { pack } from '../model/packed.ts';
import { packRows } from '../model/rows.ts';
import { knowMarks } from './name.tsx';

export { Banners, Hidden } from './banners.tsx';
export { Gauge } from './gauge.tsx';
export { keepFocus } from './keep-focus.ts';
export { Notices } from './notices.tsx';

knowMarks(MARK_NAMES);
packRows(pack);

// Writes two pages as React sends them from a server component, for `pages.test.mjs`.
import { createRequire } from 'node:module';
import { pagedAnswer, scripted } from './support.mjs';

const { renderToPipeableStream } = createRequire(import.meta.url)('react-server-dom-parcel/server.node');
const { client } = scripted(pagedAnswer(25));
const list = client.groups.list({ limit: 10 });
const pages = [];
for await (const page of list.pages()) pages.push(page);
renderToPipeableStream([await list, pages.at(-1)]).pipe(process.stdout);

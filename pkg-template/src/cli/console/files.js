// The files of the built console, read once at the start. A request gets one of these files or 404, so no path leads to
// another file of the machine.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import { failed } from '../exit.js';
import { printable } from '../printable.js';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};
const HOST = /(<meta\s+name="okta-groups-host"\s+content=)(?:'[^']*'|"[^"]*")/;
/** A file name with a hash of the content, as the build makes it: `main-5KZQ7X2A.js`. */
const HASHED = /-[A-Za-z0-9]{8,}\.\w+$/;

export class Files {
  #files = new Map();
  #index;

  /** @param {string} folder */
  constructor(folder) {
    let names;
    try {
      names = readdirSync(folder, { recursive: true }).map(String);
    } catch {
      names = [];
    }
    for (const name of names) {
      const path = join(folder, name);
      if (statSync(path).isFile()) this.#files.set(name.split(sep).join('/'), readFileSync(path));
    }
    this.#index = this.#files.get('index.html')?.toString('utf8');
    if (this.#index === undefined || !HOST.test(this.#index)) {
      throw failed(
        'this installation has no console',
        `it should be in ${printable(folder)}; install the package again`,
      );
    }
  }

  /**
   * The file at a path, and its headers.
   * @param {string} path
   * @param {string} encodings the header `Accept-Encoding`
   * @param {object} host the facts of this host for the page
   */
  at(path, encodings, host) {
    const name = path === '/' ? 'index.html' : path.slice(1);
    if (name === 'index.html') {
      const content = escaped(JSON.stringify(host));
      const text = this.#index.replace(HOST, (_, start) => `${start}"${content}"`);
      return {
        body: Buffer.from(text),
        headers: { 'content-type': TYPES['.html'], 'cache-control': 'no-cache' },
      };
    }
    const type = TYPES[extname(name)];
    const plain = type && this.#files.get(name);
    if (!plain) return undefined;
    const brotli = this.#files.get(`${name}.br`);
    const isBrotli = brotli && takesBrotli(encodings);
    return {
      body: isBrotli ? brotli : plain,
      headers: {
        'content-type': type,
        'cache-control': HASHED.test(name) ? 'public, max-age=31536000, immutable' : 'no-cache',
        ...(brotli && { vary: 'accept-encoding' }),
        ...(isBrotli && { 'content-encoding': 'br' }),
      },
    };
  }
}

const escaped = (text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

const takesBrotli = (encodings) =>
  encodings
    .toLowerCase()
    .split(',')
    .map((each) => each.split(';').map((part) => part.trim()))
    .some(([name, weight = 'q=1']) => name === 'br' && !/^q=0(?:\.0*)?$/.test(weight));

// Bundles the console of www/ with the package in pkg/ into pkg/dist/console/, with hashed names and a brotli file beside
// each file. Also writes the console's pure part (www/model) to target/console/, where Node's tests import it.
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

import { build } from 'esbuild';

const root = fileURLToPath(new URL('../../', import.meta.url));
const www = join(root, 'www');
const dist = join(root, 'pkg/dist');
const target = process.argv[2] ?? join(root, 'target');
const out = join(dist, 'console');

const common = {
  bundle: true,
  format: 'esm',
  target: 'es2022',
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'warning',
};

/** A file name with eight characters of a hash of the content, as esbuild writes its own names. */
function hashed(name, content) {
  const hash = createHash('sha256')
    .update(content)
    .digest('base64url')
    .replace(/[-_]/g, '')
    .slice(0, 8)
    .toUpperCase();
  const extension = extname(name);
  return `${basename(name, extension)}-${hash}${extension}`;
}

/**
 * Makes each late part import the shell and the screens. All parts then share the modules of the first view, so esbuild puts
 * these into one chunk. Otherwise esbuild makes a chunk for each set of parts that share a module, and the first view costs a
 * dozen requests.
 */
const oneFirstView = (late) => ({
  name: 'one first view',
  setup({ onLoad }) {
    onLoad({ filter: /\.tsx?$/ }, async ({ path }) => {
      if (!late.has(path)) return undefined;
      const first = ['ui/shell.tsx', 'screens/index.ts'].map((file) => JSON.stringify(join(www, file)));
      const imports = first.map((file) => `import ${file};`).join(' ');
      return { contents: `${imports}\n${await readFile(path, 'utf8')}`, loader: extname(path).slice(1) };
    });
  },
});

/** The files of `www/` that load late: those of which esbuild makes entry points. */
function lateFiles({ outputs }) {
  const files = Object.values(outputs).flatMap(({ entryPoint }) => entryPoint ?? []);
  return new Set(files.map((file) => resolve(file)).filter((file) => file !== join(www, 'main.tsx')));
}

async function put(name, content) {
  const file = hashed(name, content);
  await writeFile(join(out, file), content);
  return file;
}

/**
 * Splits www/style.css into the rules of the first view and those of late parts. A section that begins with `/* Screen …`,
 * followed by an empty line, is late, except `Screen Groups`.
 */
function styles(text) {
  const sections = text.split(/^(?=\/\* .* \*\/\n\n)/m);
  const isLate = (section) => /^\/\* Screens? /.test(section) && !/^\/\* Screen Groups \*/.test(section);
  return {
    first: sections.filter((section) => !isLate(section)).join(''),
    late: sections.filter(isLate).join(''),
  };
}

const firstStyle = {
  name: 'first-style',
  setup({ onLoad }) {
    onLoad({ filter: /\/www\/style\.css$/ }, async ({ path }) => ({
      contents: styles(await readFile(path, 'utf8')).first,
      loader: 'css',
    }));
  },
};

/**
 * Converts papaparse to an ES module: esbuild's helper for CommonJS would be another chunk of the first view, since every
 * part shares it.
 */
const papaparse = {
  name: 'papaparse',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]papaparse(\.min)?\.js$/ }, async ({ path }) => ({
      contents: `const module = { exports: {} }, { exports } = module;\n${await readFile(path, 'utf8')}\nexport default module.exports;`,
      loader: 'js',
    }));
  },
};

async function console_() {
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  const wasm = await put('core_bg.wasm', await readFile(join(dist, 'core_bg.wasm')));
  const icon = await put('icon.svg', await readFile(join(www, 'icon.svg')));
  const { outputFiles } = await build({
    entryPoints: [join(www, 'boot.ts')],
    ...common,
    format: 'iife',
    minify: true,
    write: false,
  });
  const boot = await put('boot.js', outputFiles[0].contents);
  const { late } = styles(await readFile(join(www, 'style.css'), 'utf8'));
  const lateStyle = await build({
    ...common,
    stdin: { contents: late, loader: 'css' },
    minify: true,
    write: false,
  });
  const options = {
    ...common,
    entryPoints: [join(www, 'main.tsx')],
    outdir: out,
    splitting: true,
    minify: true,
    metafile: true,
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    plugins: [firstStyle, papaparse],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    platform: 'browser',
    alias: {
      'okta-groups/external': join(dist, 'external.js'),
      'okta-groups/emulator': join(dist, 'emulator.js'),
    },
  };
  const { metafile: parts } = await build({ ...options, write: false });
  const { metafile } = await build({
    ...options,
    plugins: [firstStyle, papaparse, oneFirstView(lateFiles(parts))],
  });
  const entry = Object.entries(metafile.outputs).find(([, { entryPoint }]) =>
    entryPoint?.endsWith('main.tsx'),
  );
  const [main, { cssBundle, imports }] = entry;
  // Preloads the imports of the first view at once, not one after the other. The links precede the page's first script: with
  // a policy in a meta element, Chromium's preload scanner looks past a script only once that has arrived.
  const preloaded = imports
    .filter(({ kind }) => kind === 'import-statement')
    .map(({ path }) => basename(path));
  const values = {
    wasm,
    icon,
    boot,
    main: basename(main),
    style: basename(cssBundle),
    late: await put('late.css', lateStyle.outputFiles[0].contents),
    preloads: [basename(main), ...preloaded]
      .map((file) => `<link rel="modulepreload" href="${file}" />`)
      .join('\n    '),
  };
  const page = (await readFile(join(www, 'index.html'), 'utf8')).replace(/\{\{(\w+)\}\}/g, (_, name) => {
    if (!(name in values)) throw new Error(`www/index.html asks for ${name}`);
    return values[name];
  });
  await writeFile(join(out, 'index.html'), page);
  for (const file of await readdir(out)) {
    const content = await readFile(join(out, file));
    const params = {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    };
    await writeFile(join(out, `${file}.br`), brotliCompressSync(content, { params }));
  }
  await mkdir(join(target, 'console'), { recursive: true });
  await writeFile(join(target, 'console/inputs.json'), JSON.stringify(Object.keys(metafile.inputs)));
  return { main, preloaded };
}

async function model() {
  await build({
    ...common,
    entryPoints: [join(www, 'model/index.ts')],
    outfile: join(target, 'console/model.js'),
    platform: 'node',
    alias: { 'okta-groups/external': join(dist, 'index.node.js') },
  });
}

/** The brotli sizes of the first view, without the core, and of each later screen. */
async function sizes({ main, preloaded }) {
  const size = async (file) => (await readFile(join(out, `${file}.br`))).length;
  const files = (await readdir(out)).filter((file) => !file.endsWith('.br'));
  const style = files.find((file) => file.startsWith('main-') && file.endsWith('.css'));
  const first = [
    'index.html',
    files.find((file) => file.startsWith('boot-')),
    style,
    basename(main),
    ...preloaded,
  ];
  const wasm = files.find((file) => file.endsWith('.wasm'));
  const sum = async (names) => (await Promise.all(names.map(size))).reduce((all, one) => all + one, 0);
  const external = (await Promise.all(['external.js', 'core.js'].map((file) => readFile(join(dist, file)))))
    .map((content) => brotliCompressSync(content).length)
    .reduce((all, one) => all + one, 0);
  const all = await sum([...first, wasm]);
  const report = { firstView: all, aboveExternal: all - external - (await size(wasm)), later: {} };
  for (const file of files) {
    if (file.endsWith('.js') && !first.includes(file)) report.later[file] = await size(file);
  }
  await mkdir(join(target, 'console'), { recursive: true });
  await writeFile(join(target, 'console/sizes.json'), `${JSON.stringify(report, undefined, 2)}\n`);
  console.log(
    `console: first view ${all} bytes by brotli, ${report.aboveExternal} above okta-groups/external`,
  );
  for (const [file, bytes] of Object.entries(report.later)) console.log(`console: ${file} ${bytes}`);
}

const built = await console_();
await sizes(built);
await model();

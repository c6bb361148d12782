// Reads the snippets of the documents, which readers copy. `package/snippets.test.mjs` compiles and runs the JavaScript and
// TypeScript, `e2e/snippets.test.mjs` opens the pages.
//
// A snippet omits nothing: a reader who pastes it can run it. A comment before it may prepare the machine that tests it
// (arguments, files, a server), in a module of its own, so that no name in it helps the snippet; or say why it is not run:
//
//     <!-- before: process.argv.push('00g1') -->
//     <!-- not run: needs a browser's sign-in -->
//     <!-- not checked: needs the types of Vite -->
//
// A snippet is an ES module, unless its first line names a file that is CommonJS: `// list.cjs`.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const LANGUAGES = ['js', 'ts', 'html', 'json'];
/** What is not run here. Rust is, by `cargo test --doc`. */
const OTHERS = ['sh', 'http', 'rust', 'toml'];
const NOTES = ['before', 'not run', 'not checked'];

/** Of each: `{ file, line, language, code, before, extension, notRun, notChecked }`. */
export function snippets() {
  const guides = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
  const types = readdirSync(join(ROOT, 'pkg-template/types'));
  const documents = ['README.md', 'pkg-template/README.md', ...guides.map((name) => `docs/${name}`)];
  return [
    ...documents.flatMap((file) => snippetsOf(file, lines(file))),
    // Examples stand in comments there.
    ...types.flatMap((name) => {
      const file = `pkg-template/types/${name}`;
      return snippetsOf(
        file,
        lines(file).map((line) => line.replace(/^ *\* ?/, '')),
      );
    }),
  ];
}

function lines(file) {
  return readFileSync(join(ROOT, file), 'utf8').split('\n');
}

function snippetsOf(file, text) {
  const found = [];
  let notes = {};
  let example;
  for (let at = 0; at < text.length; at++) {
    const start = at;
    if (example && /^[@/]/.test(text[at])) throw new Error(`${file}:${example}: an example is a snippet`);
    if (text[at].startsWith('@example')) example = at + 1;
    if (text[at].startsWith('<!--')) {
      while (!text[at].endsWith('-->')) at++;
      const comment = text
        .slice(start, at + 1)
        .join('\n')
        .slice('<!--'.length, -'-->'.length);
      const [, name, value] = /^ (\w[\w ]*): *([^]*)$/.exec(comment) ?? [];
      if (name && !NOTES.includes(name)) throw new Error(`${file}:${start + 1}: what does ${name} mean?`);
      if (name) notes[name] = value.trim();
    } else if (text[at].trimStart().startsWith('```')) {
      example = undefined;
      // Of Rust, what rustdoc is told of the example follows.
      const [language] = text[at].slice(3).trim().split(',');
      const known = text[at].startsWith('```') && [...LANGUAGES, ...OTHERS].includes(language);
      if (!known) throw new Error(`${file}:${start + 1}: is this to be run? ${text[at]}`);
      while (text[++at] !== '```') if (at >= text.length) throw new Error(`${file}:${start + 1} has no end`);
      if (LANGUAGES.includes(language)) {
        const code = text.slice(start + 1, at).join('\n');
        const { before, 'not run': notRun, 'not checked': notChecked } = notes;
        found.push({
          file,
          line: start + 1,
          language,
          code,
          before,
          extension: /^\/\/ \S+\.cjs\b/.test(code) ? 'cjs' : language,
          notRun: notRun ?? notChecked,
          notChecked,
        });
      }
      notes = {};
    } else if (text[at].trim()) notes = {};
  }
  return found;
}

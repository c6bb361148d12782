// Expressions of `filter` and `search`. What one is, means and matches is Rust's; here it gets its JavaScript shape:
// a frozen tree that prints as its text.
import { BRAND, isExpression } from './brand.js';
import { core, kept } from './wasm.js';
import { oktaError } from '../../src/web/errors.js';
import { takeThrown } from '../../src/web/host.js';
import { MATCH, callOptions, textArgument, typeOf } from './options.js';

class Expr {
  #text;

  constructor(json) {
    const [text, tree] = JSON.parse(json);
    this.#text = text;
    Object.assign(this, frozen(tree));
    Object.freeze(this);
  }

  get [BRAND]() {
    return true;
  }

  toString() {
    return this.#text;
  }

  /** @returns {any} */
  toJSON() {
    return { ...this };
  }

  [Symbol.for('nodejs.util.inspect.custom')]() {
    return `Expr { ${this.#text} }`;
  }
}

function frozen(node) {
  node.args?.forEach(frozen);
  if (node.args) Object.freeze(node.args);
  return Object.freeze(node);
}

function termsOf(terms) {
  return terms.map((term) => {
    if (isExpression(term)) return String(term);
    throw oktaError('argument', `${String(term)} is not an expression; parse() makes one of a text`, {
      argument: 'terms',
    });
  });
}

/** A value as it is written in an expression. */
function literal(value) {
  const wrong = (reason) => oktaError('argument', `value ${reason}`, { argument: 'value' });
  if (typeof value === 'string') return JSON.stringify(textArgument('value', value));
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (!(value instanceof Date)) {
    throw wrong(`must be a string, a number, a boolean or a Date, not ${typeOf(value)}`);
  }
  const text = JSON.stringify(value);
  // Years beyond 9999 have a sign.
  if (!/^"\d/.test(text)) {
    throw wrong(`cannot be used: "${value}" is not a date and time of the years 0000 to 9999`);
  }
  return text;
}

function compared(op, attr, literals) {
  return new Expr(core().exprCompare(op, textArgument('attr', attr), literals));
}

const comparison =
  (op) =>
  (attr, ...values) =>
    compared(op, attr, values.map(literal));

export const eq = comparison('eq');
export const ne = comparison('differs');
export const gt = comparison('gt');
export const ge = comparison('ge');
export const lt = comparison('lt');
export const le = comparison('le');
export const sw = comparison('sw');
export const co = comparison('co');
export const ew = comparison('ew');
export const pr = comparison('pr');
export const between = comparison('between');

const eachOf = comparison('oneOf');

export function oneOf(attr, values) {
  // A text can be iterated, too.
  if (typeof values !== 'object' || !values?.[Symbol.iterator]) {
    throw oktaError('argument', `values must be an iterable of values, not ${typeOf(values)}`, {
      argument: 'values',
    });
  }
  return eachOf(attr, ...values);
}

// Conditions that are off drop out; with none left it would mean "everything", and throws.
const joiner =
  (op) =>
  (...terms) =>
    new Expr(core().exprJoin(op, termsOf(terms.filter(Boolean))));

export const and = joiner('and');
export const or = joiner('or');

export function not(term) {
  return new Expr(core().exprJoin('not', termsOf([term])));
}

export function parse(text) {
  return new Expr(core().exprParse(textArgument('text', text)));
}

/** Values are quoted; only expressions are spliced as they are. */
export function expr(strings, ...values) {
  if (!Array.isArray(strings)) {
    throw oktaError(
      'argument',
      'expr goes before a template, as in expr`id eq ${id}`; parse() reads a text',
      {
        argument: 'strings',
      },
    );
  }
  const spliced = (value) => (isExpression(value) ? `(${value})` : literal(value));
  return parse(strings.reduce((text, string, i) => text + spliced(values[i - 1]) + string));
}

/** The expression that `toJSON` gave, read back. */
export function fromJSON(node) {
  return built(node, 0);
}

function built(node, depth) {
  const { op, attr, value, args } = node ?? {};
  const wrong = (argument, reason) =>
    oktaError('argument', `${argument} cannot be used: ${reason}`, { argument });
  // What is less deep than this, the core counts.
  if (depth > 100) throw wrong('terms', 'more than 64 levels of and, or, not and parentheses');
  if (op === 'and' || op === 'or' || op === 'not') {
    const terms = Array.from(args ?? [], (arg) => built(arg, depth + 1));
    if (op === 'not' && terms.length !== 1) throw wrong('terms', '`not` has one');
    return joiner(op)(...terms);
  }
  // parse() may read null; what is built here never holds it: a value that is missing would ask for something else.
  const literals = value === null ? ['null'] : value === undefined ? [] : [literal(value)];
  const read = compared(String(op), attr, literals);
  // Words of builders make other expressions.
  if (read.toJSON().op !== op) throw wrong('value', `"${op}" is not an operator`);
  return read;
}

/** The text of an expression; a copy of one has lost what makes it an expression. */
function textOf(expression) {
  if (typeof expression === 'string' || isExpression(expression)) return String(expression);
  const reason = `must be a text or an expression, not ${typeOf(expression)}; fromJSON() makes one of a copy`;
  throw oktaError('argument', `expression ${reason}`, { argument: 'expression' });
}

/** What in an expression goes beyond the documentation of `filter` or `search`. */
export function check(expression, parameter) {
  return core().exprCheck(textOf(expression), isSearch(parameter));
}

/** A predicate, to test many objects with. */
export function compile(expression, options) {
  const { parameter } = callOptions(options, MATCH);
  const [text, search] = [textOf(expression), parameter !== 'filter'];
  const matcher = kept((core) => new core.Matcher(text, search));
  matcher();
  return (record) => {
    let found;
    let thrown;
    try {
      found = matcher().matches(record);
    } finally {
      thrown = takeThrown();
    }
    if (thrown) throw thrown.cause;
    return found;
  };
}

const compiled = new WeakMap();

/** Whether an object matches, as the org would say. */
export function matches(expression, record, options) {
  if (!isExpression(expression) || options !== undefined) return compile(expression, options)(record);
  if (!compiled.has(expression)) compiled.set(expression, compile(expression));
  return compiled.get(expression)(record);
}

function isSearch(parameter) {
  if (parameter === 'search' || parameter === 'filter') return parameter === 'search';
  throw oktaError('argument', 'parameter must be one of search, filter', { argument: 'parameter' });
}

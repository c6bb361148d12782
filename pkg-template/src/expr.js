// Expressions of `filter` and `search`. What a comparison is, means and matches, and how a text is read, is Rust's. Here an
// expression gets its JavaScript shape, a frozen tree that prints as its text, and expressions are joined: each knows its
// text and depth, so its terms are neither read nor written again. A test holds this equal to what Rust reads in the text.
import { BRAND, isExpression } from './brand.js';
import { Matcher, exprCheck, exprCompare, exprListed, exprParse } from 'okta-groups-core';
import { kept, ready } from './wasm.js';
import { oktaError } from './error-classes.js';
import { takeThrown } from './matched.js';
import { literal } from './literal.js';
import { MATCH } from './more-options.js';
import { callOptions, textArgument, typeOf } from './options.js';
import { own } from './own.js';

/** As `told` in Rust numbers them. */
const OPS = ['and', 'or', 'not', 'pr', 'eq', 'ne', 'gt', 'ge', 'lt', 'le', 'sw', 'co', 'ew'];
/** As Rust's. */
const MAX_DEPTH = 64;

class Expr {
  #text;
  /** Levels of and, or and not. */
  #depth;
  /** 1 if it is documented for `filter`, 2 for `search`, added up. */
  #documented;
  /** Of what was joined: the expressions that it was joined of, until somebody reads the tree. */
  #terms;
  /** The tree, which has no methods. */
  #node;

  constructor(text, depth, documented, node, terms) {
    this.#text = text;
    this.#depth = depth;
    this.#documented = documented;
    this.#node = node;
    this.#terms = terms;
    this.op = node.op;
    if (terms) Object.defineProperty(this, 'args', own({ get: () => this.#tree().args, enumerable: true }));
    else if (Object.hasOwn(node, 'args')) this.args = node.args;
    else {
      this.attr = node.attr;
      if (node.op !== 'pr') this.value = node.value;
    }
    Object.freeze(this);
  }

  /** Of what Rust tells of an expression with the text that is `given`, or with the one that it tells. */
  static read(told, given) {
    const [end, depth, documented] = told;
    const text = end < told.length ? textOfUnits(told.subarray(end)) : given;
    return new Expr(text, depth, documented, nodesOf(told, text));
  }

  static join(op, given) {
    // One of another copy of the package is known by its text alone.
    const terms = given.map((term) => (#text in term ? term : parse(String(term))));
    if (terms.length === 1 && op !== 'not') return terms[0];
    const isSame = (term) => term.op === op && op !== 'not';
    const depth = terms.reduce((most, term) => Math.max(most, term.#depth + (isSame(term) ? 0 : 1)), 0);
    if (depth > MAX_DEPTH) throw tooDeep();
    const encloses = (term) => op === 'not' || (op === 'and' && term.op === 'or');
    const textOf = (term) => (encloses(term) ? `(${term.#text})` : term.#text);
    // Added up and not joined: engines keep a sum as its parts until it is read.
    const text =
      op === 'not'
        ? `not ${textOf(terms[0])}`
        : terms.map(textOf).reduce((all, one) => `${all} ${op} ${one}`);
    const documented = op === 'not' ? 0 : terms.reduce((all, term) => all & term.#documented, 3);
    return new Expr(text, depth, documented, { op }, terms);
  }

  /**
   * Whether `value` was built here, so that its text need not be read again, and whether it is documented for the parameter:
   * 0, 1 or, if both, 3.
   */
  static builtHere(value, parameter) {
    // A text that Rust refuses for its length goes the way of texts.
    if (!isExpression(value) || !(#text in value) || value.#text.length > 300_000) return 0;
    return value.#documented & (parameter === 'filter' ? 1 : 2) ? 3 : 1;
  }

  #tree() {
    if (this.#terms) {
      const { op } = this;
      const args = [];
      // Not by recursion: what was joined in a loop is as deep as the loop is long.
      const left = [...this.#terms];
      for (let term = left.pop(); term; term = left.pop()) {
        if (op === 'not' || term.op !== op) args.push(term.#tree());
        else if (term.#terms) left.push(...term.#terms);
        else for (let at = term.args.length; at > 0; at--) args.push(term.args[at - 1]);
      }
      this.#node = Object.freeze({ op, args: Object.freeze(args.reverse()) });
      this.#terms = undefined;
    }
    return this.#node;
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

/**
 * Refuses an expression of a list's options that is none. Gives the events of what in them is not documented, if somebody
 * `listens`.
 */
export function listed(operation, options, listens) {
  return ['filter', 'search'].flatMap((parameter) => {
    const given = options[parameter];
    if (given === undefined) return [];
    const known = Expr.builtHere(given, parameter);
    // What was built here is read again only to find what in it is not documented.
    if (known === 3 || (known && !listens)) return [];
    return exprListed(operation, String(given), parameter === 'search', listens);
  });
}

function textOfUnits(units) {
  let text = '';
  // Arguments are limited in number.
  for (let at = 0; at < units.length; at += 4096) {
    text += String.fromCharCode(...units.subarray(at, at + 4096));
  }
  return text;
}

/** The tree of the nodes that `told` in Rust writes after its first three numbers. */
function nodesOf(told, text) {
  let at = 3;
  const node = () => {
    const op = OPS[told[at++]];
    const place = told[at++];
    if (op === 'and' || op === 'or' || op === 'not') {
      const args = [];
      for (let left = place; left > 0; left--) args.push(node());
      return Object.freeze({ op, args: Object.freeze(args) });
    }
    const length = told[at++];
    const end = told[at++];
    const attr = text.slice(place, place + length);
    if (op === 'pr') return Object.freeze({ op, attr });
    // Behind the operator, which has two letters.
    const literal = text.slice(place + length + 4, end);
    const isPlain = literal[0] === '"' && !literal.includes('\\');
    return Object.freeze({ op, attr, value: isPlain ? literal.slice(1, -1) : JSON.parse(literal) });
  };
  return node();
}

function tooDeep() {
  const reason = `more than ${MAX_DEPTH} levels of and, or, not and parentheses`;
  return oktaError('argument', `terms cannot be used: ${reason}`, { argument: 'terms' });
}

function termsOf(terms) {
  for (const term of terms) {
    if (isExpression(term)) continue;
    throw oktaError('argument', `${String(term)} is not an expression; parse() makes one of a text`, {
      argument: 'terms',
    });
  }
  return terms;
}

function compared(op, attr, literals) {
  ready();
  return Expr.read(exprCompare(op, textArgument('attr', attr), literals));
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

export function oneOf(attr, values) {
  // A text can be iterated, too.
  if (typeof values !== 'object' || !values?.[Symbol.iterator]) {
    throw oktaError('argument', `values must be an iterable of values, not ${typeOf(values)}`, {
      argument: 'values',
    });
  }
  return compared('oneOf', attr, Array.from(values, literal));
}

/** Conditions that are off drop out. With none left a group would mean "everything", which only `optional` allows. */
function joiner(op) {
  const optional = (...terms) => {
    const on = termsOf(terms.filter(Boolean));
    return on.length > 0 ? Expr.join(op, on) : undefined;
  };
  const join = (...terms) => {
    const joined = optional(...terms);
    if (joined) return joined;
    const reason = `\`${op}\` of no conditions would mean everything; ${op}.optional() gives undefined then`;
    throw oktaError('argument', `terms cannot be used: ${reason}`, { argument: 'terms' });
  };
  return Object.assign(join, { optional });
}

export const and = joiner('and');
export const or = joiner('or');

export function not(term) {
  return Expr.join('not', termsOf([term]));
}

export function parse(text) {
  ready();
  return Expr.read(exprParse(textArgument('text', text)), text);
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
  const { op, attr, value, args } = own(node);
  const wrong = (argument, reason) =>
    oktaError('argument', `${argument} cannot be used: ${reason}`, { argument });
  // What is less deep than this is counted where it is joined.
  if (depth > 100) throw tooDeep();
  if (op === 'and' || op === 'or' || op === 'not') {
    const terms = Array.from(args ?? [], (arg) => built(arg, depth + 1));
    if (op === 'not' && terms.length !== 1) throw wrong('terms', '`not` has one');
    return op === 'not' ? not(terms[0]) : (op === 'and' ? and : or)(...terms);
  }
  // parse() may read null; what is built here never holds it: a value that is missing would ask for something else.
  const literals = value === null ? ['null'] : value === undefined ? [] : [literal(value)];
  const read = compared(String(op), attr, literals);
  // Words of builders make other expressions.
  if (read.op !== op) throw wrong('value', `"${op}" is not an operator`);
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
  ready();
  return exprCheck(textOf(expression), isSearch(parameter));
}

/** A predicate, to test many objects with. */
export function compile(expression, options) {
  const { parameter } = callOptions(options, MATCH);
  const [text, search] = [textOf(expression), parameter !== 'filter'];
  const matcher = kept(() => new Matcher(text, search));
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

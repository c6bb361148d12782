// Expressions of `filter` and `search`. Rust decides how comparisons are written, read and matched. This file makes the
// JavaScript object, a frozen tree that prints as its text, and joins expressions: each keeps its text and depth, so joining
// parses no term again. A test holds a joined tree equal to the one that Rust reads in its text.
import { BRAND, isExpression } from './brand.js';
import { Matcher, exprCheck, exprCompare, exprListed, exprParse, exprText } from 'okta-groups-core';
import { kept, ready } from './wasm.js';
import { oktaError } from './error-classes.js';
import { takeThrown } from './matched.js';
import { literal } from './literal.js';
import { MATCH } from './more-options.js';
import { callOptions, textArgument, typeOf } from './options.js';
import { own } from './own.js';
import { memory } from './trap.js';

/** The kinds of nodes in Rust's tape, and the operators, as Rust numbers them. */
const OPS = ['and', 'or', 'not', 'pr', 'eq', 'ne', 'gt', 'ge', 'lt', 'le', 'sw', 'co', 'ew'];
/** The numbers of a node in the tape. */
const NODE = 5;
const QUOTE = 34;
/** The deepest nesting; Rust has the same limit. */
const MAX_DEPTH = 64;

/** The memory, and a view of its buffer. */
let of;
let view;

class Expr {
  #text;
  /** The levels of and, or and not. */
  #depth;
  /** The sum of 1 if Okta documents the expression for `filter`, and 2 for `search`. */
  #documented;
  /** The terms of a joined expression, until the tree is read. */
  #terms;
  /** The tree of plain objects, once it was needed. */
  #node;

  /** A comparison has `attr` and `value`, a group `args`, a joined one `terms`. */
  constructor(text, depth, documented, op, attr, value, args, terms) {
    this.#text = text;
    this.#depth = depth;
    this.#documented = documented;
    this.#terms = terms;
    this.op = op;
    if (attr !== undefined) {
      this.attr = attr;
      if (op !== 'pr') this.value = value;
    } else if (args) this.args = args;
    else Object.defineProperty(this, 'args', own({ get: () => this.#tree().args, enumerable: true }));
    Object.freeze(this);
  }

  /** Makes an expression of the tape that Rust left at `place`. Its text is `given`, unless Rust wrote another. */
  static read(place, given) {
    let at = place / 4;
    const text = numbers()[at + 3] ? exprText() : given;
    const tape = numbers();
    const depth = tape[at + 1];
    const documented = tape[at + 2];
    const end = at + tape[at] * NODE;
    const hasEscapes = text.includes('\\');
    /** The nodes that are in no group yet. */
    let nodes = [];
    for (;;) {
      at += NODE;
      const op = OPS[tape[at]];
      const from = tape[at + 1];
      let attr;
      let value;
      let args;
      if (op === 'and' || op === 'or' || op === 'not') {
        args = Object.freeze(from === nodes.length ? nodes : nodes.splice(-from));
        if (args === nodes) nodes = [];
      } else {
        attr = text.slice(from, tape[at + 2]);
        if (op !== 'pr') value = literalIn(text, tape[at + 3], tape[at + 4], hasEscapes);
      }
      if (at === end) return new Expr(text, depth, documented, op, attr, value, args);
      nodes.push(nodeOf(op, attr, value, args));
    }
  }

  static join(op, given) {
    // An expression of another copy of the package is parsed from its text.
    const terms = given.map((term) => (#text in term ? term : parse(String(term))));
    if (terms.length === 1 && op !== 'not') return terms[0];
    const isSame = (term) => term.op === op && op !== 'not';
    const depth = terms.reduce((most, term) => Math.max(most, term.#depth + (isSame(term) ? 0 : 1)), 0);
    if (depth > MAX_DEPTH) throw tooDeep();
    const encloses = (term) => op === 'not' || (op === 'and' && term.op === 'or');
    const textOf = (term) => (encloses(term) ? `(${term.#text})` : term.#text);
    // By `+` and not by join(): engines keep such a text as its parts until it is read.
    const text =
      op === 'not'
        ? `not ${textOf(terms[0])}`
        : terms.map(textOf).reduce((all, one) => `${all} ${op} ${one}`);
    const documented = op === 'not' ? 0 : terms.reduce((all, term) => all & term.#documented, 3);
    return new Expr(text, depth, documented, op, undefined, undefined, undefined, terms);
  }

  /**
   * Whether this copy of the package built `value`, so that its text need not be parsed again: 0 if not, 1 if so, 3 if
   * Okta also documents it for the parameter.
   */
  static builtHere(value, parameter) {
    // A long expression is parsed as a text, so that Rust refuses it for its length.
    if (!isExpression(value) || !(#text in value) || value.#text.length > 300_000) return 0;
    return value.#documented & (parameter === 'filter' ? 1 : 2) ? 3 : 1;
  }

  #tree() {
    if (this.#terms) {
      const { op } = this;
      const args = [];
      // Not recursive: an expression that was joined in a loop nests as deep as the loop is long.
      const left = [...this.#terms];
      for (let term = left.pop(); term; term = left.pop()) {
        if (op === 'not' || term.op !== op) args.push(term.#tree());
        else if (term.#terms) left.push(...term.#terms);
        else for (let at = term.args.length; at > 0; at--) args.push(term.args[at - 1]);
      }
      this.#node = nodeOf(op, undefined, undefined, Object.freeze(args.reverse()));
      this.#terms = undefined;
    }
    return (this.#node ??= Object.freeze({ ...this }));
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
 * Refuses an invalid expression in a list's options. Returns the warning events of undocumented parts, if the program
 * `listens` to events.
 */
export function listed(operation, options, listens) {
  return ['filter', 'search'].flatMap((parameter) => {
    const given = options[parameter];
    if (given === undefined) return [];
    const known = Expr.builtHere(given, parameter);
    // An expression that was built here is parsed again only to find its undocumented parts.
    if (known === 3 || (known && !listens)) return [];
    return exprListed(operation, String(given), parameter === 'search', listens);
  });
}

/** The wasm's memory as numbers: they are read in place, since a copy of so few costs more than they do. */
function numbers() {
  // The memory of an instance that grows gets another buffer, and the old one has no length then.
  if (of !== memory || !view.length) {
    of = memory;
    view = new Uint32Array(memory.buffer);
  }
  return view;
}

function nodeOf(op, attr, value, args) {
  return Object.freeze(args ? { op, args } : op === 'pr' ? { op, attr } : { op, attr, value });
}

function literalIn(text, from, end, hasEscapes) {
  const isText = text.charCodeAt(from) === QUOTE;
  return isText && !hasEscapes ? text.slice(from + 1, end - 1) : JSON.parse(text.slice(from, end));
}

function tooDeep() {
  const reason = `more than ${MAX_DEPTH} levels of and, or, not and parentheses`;
  return oktaError('argument', `terms cannot be used: ${reason}`, { argument: 'terms' });
}

function termsOf(terms) {
  for (const term of terms) {
    if (isExpression(term)) continue;
    throw oktaError('argument', `${String(term)} is not an expression; parse() makes one from text`, {
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
  // A text is iterable, but not a list of values.
  if (typeof values !== 'object' || !values?.[Symbol.iterator]) {
    throw oktaError('argument', `values must be an iterable of values, not ${typeOf(values)}`, {
      argument: 'values',
    });
  }
  return compared('oneOf', attr, Array.from(values, literal));
}

/** Joins conditions and drops falsy ones. Without any condition left the result would match everything: `join` refuses that. */
function joiner(op) {
  const optional = (...terms) => {
    const on = termsOf(terms.filter(Boolean));
    return on.length > 0 ? Expr.join(op, on) : undefined;
  };
  const join = (...terms) => {
    const joined = optional(...terms);
    if (joined) return joined;
    const reason = `\`${op}\` needs a condition; ${op}.optional() returns undefined without one`;
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
  const place = exprParse(textArgument('text', text));
  // This throws the error of the syntax.
  if (!place) exprCheck(text, true);
  return Expr.read(place, text);
}

/** Parses a template. Values in it are quoted; only expressions are inserted unchanged. */
export function expr(strings, ...values) {
  if (!Array.isArray(strings)) {
    throw oktaError('argument', 'expr is a template tag, as in expr`id eq ${id}`; parse() reads a text', {
      argument: 'strings',
    });
  }
  const spliced = (value) => (isExpression(value) ? `(${value})` : literal(value));
  return parse(strings.reduce((text, string, i) => text + spliced(values[i - 1]) + string));
}

/** Makes an expression from the result of its `toJSON`. */
export function fromJSON(node) {
  return built(node, 0);
}

function built(node, depth) {
  const { op, attr, value, args } = own(node);
  const wrong = (argument, reason) =>
    oktaError('argument', `${argument} cannot be used: ${reason}`, { argument });
  // Against a stack overflow; join() checks the exact limit.
  if (depth > 100) throw tooDeep();
  if (op === 'and' || op === 'or' || op === 'not') {
    const terms = Array.from(args ?? [], (arg) => built(arg, depth + 1));
    if (op === 'not' && terms.length !== 1) throw wrong('terms', '`not` has one');
    return op === 'not' ? not(terms[0]) : (op === 'and' ? and : or)(...terms);
  }
  // Builders refuse null, since a missing value would change the meaning; parse() accepts it, so a copy may hold it.
  const literals = value === null ? ['null'] : value === undefined ? [] : [literal(value)];
  const read = compared(String(op), attr, literals);
  // The core also knows names of builders ('between', 'oneOf'), which make other operators.
  if (read.op !== op) throw wrong('value', `"${op}" is not an operator`);
  return read;
}

/** The text of an expression. Refuses a copy, such as a clone or JSON, which has no brand. */
function textOf(expression) {
  if (typeof expression === 'string' || isExpression(expression)) return String(expression);
  const reason = `must be a string or an expression, not ${typeOf(expression)}; fromJSON() makes one from a copy`;
  throw oktaError('argument', `expression ${reason}`, { argument: 'expression' });
}

/** The parts of an expression that Okta does not document for `filter` or `search`. */
export function check(expression, parameter) {
  ready();
  return exprCheck(textOf(expression), isSearch(parameter));
}

/** Makes a predicate that tests many objects. */
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

/** Whether an object matches, by the rules of the org. */
export function matches(expression, record, options) {
  if (!isExpression(expression) || options !== undefined) return compile(expression, options)(record);
  if (!compiled.has(expression)) compiled.set(expression, compile(expression));
  return compiled.get(expression)(record);
}

function isSearch(parameter) {
  if (parameter === 'search' || parameter === 'filter') return parameter === 'search';
  throw oktaError('argument', 'parameter must be one of search, filter', { argument: 'parameter' });
}

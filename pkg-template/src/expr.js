// Expressions of `filter` and `search`. Rust decides how comparisons are written, read and matched. This file makes the
// JavaScript object, a frozen tree that prints as its text, and joins expressions: each keeps its text and depth, so joining
// parses no term again. A test holds a joined tree equal to the one that Rust reads in its text.
import { BRAND, isExpression } from './brand.js';
import { Matcher, exprCheck, exprCompare, exprListed, exprParse } from 'okta-groups-core';
import { kept, ready } from './wasm.js';
import { oktaError } from './error-classes.js';
import { takeThrown } from './matched.js';
import { literal } from './literal.js';
import { MATCH } from './more-options.js';
import { callOptions, textArgument, typeOf } from './options.js';
import { own } from './own.js';

/** The operators, in the order in which `told` in Rust numbers them. */
const OPS = ['and', 'or', 'not', 'pr', 'eq', 'ne', 'gt', 'ge', 'lt', 'le', 'sw', 'co', 'ew'];
/** The deepest nesting; Rust has the same limit. */
const MAX_DEPTH = 64;

class Expr {
  #text;
  /** The levels of and, or and not. */
  #depth;
  /** The sum of 1 if Okta documents the expression for `filter`, and 2 for `search`. */
  #documented;
  /** The terms of a joined expression, until the tree is read. */
  #terms;
  /** The tree of plain objects. */
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

  /** Makes an expression from the numbers of Rust's `told`. Its text is in these numbers, or is `given`. */
  static read(told, given) {
    const [end, depth, documented] = told;
    const text = end < told.length ? textOfUnits(told.subarray(end)) : given;
    return new Expr(text, depth, documented, nodesOf(told, text));
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
    return new Expr(text, depth, documented, { op }, terms);
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

function textOfUnits(units) {
  let text = '';
  // In pieces: engines limit the number of arguments.
  for (let at = 0; at < units.length; at += 4096) {
    text += String.fromCharCode(...units.subarray(at, at + 4096));
  }
  return text;
}

/** Makes the tree from the nodes that `told` in Rust writes after its first three numbers. */
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
    // After the operator, which has two letters.
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

/** Parses a template. Values in it are quoted; only expressions are inserted unchanged. */
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
  const reason = `must be a text or an expression, not ${typeOf(expression)}; fromJSON() makes one of a copy`;
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

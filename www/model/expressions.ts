// Conditions as the expression that the org searches by, and back.
import {
  and,
  check,
  co,
  gt,
  isOktaError,
  lt,
  oneOf,
  or,
  parse,
  sw,
  type Expr,
  type ExprNode,
  type ExprWarning,
} from 'okta-groups/external';
import { normal, type Conditions } from './conditions.ts';
import { dayAfter, dayOf, startOf, type Day } from './days.ts';

/** The expression of the conditions for `search`; `undefined` if they are none for the org. */
export function toExpression(conditions: Conditions): string | undefined {
  const expression = and.optional(...termsOf(conditions));
  return expression && String(expression);
}

function termsOf(conditions: Conditions): Expr[] {
  const { text, startsWith, types, sources, stale, created } = normal(conditions);
  const terms: (Expr | undefined)[] = [
    text === undefined ? undefined : or(co('profile.name', text), co('profile.description', text)),
    startsWith === undefined ? undefined : sw('profile.name', startsWith),
    types && oneOf('type', types),
    sources && oneOf('source.id', sources),
    stale === undefined ? undefined : lt('lastUpdated', startOf(stale)),
    stale === undefined ? undefined : lt('lastMembershipUpdated', startOf(stale)),
    // Okta documents `gt` and `lt` for dates, not `ge` and `le`. Its dates have milliseconds, so these ranges are exact.
    created?.from === undefined ? undefined : gt('created', new Date(startOf(created.from).getTime() - 1)),
    created?.to === undefined ? undefined : lt('created', startOf(dayAfter(created.to, 1))),
  ];
  return terms.filter((term) => term !== undefined);
}

/** Where a text stops being an expression. */
export interface TextFault {
  /** Index into the text. */
  readonly position: number;
  /** What is there. */
  readonly found: string;
  /** What the syntax allows there. */
  readonly expected: readonly string[];
  /** For people. */
  readonly message: string;
}

/** What an expression's text is: conditions, or a text of its own. */
export type FromExpression =
  | { readonly conditions: Conditions; readonly text?: undefined; readonly fault?: undefined }
  | {
      /** The text as it was given: chips cannot show it. */
      readonly text: string;
      /** Why the text is no expression; absent if it is one. */
      readonly fault?: TextFault;
      readonly conditions?: undefined;
    };

/** The conditions that a text says, if chips can show all of it; else the text. An empty text is no condition. */
export function fromExpression(text: string): FromExpression {
  if (text.trim() === '') return { conditions: {} };
  const read = readExpression(text);
  if (read.fault) return { text, fault: read.fault };
  const conditions = conditionsOf(read.expression);
  return conditions ? { conditions } : { text };
}

/** A text that was parsed: the expression and what Okta does not document of it, or the fault. */
export type ReadExpression =
  | {
      readonly expression: Expr<never>;
      readonly warnings: readonly ExprWarning[];
      readonly fault?: undefined;
    }
  | { readonly fault: TextFault; readonly expression?: undefined; readonly warnings?: undefined };

/** Parses a text for `search`. */
export function readExpression(text: string): ReadExpression {
  try {
    const expression = parse(text);
    return { expression, warnings: check(expression, 'search') };
  } catch (error) {
    if (!isOktaError(error, 'expression')) throw error;
    const { position, found, expected, message } = error;
    return { fault: { position, found, expected, message } };
  }
}

/**
 * The conditions of a tree. Each term gives a guess; the guess holds if the terms that it writes are the terms of the tree, in any
 * order. So nothing of an expression is lost.
 */
function conditionsOf(expression: Expr): Conditions | undefined {
  const terms = expression.op === 'and' ? expression.args : [expression];
  const guess = normal(Object.assign({}, ...terms.map(guessOf), createdOf(terms)));
  const keys = (nodes: readonly ExprNode[]): string => nodes.map(keyOf).sort().join(' ');
  return keys(terms) === keys(termsOf(guess)) ? guess : undefined;
}

function guessOf(term: ExprNode): Conditions {
  const terms = term.op === 'or' ? term.args : [term];
  const [first] = terms;
  if (first === undefined || !('value' in first)) return {};
  const values = terms.map((each) => String('value' in each ? each.value : ''));
  const value = String(first.value);
  switch (`${first.attr} ${first.op}`) {
    case 'profile.name co':
    case 'profile.description co':
      return { text: value };
    case 'profile.name sw':
      return { startsWith: value };
    case 'type eq':
      return { types: values };
    case 'source.id eq':
      return { sources: values };
    case 'lastUpdated lt':
      return { stale: value.slice(0, 10) };
    default:
      return {};
  }
}

/** The range of days that two terms may be. */
function createdOf(terms: readonly ExprNode[]): { created?: { from?: Day; to?: Day } } {
  const created: { from?: Day; to?: Day } = {};
  for (const term of terms) {
    if (!('value' in term) || term.attr !== 'created') continue;
    const time = Date.parse(String(term.value));
    if (Number.isNaN(time)) continue;
    if (term.op === 'gt') created.from = dayOf(time + 1);
    if (term.op === 'lt') created.to = dayOf(time - 1);
  }
  return { created };
}

/** A text that is the same for nodes that differ only in the order of their terms. */
function keyOf(node: ExprNode): string {
  if ('args' in node) return `${node.op}(${node.args.map(keyOf).sort().join(' ')})`;
  return JSON.stringify('value' in node ? [node.op, node.attr, node.value] : [node.op, node.attr]);
}

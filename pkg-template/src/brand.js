/** Marks an expression of any copy of this package. */
export const BRAND = Symbol.for('okta-groups.expr');

export function isExpression(value) {
  return value?.[BRAND] === true;
}

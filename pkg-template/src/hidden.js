/** The base of credentials: JSON and `console.log` show its kind only. */
export class Hidden {
  constructor(kind) {
    this.kind = kind;
  }

  toJSON() {
    return { kind: this.kind };
  }

  [Symbol.for('nodejs.util.inspect.custom')]() {
    return `${this.kind}([redacted])`;
  }
}

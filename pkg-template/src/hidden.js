/** Shows its kind and nothing else, however it is looked at. */
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

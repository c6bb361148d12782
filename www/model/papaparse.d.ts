// The part of papaparse that the console calls. Its own types bring those of Node with them, and the console runs in browsers.
declare module 'papaparse' {
  interface ParseError {
    readonly type: 'Quotes' | 'Delimiter' | 'FieldMismatch';
    /** Index of the row in `data`. */
    readonly row?: number;
  }
  interface ParseConfig {
    readonly delimiter: string;
    readonly newline: '\n';
    readonly skipEmptyLines: false;
  }
  const Papa: {
    parse(text: string, config: ParseConfig): { readonly data: string[][]; readonly errors: ParseError[] };
    unparse(rows: readonly (readonly string[])[], config: { readonly newline: '\n' }): string;
  };
  export default Papa;
}

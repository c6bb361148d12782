// `export`.
import { CliError, EXIT } from '../exit.js';
export async function exported() {
  throw new CliError(EXIT.USAGE, 'export is not there yet');
}

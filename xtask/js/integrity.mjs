// Prints the hash of a file as `integrity` has it.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

console.log(`sha384-${createHash('sha384').update(readFileSync(process.argv[2])).digest('base64')}`);

// Prints the hash of a file in the form of the attribute `integrity`.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

console.log(`sha384-${createHash('sha384').update(readFileSync(process.argv[2])).digest('base64')}`);

// The command `okta-groups`: `dist/cli.js`, bin of the package.
import { homedir } from 'node:os';
import { main } from './main.js';

const { stdin, stdout, stderr, env, platform } = process;
// @ts-ignore: the build puts it in
const version = CLI_VERSION;
const code = await main(process.argv.slice(2), {
  stdin,
  stdout,
  stderr,
  env,
  platform,
  home: homedir(),
  version,
});
process.exitCode = code;
// Sockets that are kept for a next request would keep the process for some seconds.
setTimeout(() => process.exit(), 300).unref();

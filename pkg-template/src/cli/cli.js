// The entry of the command `okta-groups`: `dist/cli.js`, the package's bin. Passes the process's streams to main.js.
import { homedir } from 'node:os';
import { main } from './main.js';

const { stdin, stdout, stderr, env, platform } = process;
// @ts-ignore: the build defines it
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
// Idle keep-alive sockets would keep the process alive for some seconds.
setTimeout(() => process.exit(), 300).unref();

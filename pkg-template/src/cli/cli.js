// The entry of the command `okta-groups`: `dist/cli.js`, the package's bin. Passes the process's streams to main.js.
import { homedir } from 'node:os';
import { isAbsolute } from 'node:path';
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
  home: homeFolder(),
  version,
});
process.exitCode = code;
// Idle keep-alive sockets would keep the process alive for some seconds.
setTimeout(() => process.exit(), 300).unref();

/**
 * The home folder; `undefined` if there is none. Node throws if HOME is not set and the system does not know the user, as in
 * containers. A relative HOME would name a folder below the current one, which anybody may have written.
 */
function homeFolder() {
  try {
    const home = homedir();
    return isAbsolute(home) ? home : undefined;
  } catch {
    return undefined;
  }
}

// What the frameworks of this folder have in common: a Node that is new enough for them, and where they are installed.
import { dirname, delimiter, join } from 'node:path';

import { NODES } from '../project.mjs';

const TOOLS = join(import.meta.dirname, 'node_modules');

/** The program of a package here. */
export const tool = (path) => join(TOOLS, path);

/** Node 24, where the platform has it; else the newest there is. */
export const [, NODE] = NODES.find(([, , major]) => major === 24) ?? NODES.at(-1);

export const options = {
  env: {
    ...process.env,
    PATH: dirname(NODE) + delimiter + process.env.PATH,
    NODE_ENV: 'production',
    NO_COLOR: '1',
    CI: '1',
    HOST: '127.0.0.1',
    NG_CLI_ANALYTICS: 'false',
    REACT_ROUTER_TELEMETRY: '0',
  },
  timeout: 600_000,
};

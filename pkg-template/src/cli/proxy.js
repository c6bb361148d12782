// Finds the proxy of a URL. The fetch of Node 20 ignores HTTPS_PROXY, so with a proxy the command loads another fetch from a
// separate file: undici is larger than the rest of the command, and most programs do not need it.
import { printable } from './printable.js';
import { noSignIn } from './exit.js';

/** The `fetch` and `fetchOptions` of the client; empty without a proxy. */
export async function fetchFor(orgUrl, env) {
  const proxy = proxyFor(orgUrl, env);
  if (!proxy) return {};
  // @ts-ignore: a separate bundle
  const { through } = await import('./cli-proxy.js');
  return { ...through(proxy), proxy: shown(proxy) };
}

/** The proxy of a URL by the variables that curl and other programs read. Lower case takes precedence, as it does there. */
export function proxyFor(url, env) {
  let target;
  try {
    target = new URL(url);
  } catch {
    return undefined;
  }
  const scheme = target.protocol.slice(0, -1);
  // The client uses plain http for loopback hosts only, which need no proxy.
  if (scheme !== 'https') return undefined;
  const named = env.https_proxy || env.HTTPS_PROXY || env.all_proxy || env.ALL_PROXY;
  if (!named || excepted(target, env.no_proxy || env.NO_PROXY || '')) return undefined;
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(named) ? named : `http://${named}`;
  let proxy;
  try {
    proxy = new URL(text);
  } catch {
    throw noSignIn('HTTPS_PROXY is no URL');
  }
  if (!['http:', 'https:'].includes(proxy.protocol))
    throw noSignIn(`HTTPS_PROXY must be an http or https proxy, not ${printable(proxy.protocol)}`);
  return proxy;
}

/** Whether `NO_PROXY` lists a URL: hosts and suffixes of hosts, with or without a port, or `*`. */
function excepted({ hostname, port, protocol }, list) {
  const actual = port || (protocol === 'https:' ? '443' : '80');
  return list
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => {
      if (entry === '*') return true;
      const [, name, at] = /^(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
      if (at && at !== actual) return false;
      const end = name.replace(/^\*?\./, '');
      return hostname === end || hostname.endsWith(`.${end}`);
    });
}

/** The proxy's URL without its password. */
const shown = ({ protocol, host }) => `${protocol}//${host}`;

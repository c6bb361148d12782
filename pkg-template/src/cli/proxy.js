// Proxies. The fetch of Node 20 knows no HTTPS_PROXY, so a proxy gets a fetch that does, from a file of its own: undici is
// larger than the rest of the command and most never need it.
import { printable } from './printable.js';
import { noSignIn } from './exit.js';

/** How requests to the org are sent: nothing of it is set where no proxy is. */
export async function fetchFor(orgUrl, env) {
  const proxy = proxyFor(orgUrl, env);
  if (!proxy) return {};
  // @ts-ignore: a bundle of its own
  const { through } = await import('./cli-proxy.js');
  return { ...through(proxy), proxy: shown(proxy) };
}

/** The proxy of a URL by the variables that curl and others know; lower case comes first, as theirs does. */
export function proxyFor(url, env) {
  let target;
  try {
    target = new URL(url);
  } catch {
    return undefined;
  }
  const scheme = target.protocol.slice(0, -1);
  // Plain http is for loopback hosts, where no proxy is between.
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
    throw noSignIn(
      `HTTPS_PROXY is a proxy of another kind than http and https: ${printable(proxy.protocol)}`,
    );
  return proxy;
}

/** `NO_PROXY`: hosts and ends of hosts, with a port or without, or `*`. */
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

/** Without a password. */
const shown = ({ protocol, host }) => `${protocol}//${host}`;

// Makes a fetch that sends requests through a proxy: `dist/cli-proxy.js`.
import { ProxyAgent, fetch } from 'undici';

export function through(proxy) {
  const { username, password } = proxy;
  const token =
    username &&
    `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`;
  const dispatcher = new ProxyAgent({ uri: proxy.origin, ...(token && { token }) });
  return { fetch: (url, init) => fetch(url, { ...init, dispatcher }), fetchOptions: {} };
}

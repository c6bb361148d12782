// What is read of an error that `fetch` threw. What it proves, `connection_code` of the core decides, and auth/fault.js
// where there is no core.

const NAMES = ['code', 'errno', 'message', 'syscall', 'erroredSysCall'];

/** The codes and texts of what `fetch` threw for `url`, and whether it names the making of the connection. */
export function faultTexts(cause, url) {
  const codes = [];
  let says = '';
  let isUnsent = false;
  try {
    // Node has the system's error as the cause, of several addresses the first one's; others have its code themselves.
    const inner = its(cause, 'cause');
    for (const error of [cause, inner, its(inner, 'errors')?.[0]]) {
      // node-fetch 3 has a name of its own for the call that failed.
      const [code, errno, message, syscall, erroredSysCall] = NAMES.map((name) => its(error, name));
      for (const text of [code, errno]) if (typeof text === 'string') codes.push(text);
      if (typeof code === 'string') says += `${code} `;
      // Without the address, which may hold any word.
      if (typeof message === 'string') says += `${message.replaceAll(url, '')} `;
      isUnsent ||= /^(connect|getaddrinfo)$/.test(syscall ?? erroredSysCall);
    }
  } catch {
    // A getter that throws, a revoked proxy: nothing is known of it.
  }
  return { codes, says, isUnsent };
}

/** What an object has itself or of its class, not by a polluted `Object.prototype`. */
function its(value, name) {
  const object = Object(value);
  return Object.hasOwn(object, name) || object[name] !== Object.prototype[name] ? object[name] : undefined;
}

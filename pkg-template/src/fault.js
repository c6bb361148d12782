// Reads codes and texts of an error that `fetch` threw. `connection_code` of the core decides what they prove;
// auth/fault.js decides the same for token requests, which have no core.

const NAMES = ['code', 'errno', 'message', 'syscall', 'erroredSysCall'];

/** The codes and texts of an error that `fetch` threw for `url`, and whether it failed while connecting. */
export function faultTexts(cause, url) {
  const codes = [];
  let says = '';
  let isUnsent = false;
  try {
    // Node has the system's error as the cause, for several addresses in its `errors`. Other runtimes set the code on the
    // error itself.
    const inner = its(cause, 'cause');
    for (const error of [cause, inner, its(inner, 'errors')?.[0]]) {
      // node-fetch 3 names the failed system call `erroredSysCall`.
      const [code, errno, message, syscall, erroredSysCall] = NAMES.map((name) => its(error, name));
      for (const text of [code, errno]) if (typeof text === 'string') codes.push(text);
      if (typeof code === 'string') says += `${code} `;
      // Without the URL, which may contain any word.
      if (typeof message === 'string') says += `${message.replaceAll(url, '')} `;
      isUnsent ||= /^(connect|getaddrinfo)$/.test(syscall ?? erroredSysCall);
    }
  } catch {
    // A getter that throws or a revoked proxy: the error stays unknown.
  }
  return { codes, says, isUnsent };
}

/** A member of the object or its class, not of a polluted `Object.prototype`. */
function its(value, name) {
  const object = Object(value);
  return Object.hasOwn(object, name) || object[name] !== Object.prototype[name] ? object[name] : undefined;
}

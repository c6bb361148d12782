// Promises of calls, with the caller in their stack traces.

/** A Promise of `data` with `withResponse()`, of a Promise of `{ data, response }`. */
export function apiPromise(answer) {
  const whole = traced(answer);
  const data = whole.then((reply) => reply.data);
  Object.defineProperty(data, 'withResponse', {
    value() {
      // Whoever asks for the whole is told of a failure there.
      data.catch(() => {});
      return whole;
    },
  });
  return data;
}

/** `promise`, its error's stack taken here: one from inside wasm would not show who made the call. */
export async function traced(promise) {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof Error) Error.captureStackTrace?.(error, traced);
    throw error;
  }
}

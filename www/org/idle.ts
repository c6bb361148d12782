// Locks the console after a time without a key or a pointer: everything is hidden, and the proxy drops the token.
import { effect, signal } from '@preact/signals';

import { calls } from './log.ts';
import { forget } from './rights.ts';
import { hidden, host, signedOut } from './session.ts';

/** Minutes until the console locks itself; 0: never. A local org has nothing to lock away. */
export const lockAfter = signal(host.kind === 'proxy' ? 15 : 0);

/** Choices of {@link lockAfter}. */
export const LOCK_CHOICES = [5, 15, 30, 60, 0];

let last = Date.now();

function check(): void {
  const minutes = lockAfter.value;
  if (minutes === 0 || hidden.value !== undefined || signedOut.value) return;
  if (Date.now() - last < minutes * 60_000) return;
  // The shell tells where the proxy did not answer.
  void forget('locked').catch(() => undefined);
}

/** Watches from the first import on. */
function watch(): void {
  const touch = () => {
    // A page that was frozen or in the background checks first: what woke it must not unlock it.
    check();
    last = Date.now();
  };
  for (const type of ['pointerdown', 'keydown', 'wheel']) {
    addEventListener(type, touch, { capture: true, passive: true });
  }
  document.addEventListener('visibilitychange', check);
  setInterval(check, 5_000);
  // A run that writes on its own goes on: it is not idle.
  effect(() => {
    const [newest] = calls.value;
    if (newest && newest.method !== 'GET') last = Math.max(last, newest.at);
  });
}

watch();

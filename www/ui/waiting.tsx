// What the first view shows while something is under way.
import { useComputed, useSignal } from '@preact/signals';
import type { ComponentChildren, JSX } from 'preact';
import { useEffect } from 'preact/hooks';

import { longestWait, retry } from '../org/log.ts';
import { Button } from './button.tsx';

/** Seconds until `until`, counted down. */
export function Countdown({ until }: { until: number }): JSX.Element {
  const now = useSignal(Date.now());
  useEffect(() => {
    const timer = setInterval(() => (now.value = Date.now()), 250);
    return () => clearInterval(timer);
  }, [now]);
  // A timer is silent by itself: a screen reader says it when it is asked.
  return <span role="timer">{Math.max(0, Math.ceil((until - now.value) / 1000))} s</span>;
}

/** What holds the client back: the rate limit or a retry, and for how long; else `children`. */
export function Waits({ children }: { children?: ComponentChildren }): JSX.Element {
  const wait = longestWait.value;
  const again = retry.value;
  return wait ? (
    <>
      The rate limit of <code>{wait.bucket}</code> is used up down to its reserve. Requests wait:{' '}
      <Countdown until={wait.until} />
    </>
  ) : again && again.until > Date.now() ? (
    <>
      {again.status === undefined ? 'No answer came' : `The org answered ${again.status}`}. The client tries
      again in <Countdown until={again.until} />.
    </>
  ) : (
    <>{children}</>
  );
}

/** Something is under way; while the rate limit or a failure holds it back, for how long, and a way to cancel. */
export function Loading({ text = 'Loading…', cancel }: { text?: string; cancel?: () => void }): JSX.Element {
  return (
    <div class="loading">
      <p role="status">
        <Waits>{text}</Waits>
      </p>
      {(longestWait.value || retry.value) && cancel && <Button action={cancel}>Cancel</Button>}
    </div>
  );
}

/** Whether a media query holds, as it changes. */
export function useMedia(query: string): boolean {
  const list = useComputed(() => matchMedia(query));
  const holds = useSignal(list.value.matches);
  useEffect(() => {
    const told = () => (holds.value = list.value.matches);
    list.value.addEventListener('change', told);
    return () => list.value.removeEventListener('change', told);
  }, [holds, list]);
  return holds.value;
}

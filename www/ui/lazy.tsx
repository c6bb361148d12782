import { useSignal } from '@preact/signals';
import type { ComponentType, JSX } from 'preact';
import { useEffect } from 'preact/hooks';

import { comebacks } from '../org/session.ts';
import { Button } from './button.tsx';
import { ErrorNote } from './error.tsx';

type Module<P> = { default: ComponentType<P> };

let style: Promise<void> | undefined;

/** Loads the styles of later parts, once. A part whose styles do not come is drawn without them. */
export function lateStyle(): Promise<void> {
  style ??= new Promise((resolve) => {
    const file = document.querySelector<HTMLMetaElement>('meta[name="okta-groups-style"]')?.content;
    if (!file) return resolve();
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = file;
    link.onload = () => resolve();
    link.onerror = () => {
      style = undefined;
      link.remove();
      resolve();
    };
    document.head.append(link);
  });
  return style;
}

/**
 * Draws a part that is loaded when it is first shown. A part that cannot be loaded says so and offers *Retry*.
 */
export function Lazy<P extends object>({
  load,
  what,
  props,
}: {
  load: () => Promise<Module<P>>;
  /** "The screen Rules" */
  what: string;
  props: P;
}): JSX.Element {
  const part = useSignal<ComponentType<P> | undefined>(undefined);
  const error = useSignal<unknown>(undefined);
  const read = async () => {
    error.value = undefined;
    try {
      const [module] = await Promise.all([load(), lateStyle()]);
      part.value = module.default;
    } catch (why) {
      error.value = why;
    }
  };
  useEffect(() => void read(), [load]);
  const comeback = comebacks.value;
  useEffect(() => {
    // The network is back.
    if (error.peek() !== undefined) void read();
  }, [comeback]);
  if (error.value !== undefined) {
    return (
      <ErrorNote what={`${what} could not be loaded.`} error={error.value}>
        <Button action={() => void read()}>Retry</Button>
        {/* Some browsers ask for a module that failed only once a page. */}
        <Button action={() => location.reload()}>Load the console again</Button>
      </ErrorNote>
    );
  }
  const Part = part.value;
  return Part ? (
    <Part {...props} />
  ) : (
    <p class="loading" role="status">
      Loading…
    </p>
  );
}

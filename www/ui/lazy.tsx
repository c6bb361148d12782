import { useSignal } from '@preact/signals';
import type { ComponentType, JSX } from 'preact';
import { useEffect } from 'preact/hooks';

import { Button } from './button.tsx';
import { ErrorNote } from './error.tsx';

type Module<P> = { default: ComponentType<P> };

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
      part.value = (await load()).default;
    } catch (why) {
      error.value = why;
    }
  };
  useEffect(() => void read(), [load]);
  if (error.value !== undefined) {
    return (
      <ErrorNote what={`${what} could not be loaded.`} error={error.value}>
        {/* A module that failed is not asked for again by the same page. */}
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

import type { JSX } from 'preact';

/** A moment in the reader's own time and words; its exact text is the title. */
export function When({ at }: { at: string | number | undefined | null }): JSX.Element {
  const date = new Date(at ?? NaN);
  if (Number.isNaN(date.getTime())) return <span class="muted">not said by the org</span>;
  const iso = date.toISOString();
  return (
    <time dateTime={iso} title={iso}>
      {date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })}
    </time>
  );
}

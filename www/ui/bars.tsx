// A chart of bars: each bar leads to what it counts, and the same figures stand in a table below.
import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';

import { barWidths } from '../model/charts.ts';
import { grouped, share } from '../model/numbers.ts';

export interface Bar {
  key: string;
  /** In words, for titles and assistive technology. */
  label: string;
  /** What is drawn in place of `label`. */
  name?: ComponentChildren;
  count: number;
  /** Where the bar leads; without it, nowhere. */
  href?: string | undefined;
}

const WIDTH = 300;
const HEIGHT = 14;

export function Bars({
  title,
  hint,
  bars,
  log = false,
  unit = 'groups',
}: {
  title: string;
  hint?: ComponentChildren;
  bars: readonly Bar[];
  /** Widths grow by the power of ten of the count; it is said. */
  log?: boolean;
  unit?: string;
}): JSX.Element {
  const id = useId();
  const widths = barWidths(
    bars.map(({ count }) => count),
    WIDTH,
    { log },
  );
  const total = bars.reduce((sum, { count }) => sum + count, 0);
  return (
    <figure class="panel chart" aria-labelledby={`${id}-title`}>
      <figcaption>
        <h2 id={`${id}-title`}>{title}</h2>
        {hint && <p class="hint">{hint}</p>}
        {log && <p class="hint">Ten times as many make a bar one step longer.</p>}
      </figcaption>
      <ul class="bars">
        {bars.map(({ key, label, name, count, href }, at) => {
          const row = (
            <>
              <span class="bar-name">{name ?? label}</span>
              <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
                <defs>
                  <pattern id={`${id}-${at}`} width="6" height="6" patternUnits="userSpaceOnUse">
                    <path d="M0 6L6 0" />
                  </pattern>
                </defs>
                <path class="axis" d={`M0 0V${HEIGHT}`} />
                <rect class="fill" width={widths[at]} height={HEIGHT} />
                <rect class="hatch" width={widths[at]} height={HEIGHT} fill={`url(#${id}-${at})`} />
              </svg>
              <span class="bar-count">
                {grouped(count)} <span class="unseen">{unit}</span>
              </span>
            </>
          );
          return (
            <li key={key}>
              {href !== undefined && count > 0 ? (
                <a class="bar-row" href={href}>
                  {row}
                </a>
              ) : (
                <span class="bar-row">{row}</span>
              )}
            </li>
          );
        })}
      </ul>
      <details>
        <summary>As a table</summary>
        <div class="scrolls">
          <table class="plain">
            <caption class="unseen">{title}</caption>
            <thead>
              <tr>
                <th scope="col">{title}</th>
                <th scope="col">Groups</th>
                <th scope="col">Share</th>
              </tr>
            </thead>
            <tbody>
              {bars.map(({ key, label, name, count, href }) => (
                <tr key={key}>
                  <th scope="row">
                    {href !== undefined && count > 0 ? <a href={href}>{name ?? label}</a> : (name ?? label)}
                  </th>
                  <td>{grouped(count)}</td>
                  <td>{share(count, total) ?? '–'}</td>
                </tr>
              ))}
            </tbody>
            <tfoot>
              <tr>
                <th scope="row">All</th>
                <td>{grouped(total)}</td>
                <td />
              </tr>
            </tfoot>
          </table>
        </div>
      </details>
    </figure>
  );
}

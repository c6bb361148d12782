import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';

/** Tabs whose choice is in the address. Arrow keys move between them; the panel of the chosen one is drawn. */
export function Tabs({
  label,
  tabs,
  chosen,
  choose,
  children,
}: {
  label: string;
  tabs: readonly { id: string; text: ComponentChildren }[];
  chosen: string;
  choose: (id: string) => void;
  children: ComponentChildren;
}): JSX.Element {
  const id = useId();
  const at = Math.max(
    0,
    tabs.findIndex((tab) => tab.id === chosen),
  );
  const move = (event: KeyboardEvent) => {
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = tabs[(to + tabs.length) % tabs.length];
    if (!next) return;
    choose(next.id);
    document.getElementById(`${id}-${next.id}`)?.focus();
  };
  return (
    <>
      <div role="tablist" aria-label={label} class="tabs" onKeyDown={move}>
        {tabs.map((tab, index) => (
          <button
            key={tab.id}
            type="button"
            role="tab"
            id={`${id}-${tab.id}`}
            aria-selected={index === at}
            aria-controls={`${id}-panel`}
            tabIndex={index === at ? 0 : -1}
            onClick={() => choose(tab.id)}
          >
            {tab.text}
          </button>
        ))}
      </div>
      <div
        role="tabpanel"
        id={`${id}-panel`}
        aria-labelledby={`${id}-${tabs[at]?.id}`}
        tabIndex={-1}
        class="tabpanel"
      >
        {children}
      </div>
    </>
  );
}

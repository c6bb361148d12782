// Keeps the focus near a button that its own action removes: else the next Tab begins at the top of the page.

/**
 * Gives the focus to the nearest box that is left and asks for it (the class `keeps-focus`), or to the heading of the dialog,
 * when the element that has the focus is removed. Parts that know a better place take the focus while they are drawn, which
 * comes first.
 */
export function keepFocus(root: HTMLElement): () => void {
  let path: EventTarget[] = [];
  const came = (event: FocusEvent) => (path = event.composedPath());
  root.addEventListener('focusin', came);
  const observer = new MutationObserver(() => {
    const [had] = path;
    if (document.activeElement !== document.body || !(had instanceof Element) || had.isConnected) return;
    // A dialog that closes gives the focus back itself.
    if (path.some((each) => each instanceof HTMLDialogElement && !each.isConnected)) return;
    const box = path.find(
      (each): each is HTMLElement =>
        each instanceof HTMLElement && each.isConnected && each.matches('.keeps-focus, dialog'),
    );
    path = [];
    // A dialog takes no focus: its heading does.
    const to = box instanceof HTMLDialogElement ? box.querySelector('h2') : box;
    if (to) to.tabIndex = -1;
    to?.focus({ preventScroll: true });
  });
  observer.observe(root, { childList: true, subtree: true });
  return () => {
    observer.disconnect();
    root.removeEventListener('focusin', came);
  };
}

// Runs before the console's module: where a file of it cannot be loaded or throws while it loads, the page says so, and
// offers to load it again. It is bundled into one file, so that nothing else needs to arrive for it. It also asks for
// the first rows and the wasm.
import { askEarly } from './org/early.ts';

const tell = (what: string): void => {
  const app = document.getElementById('app');
  // Once the console is drawn, it tells its own errors.
  if (!app || app.dataset['drawn'] !== undefined) return;
  const words = document.createElement('p');
  words.setAttribute('role', 'alert');
  words.textContent = `The console could not start: ${what}`;
  const again = document.createElement('button');
  again.type = 'button';
  again.textContent = 'Load it again';
  again.addEventListener('click', () => location.reload());
  const box = document.createElement('div');
  box.className = 'boot';
  box.append(words, again);
  app.replaceChildren(box);
};

addEventListener(
  'error',
  (event) => {
    const { target } = event;
    if (target instanceof HTMLScriptElement || target instanceof HTMLLinkElement) {
      // A missing icon is no reason not to start.
      if (target instanceof HTMLLinkElement && target.rel === 'icon') return;
      const name =
        (target instanceof HTMLScriptElement ? target.src : target.href).split('/').pop() ?? 'a file';
      // `body` may not be there yet.
      const say = () => tell(`${name} did not load. The network or the server may be down.`);
      if (document.getElementById('app')) say();
      else addEventListener('DOMContentLoaded', say);
    } else if (event instanceof ErrorEvent) {
      tell(event.message);
    }
  },
  true,
);
// A file that neither comes nor fails: a network that hangs.
setTimeout(() => tell('its files are not here after 20 seconds. The network may be slow or down.'), 20_000);
addEventListener('unhandledrejection', (event: PromiseRejectionEvent) =>
  tell(String(event.reason?.message ?? event.reason)),
);

void askEarly(document.querySelector<HTMLMetaElement>('meta[name="okta-groups-wasm"]')?.content);

import { render } from 'preact';

import './style.css';
import { host } from './org/session.ts';
import { SCREENS } from './screens/index.ts';
import { Shell } from './ui/shell.tsx';

/** Loads what locks the console; asks for it again where it did not come. */
function watchIdleness(): void {
  import('./org/idle.ts').catch(() => setTimeout(watchIdleness, 10_000));
}

const app = document.getElementById('app');
if (app) {
  app.dataset['drawn'] = '';
  app.replaceChildren();
  render(<Shell screens={SCREENS} />, app);
  // A local org has nothing to lock away.
  if (host.kind === 'proxy') watchIdleness();
  // A browser may keep a page that was left, with all it shows, for its Back button: it finds an empty one, and loads anew.
  addEventListener('pagehide', () => render(null, app));
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) location.reload();
  });
}

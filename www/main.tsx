import { render } from 'preact';

import './style.css';
import { watchIdleness } from './org/idle.ts';
import { SCREENS } from './screens/index.ts';
import { Shell } from './ui/shell.tsx';

const app = document.getElementById('app');
if (app) {
  app.dataset['drawn'] = '';
  app.replaceChildren();
  render(<Shell screens={SCREENS} />, app);
  watchIdleness();
  // A browser may keep a page that was left, with all it shows, for its Back button: it finds an empty one, and loads anew.
  addEventListener('pagehide', () => render(null, app));
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) location.reload();
  });
}

import { render } from 'preact';

import './style.css';
import { SCREENS } from './screens/index.ts';
import { Shell } from './ui/shell.tsx';

const app = document.getElementById('app');
if (app) {
  app.dataset['drawn'] = '';
  app.replaceChildren();
  render(<Shell screens={SCREENS} />, app);
}

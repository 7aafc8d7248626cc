import t from 'tap';
import { hasBrowser } from '../../support/browser';
import { showInChromium } from './chromium';

if (hasBrowser()) t.test('pusher-js in Chromium', (t) => showInChromium(t, undefined));

/** The page: Laravel Echo with the settings that `php artisan install:broadcasting` wrote for Reverb. They stay. */
import Pusher from 'pusher-js';
import type { Env } from './laravel';

/** Connects: `new Echo({ … })`. @param authEndpoint `/broadcasting/auth` in a page */
export async function startEcho(env: Env, authEndpoint: string) {
  const { default: LaravelEcho } = await import('laravel-echo');
  return new LaravelEcho({
    broadcaster: 'reverb',
    // Echo takes it from `window.Pusher`, which resources/js/echo.js sets.
    Pusher: Pusher as never,
    key: env.REVERB_APP_KEY,
    wsHost: env.REVERB_HOST,
    wsPort: env.REVERB_PORT,
    wssPort: env.REVERB_PORT,
    forceTLS: env.REVERB_SCHEME === 'https',
    enabledTransports: ['ws', 'wss'],
    authEndpoint,
  });
}

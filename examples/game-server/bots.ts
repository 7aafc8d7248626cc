/** A player without a human: stock pusher-js that sends an input now and then, and looks at every view it gets. */
import Pusher from 'pusher-js';
import { attachBackChannel } from 'standpipe/back-channel';
import type { View } from './game';

/** Views between two inputs of a bot, about: four inputs a second are plenty. */
const VIEWS_BETWEEN = 8;

export function startBot(key: string, port: number): { stop(): void } {
  const options = { cluster: 'local', wsHost: '127.0.0.1', wsPort: port, forceTLS: false };
  const pusher = attachBackChannel(new Pusher(key, { ...options, enabledTransports: ['ws'] }));
  const skill = 0.3 + 0.4 * Math.random();
  let seq = 0;

  // The pearl is somewhere else now: time to turn.
  let turns = false;
  pusher.subscribe('field').bind('caught', () => (turns = true));
  pusher.back_channel.bind('view', (data) => {
    if (!turns && Math.random() * VIEWS_BETWEEN > 1) return;
    turns = false;
    const { you, pearl } = data as View;
    const [dx, dy] = [pearl.x - you.x, pearl.y - you.y];
    const far = Math.hypot(dx, dy) || 1;
    const sway = (Math.random() - 0.5) * 2 * (1 - skill);
    seq += 1;
    pusher.back_channel.trigger('input', {
      seq,
      dx: (dx / far) * skill + sway,
      dy: (dy / far) * skill - sway,
    });
  });

  return { stop: () => pusher.disconnect() };
}

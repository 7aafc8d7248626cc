/** A player without a human: stock pusher-js that sends an input now and then, and looks at every view it gets. */
import Pusher from 'pusher-js';
import { attachBackChannel } from 'standpipe/back-channel';
import type { View } from './game';

export interface Bot {
  /** Time from its last input to the view that showed it, tick included. */
  lagMs(): number;
  stop(): void;
}

export function startBot(key: string, port: number): Bot {
  const options = { cluster: 'local', wsHost: '127.0.0.1', wsPort: port, forceTLS: false };
  const pusher = attachBackChannel(new Pusher(key, { ...options, enabledTransports: ['ws'] }));
  const skill = 0.5 + Math.random() / 2;
  let seq = 0;
  let sentAt: number | undefined;
  let lag = 0;

  // The pearl is somewhere else now: time to turn.
  let turns = false;
  pusher.subscribe('field').bind('caught', () => (turns = true));
  pusher.back_channel.bind('view', (data) => {
    const view = data as View;
    if (sentAt !== undefined) {
      if (view.seq < seq) return;
      lag = performance.now() - sentAt;
      sentAt = undefined;
    }
    // Four inputs a second are plenty for a bot.
    if (!turns && Math.random() > 4 / 30) return;
    turns = false;
    const [dx, dy] = [view.pearl.x - view.you.x, view.pearl.y - view.you.y];
    const far = Math.hypot(dx, dy) || 1;
    const sway = (Math.random() - 0.5) * (1 - skill);
    seq += 1;
    sentAt = performance.now();
    pusher.back_channel.trigger('input', {
      seq,
      dx: (dx / far) * skill + sway,
      dy: (dy / far) * skill - sway,
    });
  });

  return { lagMs: () => lag, stop: () => pusher.disconnect() };
}

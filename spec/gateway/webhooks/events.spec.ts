import t from 'tap';
import { webhookEvent } from '../../../lib/gateway/webhooks/events';
import { EventKind, type PipeEvent } from '../../../lib/wire/frames';

const ODD = ['say "hi"', 'back\\slash', 'line\nfeed', 'é ☃ 𝒳', '\ud800', '</script>\u2028', ''];

t.test('names, data and users of a client event are told as they are', async (t) => {
  for (const odd of ODD) {
    const event = { event: `client-${odd}`, socketId: '12.34', time: 0, kind: EventKind.MESSAGE };
    const channel = 'presence-room_-=@,.;';
    for (const [data, told] of [
      [JSON.stringify(odd), odd],
      [JSON.stringify({ odd }), JSON.stringify({ odd })],
    ] as const) {
      t.strictSame(toldOf({ ...event, channel, userId: odd, data }), {
        ...{ name: 'client_event', channel, event: event.event, data: told },
        ...{ socket_id: '12.34', user_id: odd },
      });
      t.strictSame(
        toldOf({ ...event, channel: 'private-room', userId: odd, data }),
        {
          ...{ name: 'client_event', channel: 'private-room', event: event.event, data: told },
          socket_id: '12.34',
        },
        'of the members of presence channels alone',
      );
    }
  }
});

t.test('users of presence channels are told as they are', async (t) => {
  for (const userId of ODD) {
    const change = { channel: 'presence-room', userId, socketId: '', time: 0 };
    t.strictSame(toldOf({ ...change, kind: EventKind.MEMBER_ADDED }), {
      name: 'member_added',
      channel: 'presence-room',
      user_id: userId,
    });
    t.strictSame(toldOf({ ...change, kind: EventKind.MEMBER_REMOVED }), {
      name: 'member_removed',
      channel: 'presence-room',
      user_id: userId,
    });
  }
});

function toldOf(event: PipeEvent): unknown {
  return JSON.parse(webhookEvent(event, '')?.json ?? 'null');
}

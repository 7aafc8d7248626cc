import t from 'tap';
import type { Pusher } from '../../lib/subscriber';
import { until } from '../support/until';
import { args, LIBRARIES, told } from './libraries';
import { scriptedGateway } from './scripted-gateway';

const OURS = LIBRARIES['standpipe/subscriber'];

const frame = (event: string, channel?: string, data?: unknown, more: object = {}): string =>
  JSON.stringify({ event, channel, data, ...more });

for (const [name, library] of Object.entries(LIBRARIES)) {
  t.test(`${name}: ids of members that are numbers stay numbers`, async (t) => {
    const gateway = await scriptedGateway(t);
    const answer = { auth: 'key:1', channel_data: '{"user_id":7}' };
    const customHandler = (_: unknown, callback: (error: null, data: object) => void): void =>
      void setTimeout(() => callback(null, answer));
    const presence = { count: 1, ids: ['7'], hash: { 7: { n: 1 } } };
    const pusher = await gateway.client(library, { channelAuthorization: { customHandler } });
    // pusher-js cannot read the answer of this gateway, which has no members.
    const channel = pusher.subscribe('presence-a');
    gateway.socket().removeAllListeners('message');
    gateway.socket().on('message', () => {
      const succeeded = 'pusher_internal:subscription_succeeded';
      gateway.say(frame(succeeded, 'presence-a', JSON.stringify({ presence })));
    });
    await told(channel, 'pusher:subscription_succeeded');
    const { members } = channel as unknown as { members: { me: object; get(id: number): object } };
    t.strictSame(JSON.parse(JSON.stringify(members.me)), { id: 7, info: { n: 1 } });
    t.match(members.get(7), { id: 7 });
    const added = args(channel, 'pusher:member_added');
    const removed = args(channel, 'pusher:member_removed');
    gateway.say(frame('pusher_internal:member_added', 'presence-a', '{"user_id":8}'));
    gateway.say(frame('pusher_internal:member_removed', 'presence-a', '{"user_id":8}'));
    t.match(await added, [{ id: 8 }]);
    t.match(await removed, [{ id: 8 }]);
    const event = args(channel, 'client-e');
    gateway.say(frame('client-e', 'presence-a', {}, { user_id: 7 }));
    t.strictSame(await event, [{}, { user_id: 7 }]);
  });

  t.test(`${name}: a second subscription that is refused leaves the first one`, async (t) => {
    const gateway = await scriptedGateway(t);
    const pusher = await gateway.client(library);
    const channel = pusher.subscribe('room');
    await told(channel, 'pusher:subscription_succeeded');
    const error = args(channel, 'pusher:subscription_error');
    const data = { type: 'AuthError', error: 'Existing subscription', status: 401 };
    gateway.say(frame('pusher:subscription_error', 'room', data));
    t.strictSame(await error, [data, {}]);
    t.equal(channel.subscribed, true);
    pusher.unsubscribe('room');
    await until(() => gateway.received.at(-1)?.event === 'pusher:unsubscribe');
  });

  t.test(`${name}: a handler that calls back with an object says why`, async (t) => {
    const gateway = await scriptedGateway(t);
    const customHandler = (_: unknown, callback: (error: object, data: null) => void): void =>
      void setTimeout(() => callback({ message: 'not you' }, null));
    const pusher = await gateway.client(library, { channelAuthorization: { customHandler } });
    const error = await told(pusher.subscribe('private-a'), 'pusher:subscription_error');
    t.strictSame(error, { type: 'AuthError', error: 'not you' });
  });
}

t.test('requests that are none are ignored', async (t) => {
  const gateway = await scriptedGateway(t);
  const pusher = await gateway.client(OURS);
  const rejected = t.capture(process, 'emit');
  for (const data of [undefined, null, 7, [], {}, { id: 1, event: 'e' }, { id: 'a' }]) {
    gateway.say(frame('standpipe:request', undefined, data));
  }
  await gateway.handled(pusher);
  await new Promise((resolve) => setImmediate(resolve));
  const events = rejected().map((call) => (call.args as unknown[])[0]);
  t.notOk(events.includes('unhandledRejection'));
  t.strictSame(gateway.received, []);
});

t.test('handlers of the back channel that throw or reject stop nobody', async (t) => {
  const gateway = await scriptedGateway(t);
  const pusher = (await gateway.client(OURS)) as unknown as Pusher;
  const warned: string[] = [];
  const onWarning = ({ message }: Error): void => void warned.push(message);
  process.on('warning', onWarning);
  t.teardown(() => process.off('warning', onWarning));
  const heard: unknown[] = [];
  pusher.back_channel
    .bind('e', () => {
      throw new Error('thrown');
    })
    .bind('e', () => Promise.reject(new Error('rejected')))
    .bind('e', (data) => heard.push(data));
  gateway.say(frame('e', undefined, '{"a":1}'));
  await gateway.handled(pusher as never);
  await new Promise((resolve) => setImmediate(resolve));
  t.strictSame(heard, [{ a: 1 }]);
  t.strictSame(warned, ['thrown', 'rejected']);
});

import type {
  PushyChannel,
  PushyChannels,
  PushyConnection,
  PushyServer,
} from '../../options/pushy';
import { parseChannelName } from '../../../pusher/channel-name';
import type { Socket } from '../../core/model/socket';
import type { PushyMembers } from './channels';
import type { PushyContext } from './context';
import { ownEvent, ownText } from './frames';

/** Close code of a connection that a command ends without one (RFC 6455, section 7.4.1). */
const NORMAL = 1000;

/** The objects that commands of the embedding program are given. */
export class Handles implements PushyServer, PushyChannels {
  readonly #context: PushyContext;

  constructor(context: PushyContext) {
    this.#context = context;
  }

  connection(
    socket: Socket,
    { protocol, remoteAddress }: Pick<PushyConnection, 'protocol' | 'remoteAddress'>,
    onClose: (handler: () => void) => void,
  ): PushyConnection {
    const { hub } = this.#context.parts;
    const write = (text: string): void => hub.turn.send(socket, ownText(String(text)));
    const close = (code = NORMAL, reason = ''): void => hub.dismiss(socket, code, reason);
    const connection: PushyConnection = {
      id: socket.id,
      protocol,
      remoteAddress,
      write,
      close,
      end: (text) => {
        if (text !== undefined) write(text);
        close();
      },
      on: (event, handler) => {
        if ((event as string) !== 'close' || typeof handler !== 'function') {
          throw new TypeError("a connection of pushy has the event 'close', with a function");
        }
        onClose(handler);
        return connection;
      },
    };
    return connection;
  }

  sendEvent({ id }: PushyConnection, event: string, data: unknown): void {
    const { app, parts } = this.#context;
    const socket = app.sockets.get(id);
    const json = JSON.stringify(data) as string | undefined;
    if (socket !== undefined) parts.hub.turn.send(socket, ownEvent(event, json ?? 'null'));
  }

  exists(name: string): boolean {
    return this.#context.channels.get(name) !== undefined;
  }

  get(name: string): PushyChannel | undefined {
    const channel = this.#context.channels.get(name);
    return channel && this.#channel(channel);
  }

  add(name: string): PushyChannel {
    const { channels, parts } = this.#context;
    const { maxChannelNameLength, maxChannelsPerApp } = parts.limits;
    if (this.exists(name)) throw new Error(`channel ${name} exists already`);
    if (parseChannelName(name, maxChannelNameLength) === undefined) {
      throw new Error(`${name} is no name of a channel`);
    }
    if (channels.size >= maxChannelsPerApp) throw new Error('there are too many channels');
    return this.#channel(channels.add(name, false));
  }

  remove(name: string): void {
    const { channels, app, parts } = this.#context;
    const channel = channels.get(name);
    if (channel === undefined) return;
    const inApp = app.channels.get(name.toLowerCase());
    for (const socket of [...channel.members.keys()]) {
      channels.leave(channel, socket);
      if (inApp !== undefined) parts.hub.unsubscribe(socket, inApp);
    }
    channels.drop(channel);
  }

  #channel(channel: PushyMembers): PushyChannel {
    const { app, parts } = this.#context;
    const key = channel.name.toLowerCase();
    return {
      name: channel.name,
      authRequired: key.startsWith('private-'),
      presenceEnabled: channel.presence,
      countMembers: () => channel.members.size,
      hasMember: ({ id }) => {
        const socket = app.sockets.get(id);
        return socket !== undefined && channel.members.has(socket);
      },
      broadcast: (event, data, except) => {
        const json = JSON.stringify(data) as string | undefined;
        void parts.router.publish(app, {
          channel: key,
          event,
          data: json ?? 'null',
          except: except && [except.id],
        });
      },
    };
  }
}

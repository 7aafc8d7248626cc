/**
 * A Laravel application as Standpipe sees it: the requests of its broadcaster, byte for byte as its library makes them
 * (pusher/pusher-php-server, by Laravel's driver `reverb` or `pusher`), and its route `/broadcasting/auth`. Nothing of this is
 * code to copy: Laravel does it. It is here so that the guide can be run without PHP.
 */
import { createHash, createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';

/** Variables of the application's `.env`. */
export interface Env {
  REVERB_APP_ID: string;
  REVERB_APP_KEY: string;
  REVERB_APP_SECRET: string;
  REVERB_HOST: string;
  REVERB_PORT: number;
  REVERB_SCHEME: 'http' | 'https';
}

/** `json_encode` of PHP: slashes are escaped, and all that is not ASCII. */
function jsonEncode(value: unknown): string {
  const escape = (character: string): string =>
    `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value)
    .replaceAll('/', '\\/')
    .replaceAll(/[\u0080-\uffff]/g, escape);
}

/** `broadcast(new OrderShipped(…))->toOthers()`: one signed POST. @param socketId of the header X-Socket-ID */
export async function broadcast(
  env: Env,
  channels: string[],
  event: string,
  data: unknown,
  socketId?: string,
): Promise<number> {
  const body = jsonEncode({
    name: event,
    data: jsonEncode(data),
    channels,
    ...(socketId !== undefined && { socket_id: socketId }),
  });
  const path = `/apps/${env.REVERB_APP_ID}/events`;
  const query = [
    `auth_key=${env.REVERB_APP_KEY}`,
    `auth_timestamp=${Math.floor(Date.now() / 1_000)}`,
    'auth_version=1.0',
    `body_md5=${createHash('md5').update(body).digest('hex')}`,
  ].join('&');
  const signature = hmac(env, `POST\n${path}\n${query}`);
  const origin = `${env.REVERB_SCHEME}://${env.REVERB_HOST}:${env.REVERB_PORT}`;
  const response = await fetch(`${origin}${path}?${query}&auth_signature=${signature}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-pusher-library': 'pusher-http-php 7.2.7' },
    body,
  });
  return response.status;
}

/** `POST /broadcasting/auth`, as `routes/channels.php` allows it: a session of Laravel's own decides who it is. */
export function laravel(env: Env, user: { id: number; name: string }): Server {
  const answer = (body: string): string => {
    const form = new URLSearchParams(body);
    const channel = form.get('channel_name') ?? '';
    const member = jsonEncode({ user_id: `${user.id}`, user_info: { name: user.name } });
    const isPresence = channel.startsWith('presence-');
    const signed = `${form.get('socket_id')}:${channel}${isPresence ? `:${member}` : ''}`;
    return jsonEncode({
      auth: `${env.REVERB_APP_KEY}:${hmac(env, signed)}`,
      ...(isPresence && { channel_data: member }),
    });
  };
  return createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    void text(request).then((body) => response.end(answer(body)));
  });
}

function hmac(env: Env, data: string): string {
  return createHmac('sha256', env.REVERB_APP_SECRET).update(data).digest('hex');
}

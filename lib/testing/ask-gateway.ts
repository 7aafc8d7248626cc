import { request } from 'node:http';
import { StandpipeError } from '../errors';
import type { Authorize, ChannelAuth } from './fake-browser';

/** Asks `/pusher/auth` and `/pusher/user-auth` of a gateway, as pusher-js does in a page: the backend decides. */
export function askGateway(url: string, key: string): Authorize {
  return ({ socketId, channel }) => {
    const path = `/pusher/${channel === undefined ? 'user-auth' : 'auth'}/${key}`;
    const form = new URLSearchParams({ socket_id: socketId });
    if (channel !== undefined) form.set('channel_name', channel);
    return post(new URL(path, url), form.toString());
  };
}

function post(url: URL, form: string): Promise<ChannelAuth> {
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  return new Promise((resolve, reject) => {
    const asking = request(url, { method: 'POST', headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      response.on('error', reject).on('end', () => {
        const { statusCode: status = 0 } = response;
        if (status === 200) resolve(JSON.parse(body) as ChannelAuth);
        else reject(new StandpipeError('refused', `${url.pathname}: ${body.trim()}`, { status }));
      });
    });
    asking.on('error', reject).end(form);
  });
}

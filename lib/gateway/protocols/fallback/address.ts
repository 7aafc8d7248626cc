/** Address of a request of this protocol: app, action and session. */
export interface Address {
  key: string;
  action: 'xhr' | 'xhr_streaming' | 'xhr_send';
  /** Identity of the session: the same server and session of two apps are two sessions. */
  id: string;
}

const PREFIX = '/pusher/';
const PATH =
  /^\/pusher\/app\/([^/]+)\/(\d{1,3})\/([A-Za-z0-9]{8,64})\/(xhr|xhr_streaming|xhr_send)$/;

/** True for everything that a SockJS server at the prefix of pusher-js would answer. */
export function isFallbackPath(path: string): boolean {
  return path.startsWith(PREFIX);
}

/** `/pusher/app/<key>/<server>/<session>/<action>`; undefined when the path is another one. */
export function parseAddress(path: string): Address | undefined {
  const match = PATH.exec(path);
  if (match === null) return undefined;
  const [, key = '', server = '', session = '', action = ''] = match;
  return { key, action: action as Address['action'], id: `${key}/${server}/${session}` };
}

import { crypto } from '../crypto';
import { openHttp } from '../transports/http';
import { openNodeWebSocket } from '../transports/node-web-socket';
import type { Platform } from './platform';

export const nodePlatform: Platform = {
  openers: { webSocket: openNodeWebSocket, streaming: openHttp(true), polling: openHttp(false) },
  onTlsPage: false,
  ownId: `node-process-${process.pid}`,
  loadCrypto: () => Promise.resolve(crypto),
  askByScript: undefined,
  // Node does not tell.
  watchNetwork: () => () => undefined,
};

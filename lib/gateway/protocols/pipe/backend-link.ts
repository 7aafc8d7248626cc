import type { CLOSE_CODES } from '../../../wire/close-codes';
import type { Frame } from '../../../wire/frames';
import type { Carrier } from '../../core/fanout/carrier';
import type { App } from '../../core/model/app';

/** A connection that carries the frames of a backend: a WebSocket here, or one of another node. */
export interface BackendCarrier extends Pick<
  Carrier,
  'remoteAddress' | 'unsentBytes' | 'sendBinary' | 'onDrain' | 'close'
> {
  pause?(): void;
  resume?(): void;
}

/** The connection of a backend as the rooms behind it see it. */
export interface BackendLink {
  readonly app: App;
  /** True while there is room for more frames before the connection's unsent bytes reach their limit. */
  readonly writable: boolean;
  /** Runs once when everything unsent has left. */
  onDrain(run: () => void): void;
  /** Sends a frame; an EVENTS frame is cut into as many messages as the limits ask for. */
  send(frame: Frame): void;
  /** Tells the backend an error and closes with the code of that name. */
  fail(name: keyof typeof CLOSE_CODES, message: string): void;
}

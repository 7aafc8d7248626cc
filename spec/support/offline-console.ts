import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Progress } from '../../lib/gateway/core/console/progress';
import { Recorder } from '../../lib/gateway/core/console/recorder';
import { Series } from '../../lib/gateway/core/console/series';
import { Journal } from '../../lib/gateway/core/journal';
import { Metrics } from '../../lib/gateway/core/metrics';
import { checkGatewayOptions } from '../../lib/gateway/options/options';
import type { StreamLine, StreamRequest } from '../../lib/gateway/protocols/console/api';
import type { ConsoleContext, Viewer } from '../../lib/gateway/protocols/console/context';
import { Streams } from '../../lib/gateway/protocols/console/live/stream';
import { Taps } from '../../lib/gateway/protocols/console/live/taps';
import { silent } from '../../lib/util/logger';
import { OfflineChannels } from './offline-channels';

export const OPERATOR: Viewer = { name: 'ops', role: 'operator', apps: ['*'] };

/** The streams of a console beside browsers, all without a network and by a clock turned by hand. */
export class OfflineConsole {
  readonly channels = new OfflineChannels();
  readonly context: ConsoleContext;
  readonly #streams: Streams;

  constructor() {
    const { hub, router, clock, apps, app } = this.channels;
    const metrics = new Metrics();
    const settings = checkGatewayOptions({ apps: [app.options] });
    this.context = {
      ...{ hub, router, metrics, clock, apps, log: silent, limits: settings.limits },
      journal: new Journal(silent, metrics),
      recorder: new Recorder(clock),
      progress: new Progress(),
      series: new Series(),
      startedAt: clock.wall(),
      version: '0.0.0',
      node: () => '1',
      settings: () => settings,
      members: () => [],
      webhooks: { states: () => [], sendAgain: () => undefined },
      brokerState: () => 'up',
    };
    this.#streams = new Streams(this.context, new Taps(router));
  }

  /** Begins a stream. Throws when it is refused. */
  open(request: StreamRequest): Reader {
    const reader = new Reader();
    this.#streams.open(OPERATOR, request, reader as unknown as ServerResponse);
    return reader;
  }
}

/** The reader of a stream, who may stop to read. */
export class Reader extends EventEmitter {
  readonly lines: StreamLine[] = [];
  writableLength = 0;
  writableEnded = false;
  destroyed = false;
  isReading = true;

  setHeader(): this {
    return this;
  }

  flushHeaders(): void {
    // Lines alone are looked at.
  }

  write(text: string): void {
    if (this.isReading) this.lines.push(JSON.parse(text) as StreamLine);
    else this.writableLength += text.length;
  }

  end(): void {
    this.writableEnded = true;
  }

  /** Cut off by the gateway. */
  destroy(): void {
    this.destroyed = true;
    this.leave();
  }

  /** Reads on: all that has waited has come. */
  readOn(): void {
    this.isReading = true;
    this.writableLength = 0;
  }

  leave(): void {
    this.destroyed = true;
    this.emit('close');
  }
}

import type { StandpipeError } from '../../lib/errors';
import type { PipeOptions } from '../../lib/pipe/options';
import { createClient, type PipeClient } from '../../lib/pipe/client';
import type { PipeState } from '../../lib/pipe/types';
import { ManualClock } from './manual-clock';
import { ScriptedGateway } from './scripted-socket';

export const CREDENTIALS = { key: 'the-key', secret: 'the-secret', appId: 7 };

export interface LogLine {
  level: string;
  details: object;
  message: string;
}

export interface ScriptedClient {
  client: PipeClient;
  gateway: ScriptedGateway;
  clock: ManualClock;
  /** Logged lines. */
  lines: LogLine[];
  errors: StandpipeError[];
  states: PipeState[];
}

/** A client with a scripted gateway and a clock turned by hand. */
export function scriptedClient(
  options: Partial<PipeOptions> = {},
  { listenToErrors = true } = {},
): ScriptedClient {
  const gateway = new ScriptedGateway();
  const clock = new ManualClock();
  const lines: LogLine[] = [];
  const errors: StandpipeError[] = [];
  const states: PipeState[] = [];
  const write =
    (level: string) =>
    (details: object, message: string): void =>
      void lines.push({ level, details, message });
  const log = {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
  const client = createClient({ ...CREDENTIALS, log, ...options }, { clock, dial: gateway.dial });
  if (listenToErrors) client.on('error', (error) => void errors.push(error));
  client.on('state', (state) => void states.push(state));
  return { client, gateway, clock, lines, errors, states };
}

/** The same, connected. */
export function connectedClient(options: Partial<PipeOptions> = {}): ScriptedClient {
  const scripted = scriptedClient(options);
  void scripted.client.connect();
  scripted.gateway.socket.open();
  return scripted;
}

/** Lets promises that are settled run their reactions. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

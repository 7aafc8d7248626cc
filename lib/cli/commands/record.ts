import type { PipeClient } from '../..';
import { StandpipeError } from '../../errors';
import type { Environment } from '../config';
import { connected, connectionFrom } from '../connection';
import type { ConnectionFlags } from '../flags';
import { Recorder } from '../recording/recorder';

export interface RecordFlags extends ConnectionFlags {
  out: string;
  channel?: string[];
  data?: boolean;
  redact?: string[];
  /** In MB. */
  max: number;
  /** In seconds. */
  for?: number;
}

/**
 * Writes what happens in an app to a file, until it is interrupted, a time is over or the file is full. Ids become
 * pseudonyms, and data is left out unless it is asked for.
 */
export async function record(flags: RecordFlags, env: Environment): Promise<void> {
  const { out: file, channel, data = false, redact = [], max } = flags;
  if (redact.length > 0 && !data) {
    throw new StandpipeError(
      'bad_option',
      '--redact: without --data there is nothing to leave out',
    );
  }
  const options = connectionFrom(flags, env);
  const app = String(options.appId);
  const recorder = new Recorder({ file, app, data, redact, maxBytes: max * 1e6 });
  const interrupted = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  const over = new Promise<void>((resolve) => {
    if (flags.for !== undefined) setTimeout(resolve, flags.for * 1000).unref();
  });
  let client: PipeClient;
  try {
    client = await connected(options, (each) => recorder.listen(each, channel));
  } catch (error) {
    await recorder.discard();
    throw error;
  }
  console.error(`standpipe: records app ${app} to ${file}`);
  try {
    await Promise.race([interrupted, over, recorder.full]);
  } finally {
    await recorder.end();
    await client.disconnect();
  }
  console.log(JSON.stringify({ file, events: recorder.count }));
}

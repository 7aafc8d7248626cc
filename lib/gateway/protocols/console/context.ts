import type { Progress } from '../../core/console/progress';
import type { Recorder } from '../../core/console/recorder';
import type { Series } from '../../core/console/series';
import type { App, Apps } from '../../core/model/app';
import type { Parts } from '../../core/parts';
import type { GroupMember } from '../../core/streams/group';
import type { ConsoleRole } from '../../options/console';
import type { GatewaySettings } from '../../options/options';
import type { GivenUpRow, WebhookRow } from './api';

/** A backend over its connection to this gateway. */
export interface ConnectedMember {
  readonly session: GroupMember | undefined;
  readonly remoteAddress: string;
  readonly unsentBytes: number;
}

/** The webhooks of apps: endpoints as they are, and requests that were given up. */
export interface AppWebhooks {
  states(app: App): ReadonlyArray<
    Omit<WebhookRow, 'givenUp'> & {
      readonly givenUp: ReadonlyArray<Omit<GivenUpRow, 'bytes'> & { readonly body: Buffer }>;
    }
  >;
  /** Undefined when nothing of that name was given up here. */
  sendAgain(
    app: App,
    delivery: string,
  ): Promise<'underway' | { ok: true } | { ok: false; why: string }> | undefined;
}

/** Parts of a gateway that nothing but the console asks for. */
export interface ConsoleSources {
  readonly apps: Apps;
  readonly version: string;
  readonly settings: () => GatewaySettings;
  readonly members: (app: App) => Iterable<ConnectedMember>;
  readonly webhooks: AppWebhooks;
  readonly brokerState: () => string;
}

/** Parts that the console's answers are made from. */
export interface ConsoleContext
  extends
    Pick<Parts, 'hub' | 'router' | 'metrics' | 'journal' | 'limits' | 'clock' | 'log'>,
    ConsoleSources {
  readonly recorder: Recorder;
  readonly progress: Progress;
  readonly series: Series;
  readonly startedAt: number;
  /** Name of this gateway among the others. */
  readonly node: () => string;
}

/** Somebody who looks, by the token that was given. */
export interface Viewer {
  readonly name: string;
  readonly role: ConsoleRole;
  readonly apps: readonly string[];
}

/** True when the token opens the app; '' stands for the gateway itself. */
export function opens({ apps }: Viewer, id: string): boolean {
  return apps.includes('*') || (id !== '' && apps.includes(id));
}

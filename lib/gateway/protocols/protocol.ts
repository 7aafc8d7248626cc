import type { Entrance } from '../core/journal';
import type { UpgradeDecision, UpgradeRequest } from '../core/fanout/carrier';
import type { AppsChange } from '../core/model/app';
import type { Exchange } from '../http/exchange';

/**
 * A protocol of a gateway. The gateway asks its protocols in their order; the first protocol that knows a path has it.
 * A protocol has only the members that it needs.
 */
export interface Protocol {
  /** The protocol's name in metrics and in the log. */
  readonly entrance: Entrance;
  /** Decides on a WebSocket. Undefined when the path is not one of this protocol's. */
  upgrade?(request: UpgradeRequest): UpgradeDecision | undefined;
  /** True when a client with this target takes any answer for final: where it is to come back, it gets none. */
  takesAnswersForFinal?(target: Pick<UpgradeRequest, 'path' | 'query'>): boolean;
  /** True when this path is answered however many connections there are. */
  answersWhenFull?(path: string): boolean;
  /** Answers a request, now or later. False when the path is not one of this protocol's. */
  request?(exchange: Exchange): boolean;
  /** A reload has changed the apps: connections of backends whose app is gone or switched off are closed. */
  reload?(change: AppsChange): void;
  /** The gateway closes its connections now, and is gone within a time. New ones are sent away. */
  drain?(withinMs: number): void;
  /** True while a peer has yet to confirm something: a draining gateway waits for it. */
  readonly behind?: boolean;
  /** Ends everything at once. */
  stop?(): void;
}

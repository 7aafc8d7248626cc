import type { BrokerListener } from '../brokers/broker';
import { later } from '../brokers/eventual';
import type { Logger } from '../util/logger';
import type { Departures } from './core/departures';
import type { Hub } from './core/hub';
import type { Apps } from './core/model/app';
import type { Overload } from './core/timing/overload';

/** Parts of a gateway that feel what becomes of its broker. */
export interface BrokerListenerParts {
  readonly apps: Apps;
  readonly hub: Hub;
  readonly departures: Departures;
  readonly overload: Overload;
  readonly log: Logger;
  /** False before a start and after a stop. */
  readonly isServing: () => boolean;
}

/** Shuts the door while the engine is away for long, and sends the sockets away when the others took them for gone. */
export function brokerListener(parts: BrokerListenerParts): BrokerListener {
  const { apps, hub, departures, overload, log } = parts;
  let isUp = false;
  return {
    state: (state) => {
      isUp = state === 'up';
      if (!parts.isServing()) return;
      if (state === 'down') overload.isShut = true;
      log[state === 'up' ? 'info' : 'warn']({ state }, `the broker is ${state}`);
      if (state === 'down') hub.giveUpWaiting(apps.all());
      if (!isUp) return;
      hub.reports.nodesChanged();
      hub.happenings.believed();
      void later(overload.isShut ? hub.nodes.arrive([...apps.all()]) : undefined, () => {
        if (!isUp) return;
        overload.isShut = false;
        // Browsers that are sent away come back at once.
        departures.closeLeft();
      });
    },
    nodes: () => {
      hub.nodes.changed();
      // A node that comes back does not know yet what became of its channels.
      if (isUp) hub.happenings.shared(apps.all());
    },
    fenced: () => {
      log.error({}, 'the others took this gateway for dead: its sockets are closed');
      hub.happenings.fenced(apps.all());
      hub.nodes.fenced();
      return departures.leave();
    },
  };
}

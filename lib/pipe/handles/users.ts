import { Verb } from '../../wire/frames';
import { Sendable } from './sendable';
import type { QueryOptions, UserInfo } from '../queries/results';
import { checkedUserId } from '../checks';
import { EVERY } from '../handlers/registry';
import { Listenable, type ClientParts } from './listenable';
import type { UsersEvents } from '../event-tables';

/** All signed-in users of the app. Subscribe to `user_existence` to hear of them. */
export class Users extends Listenable<UsersEvents> {
  constructor({ registries }: ClientParts) {
    super(registries.users, EVERY, ['online', 'offline']);
  }
}

/** A signed-in user. Events reach all sockets of the user. */
export class UserHandle<Events extends object> extends Sendable<Events> {
  /** Id of the user. */
  readonly id: string;
  readonly #parts: ClientParts;

  constructor(parts: ClientParts, id: string) {
    super(parts.sender, { verb: Verb.TRIGGER_USER, userId: checkedUserId(id) });
    this.id = id;
    this.#parts = parts;
  }

  /**
   * Closes all sockets of the user with the app's `terminateCode`. A user without a socket is no error. Rejects as
   * `publish` does.
   */
  terminate(): Promise<void> {
    return this.#parts.sender.perform({ verb: Verb.TERMINATE_USER, userId: this.id });
  }

  /**
   * The user's info and sockets.
   * @throws StandpipeError `timeout`, `refused`, `outbox_full`, `closed`
   */
  info(options?: QueryOptions): Promise<UserInfo> {
    return this.#parts.queries.one('user.info', { user: this.id }, options);
  }
}

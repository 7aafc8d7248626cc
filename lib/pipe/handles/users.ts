import { Verb } from '../../wire/frames';
import { Sendable } from './sendable';
import type { QueryOptions, UserInfo } from '../queries/results';
import { checkedUserId } from '../outbox/command';
import { EVERY } from '../handlers/registry';
import { Listenable, type Ground } from './listenable';
import type { UsersEvents } from '../types';

/** All signed-in users of the app. Subscribe to `user_existence` to hear of them. */
export class Users extends Listenable<UsersEvents> {
  constructor({ listeners }: Ground) {
    super(listeners.users, EVERY, ['online', 'offline']);
  }
}

/** One signed-in user, with however many sockets. Events reach all of them, and nobody when there are none. */
export class UserHandle<Events extends object> extends Sendable<Events> {
  readonly id: string;
  readonly #ground: Ground;

  constructor(ground: Ground, id: string) {
    super(ground.sender, { verb: Verb.TRIGGER_USER, userId: checkedUserId(id) });
    this.id = id;
    this.#ground = ground;
  }

  /**
   * Closes all connections of the user, with what the app's setting `terminateCode` says. That there are none is no error.
   * Rejects as `publish` does.
   */
  terminate(): Promise<void> {
    return this.#ground.sender.perform({ verb: Verb.TERMINATE_USER, userId: this.id });
  }

  /**
   * Who the user is and where.
   * @throws StandpipeError `timeout`, `refused`, `outbox_full`, `closed`
   */
  info(options?: QueryOptions): Promise<UserInfo> {
    return this.#ground.requests.one('user.info', { user: this.id }, options);
  }
}

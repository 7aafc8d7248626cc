import { isObject } from '../../pusher/json';

/** A member of a presence channel; `info` is what its server said of it. */
export interface Member {
  id: string;
  info: unknown;
}

/** The members of a presence channel, with the fields that pusher-js has. */
export class Members {
  /** `user_info` by id. */
  members: Record<string, unknown> = {};
  count = 0;
  myID: string | number | null = null;
  me: Member | null = null;

  /** The member with this id, or null. */
  get(id: string): Member | null {
    if (!Object.hasOwn(this.members, id)) return null;
    return { id, info: Reflect.get(this.members, id) };
  }

  /** Calls back for each member, in no order that means anything. */
  each(callback: (member: Member) => unknown): void {
    for (const id of Object.keys(this.members)) callback(this.get(id) as Member);
  }

  /** The members that a subscription begins with. For the channel. */
  begin(data: unknown, myId: string | number | null): void {
    const presence = isObject(data) && isObject(data.presence) ? data.presence : {};
    // Copied by definition, not by assignment: an id may be `__proto__`.
    this.members = Object.fromEntries(Object.entries(isObject(presence.hash) ? presence.hash : {}));
    this.count = typeof presence.count === 'number' ? presence.count : 0;
    this.myID = myId;
    this.me = myId === null ? null : this.get(String(myId)) && this.#me(myId);
  }

  /** For the channel. */
  add(data: unknown): Member | null {
    if (!isObject(data)) return null;
    const id = String(data.user_id);
    if (!Object.hasOwn(this.members, id)) this.count++;
    Object.defineProperty(this.members, id, {
      value: data.user_info,
      enumerable: true,
      writable: true,
      configurable: true,
    });
    return this.get(id);
  }

  /** For the channel. */
  remove(data: unknown): Member | null {
    const member = isObject(data) ? this.get(String(data.user_id)) : null;
    if (member === null) return null;
    Reflect.deleteProperty(this.members, member.id);
    this.count--;
    return member;
  }

  /** For the channel. */
  reset(): void {
    this.members = {};
    this.count = 0;
    this.myID = null;
    this.me = null;
  }

  /** The id stays what the app's server gave, a number included, as in pusher-js. */
  #me(myId: string | number): Member {
    return { id: myId as string, info: Reflect.get(this.members, String(myId)) };
  }
}

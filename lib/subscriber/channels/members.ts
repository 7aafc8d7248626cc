import { isObject } from '../../pusher/json';

const NOBODY = null as unknown as Member;

/** A member of a presence channel. */
export interface Member {
  /** Id of the user. */
  id: string;
  /** Data that the server signed for the member, of any type as in pusher-js. */
  // oxlint-disable-next-line typescript/no-explicit-any -- programs for pusher-js read it without a check
  info: any;
}

/** The members of a presence channel, with the fields of pusher-js and their types, which do not tell where one is null. */
export class Members {
  /** `user_info` by id. */
  members: Record<string, unknown> = {};
  /** Number of members. */
  count = 0;
  /** Id of the member that this client is; null before the subscription has succeeded. */
  myID: string | number | null = null;
  /** Null before the subscription has succeeded. */
  me: Member = NOBODY;

  /** The member with this id, or null. Its id stays what it was asked by, a number included, as in pusher-js. */
  get(id: string): Member {
    if (!Object.hasOwn(this.members, id)) return NOBODY;
    return { id, info: Reflect.get(this.members, id) };
  }

  /** Calls back for each member, in no order that means anything. */
  each(callback: (member: Member) => unknown): void {
    for (const id of Object.keys(this.members)) callback(this.get(id));
  }

  /** The members that a subscription begins with. For the channel. */
  begin(data: unknown, myId: string | number | null): void {
    const presence = isObject(data) && isObject(data.presence) ? data.presence : {};
    // Copied by definition, not by assignment: an id may be `__proto__`.
    this.members = Object.fromEntries(Object.entries(isObject(presence.hash) ? presence.hash : {}));
    this.count = typeof presence.count === 'number' ? presence.count : 0;
    this.myID = myId;
    this.me = myId === null ? NOBODY : this.get(myId as string);
  }

  /** For the channel. */
  add(data: unknown): Member | null {
    if (!isObject(data)) return null;
    const id = data.user_id as string;
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
    const member: Member | null = isObject(data) ? this.get(data.user_id as string) : null;
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
    this.me = NOBODY;
  }
}

import type { Member, MemberChange, MemberList as FetchedList } from '../../../brokers/broker';
import { listedMember, subscriptionSucceeded } from '../../../pusher/messages';
import { ListedMembers } from './listed-members';

/** Encoded members are kept from so many on: shorter lists are cheap to encode, and there are many of them. */
const LONG_LIST = 16;

/** Difference of two lists, to be told to browsers. */
export interface ListDifference {
  readonly added: readonly Member[];
  readonly removed: readonly string[];
}

/**
 * A node's copy of the members of a presence channel. It is fetched once the channel is watched, and again when changes
 * may have been missed; changes that are heard while a fetch is under way are kept, and those that the fetched list does not
 * have yet are made in it.
 */
export class MemberList {
  #members = new Map<string, string | undefined>();
  /** Encoded members of a long list, made when it is first told. */
  #listed: ListedMembers | undefined;
  /** The answer to a subscription while a long list stays as it is. */
  #answer: string | undefined;
  #seq = 0;
  /** Changes heard since a fetch began; undefined when none is under way. */
  #heard: MemberChange[] | undefined;
  #isFetched = false;
  #fetches = 0;

  get size(): number {
    return this.#members.size;
  }

  has(userId: string): boolean {
    return this.#members.has(userId);
  }

  ids(): string[] {
    return [...this.#members.keys()];
  }

  /** The answer to a subscription to the channel, which lists all members. */
  answer(channel: string): string {
    if (this.#members.size < LONG_LIST) {
      return subscriptionSucceeded(channel, asMembers(this.#members).map(listedMember));
    }
    this.#listed ??= new ListedMembers(asMembers(this.#members));
    return (this.#answer ??= this.#listed.answer(channel));
  }

  /** True when a user is listed and every change up to a number is in the list. */
  shows(userId: string, seq: number): boolean {
    return this.#isFetched && this.#seq >= seq && this.#members.has(userId);
  }

  /** Takes a change. True when the list was another one before. */
  take(change: MemberChange): boolean {
    this.#heard?.push(change);
    if (!this.#isFetched || change.seq <= this.#seq) return false;
    this.#seq = change.seq;
    const isChanged = apply(this.#members, change);
    if (isChanged) {
      if (change.added) this.#listed?.add(change);
      else this.#listed?.delete(change.userId);
      this.#answer = undefined;
    }
    return isChanged;
  }

  /** A fetch begins, in place of any other; returns its number. */
  fetching(): number {
    this.#heard = [];
    return ++this.#fetches;
  }

  /** Takes the list of a fetch, and returns how it differs from the one before; undefined when a later fetch began. */
  fetched(list: FetchedList, fetch: number): ListDifference | undefined {
    if (fetch !== this.#fetches) return undefined;
    const before = this.#members;
    const members = new Map(list.members.map(({ userId, userInfo }) => [userId, userInfo]));
    let { seq } = list;
    for (const change of this.#heard ?? []) {
      if (change.seq <= seq) continue;
      seq = change.seq;
      apply(members, change);
    }
    this.#heard = undefined;
    this.#members = members;
    this.#listed = undefined;
    this.#answer = undefined;
    this.#seq = Math.max(this.#seq, seq);
    this.#isFetched = true;
    const added = asMembers(members).filter(({ userId }) => !before.has(userId));
    return { added, removed: [...before.keys()].filter((userId) => !members.has(userId)) };
  }
}

function asMembers(members: ReadonlyMap<string, string | undefined>): Member[] {
  return Array.from(members, ([userId, userInfo]) => ({ userId, userInfo }));
}

function apply(
  members: Map<string, string | undefined>,
  { userId, userInfo, added }: MemberChange,
): boolean {
  if (!added) return members.delete(userId);
  if (members.has(userId)) return false;
  members.set(userId, userInfo);
  return true;
}

import {
  joinListed,
  type ListedMember,
  listedMember,
  type Member,
  subscriptionSucceeded,
} from '../../../pusher/messages';

/** Members of a block: a change encodes one block anew, and an answer joins as many blocks as there are. */
const BLOCK_MEMBERS = 64;

interface Block {
  readonly members: Map<string, ListedMember>;
  /** Their texts joined, until one comes or goes. */
  joined: ListedMember | undefined;
}

/** Encoded members of a long list, in the order in which they came, in blocks whose texts are kept joined. */
export class ListedMembers {
  #blocks: Block[] = [];
  readonly #blockOf = new Map<string, Block>();

  constructor(members: Iterable<Member>) {
    for (const member of members) this.add(member);
  }

  /** Adds a member that is not listed. */
  add(member: Member): void {
    this.#put(member.userId, listedMember(member));
  }

  delete(userId: string): void {
    const block = this.#blockOf.get(userId);
    if (block === undefined) return;
    this.#blockOf.delete(userId);
    block.members.delete(userId);
    block.joined = undefined;
    // Blocks that many have left are filled up again.
    if (this.#blocks.length > 2 + (this.#blockOf.size * 2) / BLOCK_MEMBERS) this.#fill();
  }

  /** The answer to a subscription to the channel, which lists all members. */
  answer(channel: string): string {
    const blocks = this.#blocks.filter(({ members }) => members.size > 0);
    const parts = blocks.map((block) => (block.joined ??= joinListed(block.members.values())));
    return subscriptionSucceeded(channel, parts, this.#blockOf.size);
  }

  #put(userId: string, listed: ListedMember): void {
    let block = this.#blocks.at(-1);
    if (block === undefined || block.members.size >= BLOCK_MEMBERS) {
      block = { members: new Map(), joined: undefined };
      this.#blocks.push(block);
    }
    block.members.set(userId, listed);
    block.joined = undefined;
    this.#blockOf.set(userId, block);
  }

  #fill(): void {
    const before = this.#blocks;
    this.#blocks = [];
    for (const { members } of before) {
      for (const [userId, listed] of members) this.#put(userId, listed);
    }
  }
}

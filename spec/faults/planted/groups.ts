import { simulator, spec, type FaultKind } from './fault-kind';

const namesSpec = 'gateway/protocols/pipe/names.spec.ts';
const membersSpec = 'gateway/protocols/pipe/members.spec.ts';
const handOverSpec = 'pipe/inbox/hand-over.spec.ts';
const resumeSpec = 'gateway/protocols/pipe/resume.spec.ts';

/** Faults of names, groups and what goes from one member to another. */
export const groups: readonly FaultKind[] = [
  {
    title: 'a restart that loses everything',
    kind: 'A backend that restarts is a new one: what happened in between is lost, and nobody is told.',
    bugs: [
      {
        title: 'a name gives no stream of its own',
        file: 'gateway/protocols/pipe/groups.ts',
        from: "return name === '' ? undefined : `name ${name}`;",
        to: 'return undefined;',
        finder: simulator(1, 150),
      },
      {
        title: 'a backend that was replaced while it was away takes its name back',
        file: 'gateway/protocols/pipe/sessions.ts',
        from: 'if (this.#isTaken(link.app, hello)) {',
        to: 'if (false as boolean) {',
        finder: spec(
          namesSpec,
          'a backend that was replaced while it was away does not take its name back',
        ),
      },
      {
        title: 'a client that disconnects takes its name back',
        file: 'pipe/connection/greeting.ts',
        from: 'if (isGone && isLeaving) return false;',
        to: '',
        finder: spec(
          'pipe/outbox/sender.spec.ts',
          'a client that disconnects opens no new session when its own is lost',
        ),
      },
      {
        title:
          'a backend that leaves over a new connection tells only of events that were repeated on it',
        file: 'pipe/inbox/inbox.ts',
        from: "takeAck(this.#partitions, this.#phase.name === 'stopping')",
        to: 'takeAck(this.#partitions)',
        finder: spec(
          'pipe/inbox/takeover.spec.ts',
          'a backend whose link is back when its last handlers end leaves no finished event',
        ),
      },
      {
        title:
          'a backend whose link is lost while it leaves is gone before it has told what it finished',
        file: 'pipe/connection/drained.ts',
        from: 'if (inbox.isUntold)',
        to: 'if (false as boolean)',
        finder: spec(
          'pipe/inbox/takeover.spec.ts',
          'a backend whose last handlers end without a link leaves no finished event',
        ),
      },
      {
        title: 'a group takes the sockets of an app that was put back for moved ones',
        file: 'gateway/core/model/app.ts',
        from: 'return this.removals === 0 ? process : `${process}+${this.removals}`;',
        to: 'return process;',
        finder: spec(
          'pipe/inbox/members.spec.ts',
          'when an app was taken out and put back, all its sockets are closed and told so',
        ),
      },
      {
        title: 'a backend that comes after a crash is not told of the crash',
        file: 'gateway/protocols/pipe/sessions.ts',
        from: 'if (!away.isTold) count += session.group.lag.events;',
        to: '',
        finder: spec(
          namesSpec,
          'an unnamed backend is told at once of what one that has just gone left',
        ),
      },
      {
        title: 'events that an unnamed backend leaves are told to nobody',
        file: 'gateway/protocols/pipe/sessions.ts',
        from: 'if (left > 0) this.#unhandled.set(app, (this.#unhandled.get(app) ?? 0) + left);',
        to: '',
        finder: spec(
          namesSpec,
          'the next unnamed backend is told of events that an unnamed stream left unhandled',
        ),
      },
      {
        title: 'a client that stops on a failure acknowledges what ends later',
        file: 'pipe/client.ts',
        from: 'this.#inbox.halt();',
        to: '',
        finder: simulator(1, 150),
      },
      {
        title: 'events of the same run begin after a failure that stops the client',
        file: 'pipe/inbox/inbox.ts',
        from: "if (this.#policy.kept && this.#phase.name === 'stopping') return partition.leave(offset);",
        to: '',
        finder: simulator(1, 150),
      },
      {
        title: 'stop is taken where nobody gets the event again',
        file: 'pipe/options.ts',
        from: "read.onHandlerError === 'stop' && !isShared",
        to: 'false',
        finder: spec(
          'pipe/options.spec.ts',
          'stop on a failing handler needs somebody who gets the event again',
        ),
      },
    ],
  },
  {
    title: 'events for members that did not ask',
    kind: 'An event goes to the owner of its key, which has no handler for it and acknowledges it.',
    bugs: [
      {
        title: 'the owner of a key gets whatever the group asked for',
        file: 'gateway/core/streams/routing.ts',
        from: 'if (home !== undefined && this.#asked(home, rules)) return number;',
        to: 'if (home !== undefined) return number;',
        finder: spec(
          membersSpec,
          'an event goes to a member that asked for it, always the same for a key',
        ),
      },
      {
        title: 'a new owner keeps the events that it did not ask for',
        file: 'gateway/core/streams/group.ts',
        from: 'if (this.#routing.isMixed) for (const partition of assigned) this.#handOn(partition);',
        to: '',
        finder: spec(
          membersSpec,
          'a member that goes leaves its messages to another one that asked for them',
        ),
      },
      {
        title: 'events that are dropped while a partition is handed on end the hand-over',
        file: 'stream/send-buffer.ts',
        from: 'if (at < this.#low || this.#sizes',
        to: 'if (this.#sizes',
        finder: spec(
          'stream/send-buffer.spec.ts',
          'entries that are dropped while others are visited are not visited any more',
        ),
      },
    ],
  },
  {
    title: 'a key that moves after the whole backlog',
    kind: 'A key moves only when its member has worked off all that it has, and at the deadline both work it off.',
    bugs: [
      {
        model: 'inbox',
        title: 'events that have not begun still begin after the partition was asked back',
      },
      { model: 'inbox', title: 'an event that was left counts as finished' },
      {
        title: 'the deadline passes unnoticed at the client',
        file: 'pipe/inbox/inbox.ts',
        from: 'this.#deadlines.set(partition, deadlineMs);',
        to: '',
        finder: spec(
          handOverSpec,
          'at the deadline a partition is returned although a handler still runs, which is not acknowledged',
        ),
      },
      {
        title: 'the deadline passes unnoticed at the gateway',
        file: 'gateway/core/streams/group.ts',
        from: 'clock.setTimeout(() => this.#release(partition, generation), revokeMs);',
        to: 'clock.setTimeout(() => undefined, revokeMs);',
        finder: spec(
          membersSpec,
          'an owner that does not give back is told LOST when its time is over',
        ),
      },
    ],
  },
  {
    title: 'sockets that are nowhere, or twice',
    kind: 'After a hand-over the program of a member keeps sockets that are gone, or is told a second open.',
    bugs: [
      { model: 'inbox', title: 'nothing is told of what moved' },
      { model: 'inbox', title: 'what has moved is still believed to be there' },
      {
        model: 'inbox',
        title: 'a closed socket is told as open when its partition comes back',
      },
    ],
  },
  {
    title: 'a drain that does not wait',
    kind: 'A gateway that drains does not wait for a backend that is just reconnecting.',
    bugs: [
      {
        title: 'nobody is let in any more',
        file: 'gateway/drain.ts',
        from: 'if (!pipes.awaited) listener.stopAccepting();',
        to: 'listener.stopAccepting();',
        finder: spec(
          resumeSpec,
          'a draining gateway lets a backend come back and handle what is left',
        ),
      },
      {
        title: 'a backend without a connection is not waited for',
        file: 'gateway/protocols/pipe/sessions.ts',
        from: 'if (this.awaited) return true;',
        to: '',
        finder: spec(
          resumeSpec,
          'a draining gateway lets a backend come back and handle what is left',
        ),
      },
    ],
  },
  {
    title: 'finished events that come again',
    kind: 'One position tells what is finished, so thousands of finished events come again behind one slow key.',
    bugs: [
      { model: 'streams', title: 'finished ranges of an acknowledgement are forgotten' },
      { model: 'streams', title: 'a finished event is sent again' },
      {
        title: 'finished ranges are not told',
        file: 'pipe/inbox/assigned-partition.ts',
        from: 'upTo < done ? [] : this.#floor.finished(maxRanges, upTo);',
        to: '[] as [];',
        finder: spec(
          handOverSpec,
          'finished ranges above the floor are acknowledged, told in HELLO and when a partition is returned',
        ),
      },
    ],
  },
  {
    title: 'a member that goes on while it is away',
    kind: 'A member whose connection is away for longer than the grace begins queued events while another one handles them.',
    bugs: [
      { model: 'inbox', title: 'handlers begin while another member may have the partition' },
      {
        title: 'the grace passes unnoticed',
        file: 'pipe/inbox/phases.ts',
        from: "if (this.#clock.now() >= phase.untilMs) this.enter({ name: 'held' });",
        to: '',
        finder: spec(
          handOverSpec,
          'while the connection is away for longer than the grace, nothing new begins',
        ),
      },
    ],
  },
  {
    title: 'a member that goes on where it stood still',
    kind: 'A member whose process stood still for the grace begins queued events that another one has finished.',
    bugs: [
      {
        title: 'the standstill passes unnoticed',
        file: 'pipe/inbox/phases.ts',
        from: 'if (this.#stoodStill(nowMs)) this.#ask(nowMs);',
        to: '',
        finder: spec(handOverSpec, 'a handler that blocks its process counts as a standstill'),
      },
      {
        title: 'a PONG from before the standstill counts',
        file: 'pipe/inbox/phases.ts',
        from: ' && timeMs >= this.#now.sinceMs',
        to: '',
        finder: spec(
          handOverSpec,
          'a member that stood still for the grace begins nothing before a later PONG',
        ),
      },
    ],
  },
  {
    title: 'a process that goes on when its name is taken',
    kind: 'A process that stood still or lost its link begins events that the next one of its name has finished.',
    bugs: [
      {
        title: 'a name is not watched',
        file: 'pipe/inbox/policy.ts',
        from: 'if (named) return Math.min(graceMs, NAMESAKE_MS);',
        to: '',
        finder: spec(
          handOverSpec,
          'a process whose name may have been taken begins nothing that it may have lost',
        ),
      },
      {
        title: 'a name is not watched by a process that stood still',
        file: 'pipe/inbox/policy.ts',
        from: 'if (named) return Math.min(graceMs, NAMESAKE_MS);',
        to: '',
        finder: simulator(1, 600),
      },
    ],
  },
  {
    title: 'a key that two members have',
    kind: 'A partition is given back while handlers of it run, so that two members are at work on a key at a time.',
    bugs: [
      {
        title: 'running handlers are not waited for',
        file: 'pipe/inbox/inbox.ts',
        from: "if (partition.state !== 'revoking' || partition.atHand > 0) return;",
        to: "if (partition.state !== 'revoking') return;",
        finder: spec(
          'faults/real-schedules.spec.ts',
          'backends that are killed, stopped, cut off and started again lose nothing',
        ),
      },
    ],
  },
  {
    title: 'a credit that stays short',
    kind: 'A member that reconnects with events at hand, and learns that all of them are others’, is sent nothing any more.',
    bugs: [
      {
        title: 'a credit stays short when all that was at hand is lost',
        file: 'pipe/inbox/receive-window.ts',
        from: 'this.#isShort ||= this.#events > 0;',
        to: 'this.#isShort = this.#events > 0;',
        finder: spec(
          'pipe/inbox/groups.spec.ts',
          'the credit is whole again when all that was at hand is another’s',
        ),
      },
    ],
  },
  {
    title: 'a loss that is told to a connection that broke',
    kind: 'The number of unhandled events is forgotten with a WELCOME that was lost, and nobody is told.',
    bugs: [
      {
        title: 'the number of a lost WELCOME is forgotten',
        file: 'gateway/protocols/pipe/sessions.ts',
        from: 'count += welcome.unhandled;',
        to: '',
        finder: spec(
          namesSpec,
          'a count whose WELCOME was lost on the way is told to the next unnamed backend',
        ),
      },
    ],
  },
  {
    title: 'answers that are overtaken by the hand-over',
    kind: 'Commands of a handler leave after its key, and are refused although the event counts as handled.',
    bugs: [
      {
        model: 'inbox',
        title: 'a partition is returned before the commands of its handlers have left',
      },
    ],
  },
];

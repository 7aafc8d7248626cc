import { property, simulator, spec, type FaultKind } from './fault-kind';

const writer = 'gateway/protocols/pipe/writer.ts';
const snapshotSpec = 'gateway/protocols/pipe/snapshots.spec.ts';
const backpressureSpec = 'pipe/inbox/backpressure.spec.ts';
const answersSpec = 'gateway/protocols/pipe/answers.spec.ts';

/** Faults of long answers, snapshots and overflow. */
export const flow: readonly FaultKind[] = [
  {
    title: 'answers in the middle of a turn',
    kind: 'A burst of commands with refusals or receipts is answered above the number that is said to be applied, and the client cuts a working link.',
    bugs: [
      {
        title: 'the applied number moves at the end of the answers only',
        file: 'gateway/protocols/pipe/command-answers.ts',
        from: 'answer === undefined ? this.#applied : answer.seq - 1;',
        to: 'answer === undefined ? this.#applied : this.#toldApplied;',
        finder: property(
          answersSpec,
          'the answers of commands are told in order, and never above what is applied',
        ),
      },
    ],
  },
  {
    title: 'all refusals in one frame',
    kind: 'After a resume all refusals ride in one frame, which may be too large for the connection for ever.',
    bugs: [
      {
        title: 'WELCOME holds every answer',
        file: 'gateway/protocols/pipe/session.ts',
        from: 'this.#answers.take(PIECE_BYTES)',
        to: 'this.#answers.take(Infinity)',
        finder: spec(
          answersSpec,
          'thousands of refusals come in frames of a bounded size, before a cut and after it',
        ),
      },
      {
        title: 'a frame holds every answer that waits',
        file: writer,
        from: 'answers.take(PIECE_BYTES)',
        to: 'answers.take(Infinity)',
        finder: spec(
          answersSpec,
          'thousands of refusals come in frames of a bounded size, before a cut and after it',
        ),
      },
    ],
  },
  {
    title: 'a snapshot in one piece',
    kind: 'A snapshot is written whole, so that the rule for slow readers cuts a backend on a slow link again and again.',
    bugs: [
      {
        title: 'a snapshot does not wait for the connection',
        file: writer,
        from: 'while (link.writable) {\n    const frame: SnapshotFrame',
        to: 'for (;;) {\n    const frame: SnapshotFrame',
        finder: spec(snapshotSpec, 'a snapshot waits for a slow link and goes on where it stopped'),
      },
      {
        title: 'a snapshot is one frame',
        file: writer,
        from: 'snapshot.written < size && bytes < PIECE_BYTES',
        to: 'snapshot.written < size',
        finder: spec(snapshotSpec, 'a snapshot waits for a slow link and goes on where it stopped'),
      },
      {
        title: 'a snapshot that waits begins anew',
        file: writer,
        from: 'begin: snapshot.written === 0,',
        to: 'begin: (snapshot.written = 0) === 0,',
        finder: spec(snapshotSpec, 'a snapshot waits for a slow link and goes on where it stopped'),
      },
    ],
  },
  {
    title: 'no truth under lasting overflow',
    kind: 'Each gap asks for a snapshot that the next overflow drops, and the capture over all sockets is paid each time.',
    bugs: [
      {
        title: 'each gap brings a snapshot at once',
        file: writer,
        from: 'partition.snapshotAtMs + SNAPSHOT_INTERVAL_MS - nowMs;',
        to: '0;',
        finder: spec(
          snapshotSpec,
          'under lasting overflow the truth comes once in a second, and it comes',
        ),
      },
      {
        title: 'a snapshot that had to wait is forgotten',
        file: 'gateway/protocols/pipe/session.ts',
        from: 'this.#snapshotTimer = undefined;\n        this.#wake();',
        to: 'this.#snapshotTimer = undefined;',
        finder: spec(
          snapshotSpec,
          'under lasting overflow the truth comes once in a second, and it comes',
        ),
      },
      {
        title: 'a snapshot stands at the top of the log',
        file: 'gateway/core/streams/snapshots.ts',
        from: 'const offset = partition.log.sentUpTo;',
        to: 'const offset = partition.log.top;',
        finder: simulator(1, 150),
      },
    ],
  },
  {
    title: 'overflow that drops what was read',
    kind: "With 'pause' and 'close' events are dropped that were accepted, or read and held back.",
    bugs: [
      {
        title: 'a stream has no room beyond its limit',
        file: 'gateway/core/streams/group.ts',
        from: "const overdraft = overflow === 'gap' ? 0 : 1;",
        to: 'const overdraft = 0;',
        finder: spec(
          'gateway/core/streams/holdback.spec.ts',
          'the event that holds a browser back is kept, above the limit too',
        ),
      },
      {
        title: 'messages that were held back go with their socket',
        file: 'gateway/core/streams/holdback.ts',
        from: 'this.#leaving = socket;\n    try {\n      socket.sink.resume?.(true);',
        to: 'this.#leaving = socket;\n    try {',
        finder: spec(
          backpressureSpec,
          'messages that were read and held back are handled when their socket is closed',
        ),
      },
      {
        title: 'messages that were held back go with a socket that a command closes',
        file: 'gateway/core/hub.ts',
        from: 'this.holdback.letGo(socket);',
        to: '',
        finder: spec(
          backpressureSpec,
          'messages that were read and held back are handled when a command closes it',
        ),
      },
      {
        title: 'messages that were held back go with a socket that does not read',
        file: 'gateway/transport/connection.ts',
        from: 'this.resume(true);',
        to: '',
        finder: spec(
          backpressureSpec,
          'messages that were read and held back are handled when it is cut because it does not read',
        ),
      },
      {
        title: 'input that waits in the stream goes with its socket',
        file: 'gateway/transport/intake.ts',
        from: 'while (this.#stream.read() !== null);',
        to: '',
        finder: spec(
          backpressureSpec,
          'messages that were read and held back are handled when a command closes it',
        ),
      },
      {
        title: 'input that was read and waits for its turn goes with its socket',
        file: 'gateway/core/streams/holdback.ts',
        from: 'socket.sink.resume?.(true);',
        to: 'socket.sink.resume?.();',
        finder: spec(
          backpressureSpec,
          'messages that were read and held back are handled when their socket is closed',
        ),
      },
    ],
  },
  {
    title: 'a snapshot for kinds it was not captured for',
    kind: 'A subscription during a backlog tells an open socket as closed, and then as open again.',
    bugs: [
      {
        title: 'a snapshot covers sockets whose events the log does not hold',
        file: 'gateway/core/streams/partition.ts',
        from: 'this.#since = this.#from ?? top;',
        to: 'this.#since = 0;',
        finder: spec(
          snapshotSpec,
          'a kind that is subscribed to during a backlog has its truth behind the backlog',
        ),
      },
      {
        title: 'a snapshot covers whatever was asked for since',
        file: 'gateway/core/streams/snapshots.ts',
        from: 'coversSockets: partition.sockets.isDueAt(offset),',
        to: 'coversSockets: true,',
        finder: spec(
          snapshotSpec,
          'a kind that is subscribed to during a backlog has its truth behind the backlog',
        ),
      },
      {
        title: 'the client closes what a snapshot does not cover',
        file: 'pipe/inbox/resync.ts',
        from: 'if (!snapshot.coversSockets) coversAll = false;\n      else changes',
        to: 'changes',
        finder: spec(
          'pipe/inbox/resync-events.spec.ts',
          'a snapshot says nothing of a kind that it does not cover',
        ),
      },
    ],
  },
];

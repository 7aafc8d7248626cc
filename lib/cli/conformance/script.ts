import type { Trial } from './trial';

/** A dialogue with a client under test. It throws a Fault when the client breaks the protocol. */
export interface Script {
  name: string;
  /** The rule that the client keeps, as a sentence. */
  title: string;
  /** True when the client joins the group that its environment names. */
  group?: boolean;
  run(trial: Trial): Promise<void>;
}

/** The program that a client under test has to be, for its author. */
export const CONTRACT = `A client under test is a program that connects with the variables STANDPIPE_HOST, STANDPIPE_PORT,
STANDPIPE_APP_ID, STANDPIPE_APP_KEY, STANDPIPE_APP_SECRET, without TLS, and as a member of the group
STANDPIPE_GROUP (order SOCKET, mode STICKY, overflow GAP) unless that is empty. It runs until it is ended.

It subscribes to SOCKET, MESSAGE and CHANNEL, and triggers a report to the channel 'conformance' (TRIGGER_CHANNEL,
the event is the name of the report, the data a JSON object) when its handlers are told:
  open, close          {"socket": id}
  occupied, vacated    {"channel": name}
  gap, reset           {}
  begin, end           {"event": name, "socket": id}   the handler of a message begins, and ends

The data of a message says what its handler does, in this order:
  {"answer": true}     it triggers the event 'answer' to the socket (TRIGGER_SOCKET) with the message as origin
  {"publish": name}    it triggers the event of that name to the channel 'room', and when the outcome is known, which
                       the handler does not wait for, reports outcome {"name": name, "outcome": "applied", "refused"
                       or "unknown"}
  {"ms": n}            it takes n milliseconds, and answers again at its end when the data has "answer"
`;

import { Gateway } from '../../../lib/gateway/gateway';
import { answerParent, optionsOf } from '../support/answer';
import { APP } from '../support/app';
import { TurnCpu } from '../support/turn-cpu';

/** A gateway whose limits of rate, made against one browser that sends too much, do not end the measurement. */
const limits = {
  maxBackChannelEventsPerSecond: 1e6,
  maxChannelsPerSocket: 1e4,
  maxSubscriptionsPerSecond: 1e6,
  maxAuthRequestsPerSecond: 1e6,
};
const { port } = optionsOf<{ port: number }>();

const turns = new TurnCpu();
const answers = {
  watch: () => {
    turns.begin();
    return 0;
  },
  turn: (share: number) => turns.percentileMs(share),
};

void new Gateway({ port, apps: [APP], limits }).start().then(() => answerParent(answers));

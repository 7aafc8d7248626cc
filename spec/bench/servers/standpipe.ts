import { Gateway } from '../../../lib/gateway/gateway';
import { answerParent, optionsOf } from '../support/answer';
import { APP, LIMITS } from '../support/app';
import { TurnCpu } from '../support/turn-cpu';

/** `redis`: address of the one that joins it with other gateways. */
const { port, redis } = optionsOf<{ port: number; redis?: string }>();

const turns = new TurnCpu();
const answers = {
  watch: () => {
    turns.begin();
    return 0;
  },
  turn: (share: number) => turns.percentileMs(share),
};

void new Gateway({
  port,
  apps: [APP],
  limits: LIMITS,
  ...(redis !== undefined && { broker: { redis } }),
})
  .start()
  .then(() => answerParent(answers));

import { createClient } from '../../../lib/pipe/client';
import { answerParent, optionsOf } from '../support/answer';
import { APP } from '../support/app';
import { EVENT } from '../peers/peer';

/** A backend that answers every message with itself. */
const { port } = optionsOf<{ port: number }>();
const client = createClient({ key: APP.key, secret: APP.secret, appId: APP.id, port });
client.subscribe(['socket_message']);
client.sockets.on(`event:${EVENT}`, (id, data) => {
  client.socket(id).trigger(EVENT, data);
});
void client.connect().then(() => answerParent());

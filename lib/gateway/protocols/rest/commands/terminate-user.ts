import type { Answer } from '../../../http/answer';
import { type Call, DONE, type Endpoint } from '../call';

/** `POST /apps/<id>/users/<user id>/terminate_connections`: a user who is not there is no error. */
export const terminateUser: Endpoint = {
  method: 'POST',
  params: new Set(),
  publishes: false,
  run({ app, hub, subject }: Call): Answer {
    hub.terminate(app, subject);
    return DONE;
  },
};

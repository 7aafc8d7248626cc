import { later } from '../../../../brokers/eventual';
import { type Call, type Checked, DONE, type Endpoint } from '../call';

/** `POST /apps/<id>/users/<user id>/terminate_connections`: a user who is not there is no error. */
export const terminateUser: Endpoint = {
  method: 'POST',
  permission: 'terminate',
  params: new Set(),
  publishes: false,
  check({ app, hub, subject }: Call): Checked {
    return { answer: () => later(hub.terminate(app, subject), () => DONE) };
  },
};

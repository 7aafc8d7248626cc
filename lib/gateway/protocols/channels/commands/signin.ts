import { CloseCode } from '../../../../pusher/close-codes';
import * as messages from '../../../../pusher/messages';
import { parseUserData } from '../../../../pusher/presence';
import { verifyUserAuth } from '../../../../pusher/signature';
import type { Socket } from '../../../core/model/socket';
import { SIGNATURE_UNITS } from '../../../core/timing/turn-budget';
import type { ChannelsContext } from '../context';

/** Users of a watchlist that cost as much as a message. */
const WATCHED_PER_UNIT = 10;

/**
 * `pusher:signin`: answered by `signin_success` or by error 4009, which here leaves the connection open. The same user
 * may sign in again, another one may not (Channels protocol, users). Near the end of memory the error is 4100.
 */
export function signin(
  context: ChannelsContext,
  socket: Socket,
  { auth, userData }: { auth: string; userData: string },
): void {
  const { limits, hub } = context;
  const { app } = socket;
  const failed = (why: string): void =>
    context.refuse(socket, 'signin', CloseCode.UNAUTHORIZED, why);

  if (!context.admission.mayAsk(socket)) {
    return failed(`Too many sign-ins: the limit is ${limits.maxSubscriptionsPerSecond} per second`);
  }
  const full = context.admission.signInRefusal();
  if (full !== undefined) return context.refuse(socket, 'signin', CloseCode.OVER_CAPACITY, full);
  const signer = app.keys.signerOf(auth);
  const { key, secret } = signer ?? app;
  context.budget.spend(SIGNATURE_UNITS);
  const signed = verifyUserAuth({ key, secret, socketId: socket.id, userData, auth });
  if (!signed.ok) return failed(signed.message);
  const user = parseUserData(userData, limits);
  if (!user.ok) return failed(user.message);
  if (socket.user !== undefined && socket.user.userId !== user.id) {
    return failed('The connection is already associated with a different user id');
  }
  if (signer !== undefined) signer.uses++;
  hub.signIn(socket, { userId: user.id, userInfo: user.userInfo });
  context.send(socket, messages.signinSuccess(userData));
  if (!app.options.watchlists) return;
  const max = limits.maxWatchlistUsers;
  if (user.watchlist.length > max) {
    const message = `Watchlist limit exceeded. Only the first ${max} user IDs are accepted`;
    context.refuse(socket, 'watchlist', CloseCode.WATCHLIST_LIMIT, message);
  }
  const watchlist = user.watchlist.slice(0, max);
  context.budget.spend(watchlist.length / WATCHED_PER_UNIT);
  hub.watchlists.watch(socket, watchlist);
}

import { type Eventual, later } from '../../../../brokers/eventual';
import { isObject, parseJson } from '../../../../pusher/json';
import { rawValue } from '../../../../pusher/raw-value';
import { askOthers } from '../cluster/ask-others';
import { type Result, type Query, stringParam } from './query';

/** More connections of one user than this are counted and not named. */
const MAX_SOCKETS = 1000;

/** A user as one node knows it, or several. `userInfo` is JSON text. */
interface KnownUser {
  socketCount: number;
  sockets: readonly string[];
  userInfo: string | undefined;
}

/** `user.info {user}`: a user who did not sign in has no sockets. */
export function userInfo(query: Query): Eventual<Result> {
  const id = stringParam('user', query.params.user);
  const own = ownUser(query, id);
  return later(askOthers(query, 'user.info'), (others) => ({
    result: textOf(id, joined([own, ...others.flatMap(readUser)])),
  }));
}

/** The user as this node alone knows it. */
export function ownUserInfo(query: Query): Result {
  const id = stringParam('user', query.params.user);
  return { result: textOf(id, ownUser(query, id)) };
}

function ownUser({ app }: Query, id: string): KnownUser {
  const sockets = [...app.users.socketsOf(id)];
  return {
    socketCount: sockets.length,
    sockets: sockets.slice(0, MAX_SOCKETS).map((socket) => socket.id),
    userInfo: sockets[0]?.user?.userInfo,
  };
}

function joined(users: readonly KnownUser[]): KnownUser {
  return {
    socketCount: users.reduce((sum, { socketCount }) => sum + socketCount, 0),
    sockets: users.flatMap(({ sockets }) => sockets).slice(0, MAX_SOCKETS),
    userInfo: users.find((user) => user.userInfo !== undefined)?.userInfo,
  };
}

function readUser(text: string): KnownUser[] {
  const user = parseJson(text);
  if (!isObject(user) || !Array.isArray(user.sockets)) return [];
  const sockets = user.sockets.map(String);
  const userInfo = rawValue(text, 'userInfo') || undefined;
  return [{ socketCount: Number(user.socketCount) || 0, sockets, userInfo }];
}

function textOf(id: string, { socketCount, sockets, userInfo }: KnownUser): string {
  const about = JSON.stringify({ id, socketCount, sockets });
  const info = userInfo === undefined ? '' : `,"userInfo":${userInfo}`;
  return `${about.slice(0, -1)}${info}}`;
}

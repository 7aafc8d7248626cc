import type { Eventual } from '../../../brokers/eventual';
import type { App } from '../../core/model/app';
import { close, probe, publish, sendAgain, terminate } from './actions/acts';
import { backendsPage } from './answers/backends';
import { channelList, channelPage } from './answers/channels';
import { configPage } from './answers/config';
import { nodesPage } from './answers/nodes';
import { overview } from './answers/overview';
import { recentPage } from './answers/recent';
import { socketList, socketPage } from './answers/sockets';
import { userList, userPage } from './answers/users';
import { webhookList } from './answers/webhooks';
import type { Me } from './api';
import { type ConsoleContext, opens, type Viewer } from './context';
import { explain } from './answers/explain';
import { refuse } from './fault';

const PREFIX = '/api/';
/** Longest target that is looked at. */
const MAX_TARGET = 2_000;

/** A target of the API, taken apart: `/api/<what>` or `/api/apps/<app>/<what>[/<id>[/<act>]]`. */
export interface Route {
  readonly what: string;
  readonly app: App | undefined;
  readonly id: string | undefined;
  readonly act: string | undefined;
  readonly query: URLSearchParams;
}

/** Reads a target, and refuses the apps that the token does not open. */
export function routeOf(context: ConsoleContext, viewer: Viewer, target: string): Route {
  if (target.length > MAX_TARGET || !target.startsWith(PREFIX)) return refuse(404, 'no such path');
  const [path = '', query = ''] = target.slice(PREFIX.length).split('?', 2);
  const words = path.split('/').map(decoded);
  const params = new URLSearchParams(query);
  if (words[0] !== 'apps') {
    const [what = '', ...more] = words;
    if (more.length > 0) return refuse(404, 'no such path');
    return { what, app: undefined, id: undefined, act: undefined, query: params };
  }
  const [, appId = '', what = '', id, act, ...more] = words;
  const app = opens(viewer, appId) ? context.apps.byId(appId) : undefined;
  if (app === undefined || more.length > 0) return refuse(404, 'no such app');
  return { what, app, id, act, query: params };
}

/** Answers of this node alone. Undefined where there is nothing of that name. */
export function answerHere(
  context: ConsoleContext,
  viewer: Viewer,
  { what, app, id, query }: Route,
): Eventual<object | undefined> {
  if (app === undefined) return wholeAnswer(context, viewer, what);
  switch (what) {
    case 'channels':
      return id === undefined
        ? channelList(context, viewer, app, query)
        : channelPage(context, viewer, app, id);
    case 'sockets':
      return id === undefined
        ? socketList(context, viewer, app, query)
        : socketPage(context, viewer, app, id);
    case 'users':
      return id === undefined
        ? userList(context, viewer, app, query)
        : userPage(context, viewer, app, id);
    case 'backends':
      return backendsPage(context, viewer, app);
    case 'webhooks':
      return webhookList(context, viewer, app);
    case 'recent':
      return recentPage(context, viewer, app.id);
    case 'explain': {
      const [who, channel, event] = ['who', 'channel', 'event'].map(
        (name) => query.get(name) ?? '',
      );
      return explain(context, app, { who: who ?? '', channel: channel ?? '', event: event ?? '' });
    }
    default:
      // A name of nothing.
      return undefined;
  }
}

function wholeAnswer(context: ConsoleContext, viewer: Viewer, what: string): object | undefined {
  switch (what) {
    case 'me':
      return me(context, viewer);
    case 'overview':
      return overview(context, viewer);
    case 'nodes':
      return requireWhole(viewer) ?? nodesPage(context);
    case 'config':
      return requireWhole(viewer) ?? configPage(context.settings());
    default:
      // A name of nothing.
      return undefined;
  }
}

function requireWhole(viewer: Viewer): undefined {
  if (!opens(viewer, '')) refuse(403, 'this token opens some apps, and not the gateway itself');
}

function me(context: ConsoleContext, viewer: Viewer): Me {
  const { name, role } = viewer;
  const apps = [...context.apps.all()].map(({ id }) => id).filter((id) => opens(viewer, id));
  const { version } = context;
  return { name, role, apps, isWhole: opens(viewer, ''), version, node: context.node() };
}

/** Does what a POST asks for; operators only. */
export function act(
  context: ConsoleContext,
  viewer: Viewer,
  { what, app, id, act: word }: Route,
  body: unknown,
): Eventual<object> {
  if (viewer.role !== 'operator') return refuse(403, 'this token may look, and change nothing');
  if (app === undefined) return refuse(404, 'no such act');
  if (what === 'events' && id === undefined) return publish(context, viewer, app, body);
  if (what === 'sockets' && id !== undefined) {
    if (word === 'close') return close(context, viewer, app, id);
    if (word === 'probe') return probe(context, viewer, app, id);
  }
  if (what === 'users' && id !== undefined && word === 'terminate') {
    return terminate(context, viewer, app, id);
  }
  if (what === 'webhooks' && id !== undefined && word === 'replay') {
    return sendAgain(context, viewer, app, id);
  }
  return refuse(404, 'no such act');
}

function decoded(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    return word;
  }
}

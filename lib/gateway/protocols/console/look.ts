import { later, type Eventual } from '../../../brokers/eventual';
import { isObject, parseJson } from '../../../pusher/json';
import type { App } from '../../core/model/app';
import type { ConsoleRole } from '../../options/console';
import type { Asked } from './api';
import type { ConsoleContext, Viewer } from './context';
import { Refusal } from './fault';
import { mergeOf } from './merges';
import { answerHere, routeOf } from './routes';

/** Answers about one thing, which the first node that knows it gives. */
const OF_ONE: ReadonlySet<string> = new Set(['sockets/', 'explain']);

/** Answers the looks of other nodes, for whom their own console has checked the token. */
export function answerOthers(context: ConsoleContext): void {
  context.hub.nodes.on('look', (_app, { target, role, apps }) => {
    const isLook = typeof target === 'string' && Array.isArray(apps);
    if (!isLook) return '';
    const viewer: Viewer = {
      name: 'another gateway',
      role: role === 'operator' ? 'operator' : ('viewer' satisfies ConsoleRole),
      apps: apps.filter((id) => typeof id === 'string'),
    };
    try {
      const route = routeOf(context, viewer, target);
      return later(answerHere(context, viewer, route), (answer) =>
        answer === undefined ? '{}' : JSON.stringify(answer),
      );
    } catch (error) {
      if (error instanceof Refusal) return '{}';
      throw error;
    }
  });
}

/** The answer of all nodes; undefined where none knows of it. */
export function answer(
  context: ConsoleContext,
  viewer: Viewer,
  target: string,
): Eventual<object | undefined> {
  const route = routeOf(context, viewer, target);
  const here = answerHere(context, viewer, route);
  const [first] = context.apps.all();
  const app = route.app ?? first;
  if (context.hub.nodes.isAlone || app === undefined) return here;
  const merge = mergeOf(route);
  const isOfOne = OF_ONE.has(route.id === undefined ? route.what : `${route.what}/`);
  if (merge === undefined && !isOfOne) return here;
  return later(here, (own) => {
    // No other node knows more of a thing that is here.
    if (isOfOne && own !== undefined) return own;
    return later(others(context, viewer, app, target), ({ found, asked }) => {
      const all = own === undefined ? found : [own, ...found];
      const [best] = all;
      return best === undefined || merge === undefined ? best : merge(all, asked, route.query);
    });
  });
}

function others(
  { hub: { nodes } }: ConsoleContext,
  { role, apps }: Viewer,
  app: App,
  target: string,
): Eventual<{ found: object[]; asked: Asked }> {
  return later(nodes.ask(app, { type: 'look', target, role, apps }), (texts) => {
    const found = texts.flatMap((text) => {
      const parsed = text === undefined || text === '' ? undefined : parseJson(text);
      return isObject(parsed) ? [parsed] : [];
    });
    const asked = { asked: texts.length + 1, answered: found.length + 1 };
    return { found: found.filter((each) => Object.keys(each).length > 0), asked };
  });
}

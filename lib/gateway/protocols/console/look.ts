import { later, type Eventual } from '../../../brokers/eventual';
import { isObject, parseJson } from '../../../pusher/json';
import type { App } from '../../core/model/app';
import type { Asked, Fault } from './api';
import type { ConsoleContext, Viewer } from './context';
import { Refusal } from './fault';
import { mergeOf } from './merges';
import { viewerOf } from './viewer';
import { act, answerHere, type Route, routeOf } from './routes';

/** Longest wait for an act at another node: an endpoint of a webhook has 5 s to answer, a page that is asked 10 s. */
const ACT_MS = 12_000;

/** Answers about one thing, which the first node that knows it gives. */
const OF_ONE: ReadonlySet<string> = new Set(['sockets/', 'explain']);

/** Answers the looks of other nodes and does the acts of their operators: their own console has checked the token. */
export function answerOthers(context: ConsoleContext): void {
  context.hub.nodes.on('look', (_app, message) => {
    const viewer = viewerOf(message);
    const { target } = message;
    if (viewer === undefined || typeof target !== 'string') return '';
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
  context.hub.nodes.on('act', async (_app, message) => {
    const viewer = viewerOf(message);
    const { target, body } = message;
    if (viewer === undefined || typeof target !== 'string') return '';
    try {
      const done = await act(context, viewer, routeOf(context, viewer, target), body);
      return JSON.stringify({ done } satisfies FarAct);
    } catch (error) {
      if (error instanceof Refusal) return JSON.stringify({ fault: error.fault } satisfies FarAct);
      throw error;
    }
  });
}

/** Outcome of an act at another node. */
interface FarAct {
  readonly done?: object;
  readonly fault?: Fault;
}

/** Does an act at the node that has the thing it is about: this one, or another. */
export async function actWhereItIs(
  context: ConsoleContext,
  viewer: Viewer,
  target: string,
  body: unknown,
): Promise<object> {
  const route = routeOf(context, viewer, target);
  try {
    return await act(context, viewer, route, body);
  } catch (error) {
    const isElsewhere = error instanceof Refusal && error.fault.status === 404;
    if (!isElsewhere || context.hub.nodes.isAlone) throw error;
    const far = await farAct(context, viewer, route, { target, body });
    if (far?.done !== undefined) return far.done;
    throw far?.fault === undefined ? error : new Refusal(far.fault);
  }
}

const SILENT: FarAct = {
  fault: {
    status: 503,
    message: 'no gateway that answers has it; one does not answer, and may do it later',
  },
};

/** The outcome at the first other node that has the thing, without waiting for the others; undefined when none has. */
async function farAct(
  { hub: { nodes } }: ConsoleContext,
  { name: by, role, apps }: Viewer,
  { app, id }: Route,
  asked: { target: string; body: unknown },
): Promise<FarAct | undefined> {
  if (app === undefined || id === undefined) return undefined;
  const message = { type: 'act', ...asked, by, role, apps } as const;
  return new Promise((resolve) => {
    const acts = nodes.others().map(async (node) => {
      const far = farOf(await nodes.sendSoon(app, node, message, ACT_MS));
      if (far !== undefined && far !== SILENT) resolve(far);
      return far;
    });
    void Promise.all(acts).then((all) => resolve(all.find((far) => far !== undefined)));
  });
}

/** Undefined of a node that has not the thing. */
function farOf(text: string | undefined): FarAct | undefined {
  if (text === undefined) return SILENT;
  const far = parseJson(text);
  const act = isObject(far) ? (far as FarAct) : undefined;
  return act?.fault?.status === 404 ? undefined : act;
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

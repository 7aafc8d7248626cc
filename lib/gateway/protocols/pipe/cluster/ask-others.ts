import { type Eventual, later } from '../../../../brokers/eventual';
import { isObject, parseJson } from '../../../../pusher/json';
import type { Query } from '../queries/query';

/** The results of a query on the other nodes, as JSON texts: of those that answer it within 2 s. */
export function askOthers(
  { context, app, text }: Query,
  method: string,
): Eventual<readonly string[]> {
  const params = text === '' ? '{}' : text;
  const answers = context.hub.nodes.ask(app, { type: 'query', method, params, deadlineMs: 0 });
  return later(answers, (texts) => texts.flatMap(resultOf));
}

function resultOf(answer: string | undefined): string[] {
  const outcome = parseJson(answer ?? '');
  return isObject(outcome) && typeof outcome.result === 'string' ? [outcome.result] : [];
}

import type { App } from '../../../core/model/app';
import type { WebhookRow } from '../api';
import type { ConsoleContext, Viewer } from '../context';

/** The endpoints of an app, as this node sees them. The text of events is for operators. */
export function webhookList(
  context: ConsoleContext,
  { role }: Viewer,
  app: App,
): { readonly items: readonly WebhookRow[] } {
  const seen = <T>(first: T): T | undefined => (role === 'operator' ? first : undefined);
  const items = context.webhooks.states(app).map((each) => ({
    ...each,
    attempts: each.attempts.map((attempt) => ({ ...attempt, first: seen(attempt.first) })),
    givenUp: each.givenUp.map(({ delivery, at, attempts, events, body, first, why }) => {
      return { delivery, at, attempts, events, bytes: body.length, first: seen(first), why };
    }),
  }));
  return { items };
}

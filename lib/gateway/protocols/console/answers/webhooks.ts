import type { App } from '../../../core/model/app';
import type { WebhookRow } from '../api';
import type { ConsoleContext, Viewer } from '../context';

/** The endpoints of an app, as this node sees them. The text of events is for operators. */
export function webhookList(
  context: ConsoleContext,
  { role }: Viewer,
  app: App,
): { readonly items: readonly WebhookRow[] } {
  const items = context.webhooks(app).map((each) => ({
    ...each,
    attempts: each.attempts.map((attempt) => ({
      ...attempt,
      first: role === 'operator' ? attempt.first : undefined,
    })),
  }));
  return { items };
}

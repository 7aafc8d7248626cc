import type { NodeMessage } from '../../core/cluster/nodes';
import type { Viewer } from './context';

/** The viewer that another node asks for: its own console has checked the token. Undefined when the message names none. */
export function viewerOf({ role, apps, by = 'another gateway' }: NodeMessage): Viewer | undefined {
  if (!Array.isArray(apps) || typeof by !== 'string') return undefined;
  return {
    name: by,
    role: role === 'operator' ? 'operator' : 'viewer',
    apps: apps.filter((id) => typeof id === 'string'),
  };
}

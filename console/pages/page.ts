import type { Me } from '../../lib/gateway/protocols/console/api';
import type { Address } from '../address';

/** Everything that a page is given. */
export interface PageProps {
  readonly me: Me;
  readonly address: Address;
  readonly app: string;
}

import type { Me } from '../../gateway/protocols/console/api';
import type { Address } from '../address';

/** Properties of a page. */
export interface PageProps {
  readonly me: Me;
  readonly address: Address;
  readonly app: string;
}

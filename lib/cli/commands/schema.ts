import { configSchema } from '../../gateway/options/options';

/** Prints the JSON Schema of the configuration file. */
export function schema(): void {
  console.log(JSON.stringify(configSchema(), null, 2));
}

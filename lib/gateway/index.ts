export { createGateway, Gateway } from './gateway';
export { configSchema, limitsTable } from './options';
export type { AppOptions, GatewayOptions, Limits } from './options';
export { StandpipeError } from '../errors';

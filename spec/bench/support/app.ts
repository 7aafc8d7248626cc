/** The one app of the gateway under load. */
export const APP = { id: '1', key: 'key', secret: 'a-secret-of-the-benchmarks' };

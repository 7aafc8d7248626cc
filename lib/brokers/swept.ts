/** Time for which an engine knows the sockets that a node had open when it was declared dead. */
export const SWEPT_MS = 10 * 60 * 1000;

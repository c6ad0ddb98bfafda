/** Ports of the tests' own, so that they run beside a portal of `npm start`. */
export const PORTAL_PORT = Number(process.env.FAIRWAY_TEST_PORT ?? 3210);
export const FORGE_PORT = PORTAL_PORT + 1;
export const CLUSTER_PORT = PORTAL_PORT + 2;

export const FORGE_URL = `http://localhost:${FORGE_PORT}`;
export const CLUSTER_URL = `http://127.0.0.1:${CLUSTER_PORT}`;

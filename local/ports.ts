/** Fixed, so that what is pasted today still works tomorrow. Loopback only. */
export const PORTS = { api: 4565, aws: 4566, issuers: 4567, people: 4568, database: 4569 } as const;

export const API_URL = `http://127.0.0.1:${PORTS.api}`;

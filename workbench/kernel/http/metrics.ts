// Prometheus metrics: requests by route, pool, process.

import type { Pool } from 'pg';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

const registry = new Registry();
collectDefaultMetrics({ register: registry, prefix: 'ward_' });

const duration = new Histogram({
  name: 'ward_http_request_seconds',
  help: 'Duration of requests by route',
  labelNames: ['method', 'route', 'status'],
  buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
  registers: [registry],
});
const connections = new Gauge({
  name: 'ward_database_connections',
  help: 'Connections of the pool by state',
  labelNames: ['state'],
  registers: [registry],
});

/** `route` is the pattern, never the address itself: the number of series stays bounded. */
export function countRequests(method: string, route: string, status: number, milliseconds: number): void {
  duration.observe({ method, route, status: String(status) }, milliseconds / 1000);
}

export async function metricsText(pool: Pool): Promise<string> {
  connections.set({ state: 'idle' }, pool.idleCount);
  connections.set({ state: 'busy' }, pool.totalCount - pool.idleCount);
  connections.set({ state: 'waiting' }, pool.waitingCount);
  return registry.metrics();
}

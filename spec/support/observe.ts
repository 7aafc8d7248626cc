import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { MemoryEngine } from '../../lib/brokers/memory/engine';
import type { Gateway } from '../../lib/gateway';
import { startGateway, type StartOptions } from './start-gateway';

export const OBSERVE = join(__dirname, '../../examples/observe');

export interface Panel {
  id: number;
  type: string;
  title: string;
  gridPos: { h: number; w: number; x: number; y: number };
  targets?: Array<{ refId: string; expr: string }>;
}

/** Panels of the dashboard of the example. */
export function panelsOf(): Panel[] {
  const text = readFileSync(join(OBSERVE, 'grafana.json'), 'utf8');
  return (JSON.parse(text) as { panels: Panel[] }).panels;
}

/** Names of metrics of Standpipe in a text, histograms without the ending of a series. */
export function metricsIn(text: string): string[] {
  const names = Array.from(text.matchAll(/\bstandpipe_[a-z0-9_]+/g), ([name]) => name);
  return [...new Set(names.map((name) => name.replace(/_(bucket|sum|count)$/, '')))].sort();
}

/** A gateway with metrics, joined with others, so that it has all metrics that there are. */
export function startObserved(t: Test, options: StartOptions = {}): Promise<Gateway> {
  return startGateway(t, {
    ...{ joinedBy: new MemoryEngine().join(), metrics: { port: 0 }, ...options },
  });
}

import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { MemoryEngine } from '../../../lib/brokers/memory/engine';
import { Apps } from '../../../lib/gateway/core/model/app';
import { Hub } from '../../../lib/gateway/core/hub';
import { Journal } from '../../../lib/gateway/core/journal';
import { Metrics } from '../../../lib/gateway/core/metrics';
import { Router } from '../../../lib/gateway/core/router';
import { Turn } from '../../../lib/gateway/core/fanout/turn';
import { checkGatewayOptions } from '../../../lib/gateway/options/options';
import { parseTarget } from '../../../lib/gateway/http/target';
import { RestApi } from '../../../lib/gateway/protocols/rest/api';
import { silent } from '../../../lib/util/logger';
import { systemClock } from '../../../lib/util/timers';
import { signedRequest } from '../../support/api-client';
import { answerParent } from '../support/answer';
import { APP } from '../support/app';
import { requestOf } from '../support/publish-request';

/** The HTTP API alone, called without sockets and HTTP: CPU of one request, from its head to its answer. */
function own(events: number, calls: number): number {
  const { apps, limits } = checkGatewayOptions({ apps: [APP] });
  const clock = systemClock;
  const metrics = new Metrics();
  const journal = new Journal(silent, metrics);
  const turn = new Turn((run) => clock.endOfTurn(run));
  const broker = new MemoryEngine({ clock, limits, isAlone: true }).join();
  const hub = new Hub({ turn, clock, limits, journal, metrics, broker });
  const none = (): number => 0;
  const router = new Router(hub, metrics, journal);
  const parts = { hub, router, metrics, journal, limits, clock, log: silent };
  const api = new RestApi(parts, new Apps(apps, (app) => hub.attach(app)));
  const { method, target, body } = signedRequest(requestOf(events));
  const headers = { 'content-length': String(body.length) };
  const call = (): void => {
    const incoming = Object.assign(new EventEmitter(), { method, url: target, headers });
    const response = { writeHead: none, end: none };
    const [{ path, query, signable }] = parseTarget(target, '');
    api.request({
      path,
      query,
      signable,
      request: incoming as IncomingMessage,
      response: response as unknown as ServerResponse,
      remoteAddress: '127.0.0.1',
      entrance: 'http_api',
      journal,
    });
    incoming.emit('data', body);
    incoming.emit('end');
  };
  for (let i = 0; i < calls / 4; i++) call();
  const before = cpuUs();
  for (let i = 0; i < calls; i++) call();
  return (cpuUs() - before) / calls;
}

function cpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

const CALLS = 20_000;
answerParent({ own: (events) => own(events, CALLS) });

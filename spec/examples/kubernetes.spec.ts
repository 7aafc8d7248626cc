import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Deployment } from 'kubernetes-models/apps/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { ConfigMap, Service } from 'kubernetes-models/v1';
import { parseAllDocuments } from 'yaml';
import { checkGatewayOptions, type GatewayOptions } from '../../lib/gateway/options/options';
import { SECRET, startGateway } from '../support/start-gateway';

const text = readFileSync(join(__dirname, '../../examples/deploy/kubernetes.yaml'), 'utf8');
const manifests = parseAllDocuments(text).map((document) => document.toJS() as Manifest);

interface Manifest {
  kind: string;
  data?: Record<string, string>;
  spec?: unknown;
}

/** Kinds of the example, as Kubernetes checks them. */
const KINDS = new Map<string, (manifest: never) => { validate(): void }>([
  ['ConfigMap', (manifest) => new ConfigMap(manifest)],
  ['Deployment', (manifest) => new Deployment(manifest)],
  ['PodDisruptionBudget', (manifest) => new PodDisruptionBudget(manifest)],
  ['Service', (manifest) => new Service(manifest)],
]);

function specOf<T>(kind: string): T {
  return manifests.find((each) => each.kind === kind)?.spec as T;
}

/** The parts of a deployment that the spec looks at. */
interface DeploymentSpec {
  strategy: { rollingUpdate: { maxUnavailable: number } };
  template: {
    metadata: { labels: object };
    spec: {
      terminationGracePeriodSeconds: number;
      containers: [
        {
          args: string[];
          ports: Array<{ name: string; containerPort: number }>;
          readinessProbe: { httpGet: { path: string } };
          livenessProbe: { httpGet: { path: string } };
          lifecycle: { preStop: { exec: { command: string[] } } };
          volumeMounts: Array<{ mountPath: string }>;
        },
      ];
    };
  };
}

function settings(): ReturnType<typeof checkGatewayOptions> {
  const file = manifests.find(({ kind }) => kind === 'ConfigMap')?.data?.['standpipe.json'] ?? '';
  const apps = [{ id: '1', key: 'key', secret: SECRET }];
  return checkGatewayOptions({ ...(JSON.parse(file) as GatewayOptions), apps });
}

t.test('manifests of the example are of their schemas', (t) => {
  t.equal(manifests.length, 4);
  for (const manifest of manifests) {
    const make = KINDS.get(manifest.kind);
    t.ok(make, manifest.kind);
    t.doesNotThrow(() => make?.(manifest as never).validate(), manifest.kind);
  }
  const misspelt = structuredClone(manifests.find(({ kind }) => kind === 'Deployment'));
  (misspelt as { spec: { replicas: unknown } }).spec.replicas = 'two';
  t.throws(() => KINDS.get('Deployment')?.(misspelt as never).validate(), 'one that is wrong');
  t.end();
});

t.test('a gateway has the time to stop that its configuration takes', (t) => {
  const { template, strategy } = specOf<DeploymentSpec>('Deployment');
  const [{ lifecycle }] = template.spec.containers;
  const { drainDelayMs, drainMs } = settings().limits;
  const before = Number(lifecycle.preStop.exec.command[1]);
  const needed = before + (drainDelayMs + drainMs) / 1000;
  t.ok(template.spec.terminationGracePeriodSeconds > needed, `${needed} s`);
  t.equal(strategy.rollingUpdate.maxUnavailable, 0, 'and another one is there before');
  t.end();
});

t.test('ports, probes, labels and files of the manifests fit each other', async (t) => {
  const { template } = specOf<DeploymentSpec>('Deployment');
  const [{ args, ports, readinessProbe, livenessProbe, volumeMounts }] = template.spec.containers;
  const { port, metrics, host } = settings();
  t.equal(host, '0.0.0.0');
  t.match(ports, [{ containerPort: port }, { containerPort: metrics?.port }]);
  t.strictSame(args.slice(0, 2), ['serve', '--config']);
  t.ok(args[2]?.startsWith(`${volumeMounts[0]?.mountPath}/`), 'a file of the mounted folder');
  for (const { selector } of [
    specOf<{ selector: object }>('Service'),
    {
      selector: specOf<{ selector: { matchLabels: object } }>('PodDisruptionBudget').selector
        .matchLabels,
    },
  ]) {
    t.strictSame(selector, template.metadata.labels);
  }
  const gateway = await startGateway(t);
  for (const { httpGet } of [readinessProbe, livenessProbe]) {
    t.equal((await fetch(gateway.url + httpGet.path)).status, 200, httpGet.path);
  }
});

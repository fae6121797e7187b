/**
 * Writes a workspace of N Services, each with a Deployment of ten replicas, ten Services a file:
 * `node scripts/bench/generate.mjs N FOLDER`
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const perFile = 10;
const perNamespace = 100;

export function generate(count, folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  // One cluster, as it would be applied.
  writeFileSync(join(folder, '.service-topology.yaml'), 'roots: ["."]\n');
  let bytes = 0;
  for (let first = 0; first < count; first += perFile) {
    const documents = [];
    for (let i = first; i < Math.min(first + perFile, count); i++) documents.push(service(i), deployment(i));
    const text = documents.join('---\n');
    bytes += text.length;
    writeFileSync(join(folder, fileName(first)), text);
  }
  return bytes;
}

export function fileName(service) {
  return `services-${String(Math.floor(service / perFile)).padStart(5, '0')}.yaml`;
}

const namespaceOf = (i) => `team-${Math.floor(i / perNamespace)}`;

function service(i) {
  return `apiVersion: v1
kind: Service
metadata:
  name: app-${i}
  namespace: ${namespaceOf(i)}
  labels:
    app.kubernetes.io/name: app-${i}
    app.kubernetes.io/part-of: bench
spec:
  selector:
    app.kubernetes.io/name: app-${i}
  ports:
    - name: http
      port: 80
      targetPort: http
    - name: metrics
      port: 9090
      targetPort: 9090
`;
}

function deployment(i) {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-${i}
  namespace: ${namespaceOf(i)}
  labels:
    app.kubernetes.io/name: app-${i}
    app.kubernetes.io/part-of: bench
spec:
  replicas: 10
  selector:
    matchLabels:
      app.kubernetes.io/name: app-${i}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: app-${i}
        app.kubernetes.io/part-of: bench
    spec:
      containers:
        - name: app
          image: registry.example/bench/app-${i}:1.0.${i % 50}
          ports:
            - name: http
              containerPort: 8080
            - name: metrics
              containerPort: 9090
          readinessProbe:
            httpGet:
              path: /healthz
              port: http
          resources:
            requests:
              cpu: 100m
              memory: 64Mi
`;
}

if (process.argv[1] === import.meta.filename) {
  const [count, folder] = process.argv.slice(2);
  console.log(`${generate(Number(count), folder)} bytes`);
}

/** Small clusters in which things happen. */

export const web = (spec = '', kind = 'Deployment', pod = '') => `apiVersion: apps/v1
kind: ${kind}
metadata: {name: web, namespace: shop}
spec:
  ${kind === 'DaemonSet' ? '' : 'replicas: 3'}
  ${spec}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: registry.example/web:1, ports: [{containerPort: 8080}]}]${pod}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
`;

export const client = (node: string) => `apiVersion: v1
kind: Pod
metadata: {name: client, namespace: shop, labels: {app: client}}
spec: {nodeName: ${node}, containers: [{name: client, image: registry.example/client:1}]}
---
`;

export const toWeb = [{ from: 'pod shop/client', to: 'http://web' }];

/** Small manifests that many tests use. */

export const service = (name: string, selector: string) => `apiVersion: v1
kind: Service
metadata:
  name: ${name}
  namespace: shop
spec:
  selector:
    app: ${selector}
  ports:
    - name: http
      port: 80
      targetPort: http
`;

export const deployment = (name: string, label: string) => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
  namespace: shop
spec:
  replicas: 2
  selector:
    matchLabels:
      app: ${label}
  template:
    metadata:
      labels:
        app: ${label}
    spec:
      containers:
        - name: main
          image: registry.example/app:1
          ports:
            - name: http
              containerPort: 8080
`;

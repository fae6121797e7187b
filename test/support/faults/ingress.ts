/** Ingresses that are right until a fault is put into them. */

import { isHeadless } from '#model/kubernetes';
import type { HealthyService } from './application';

/** The host that none of the manifests has. */
export const host = 'fault.example';

/** Whether an Ingress may send requests to the Service, whatever its controller. */
export function takesRequests({ service }: HealthyService): boolean {
  return (service.spec.ports ?? []).length > 0 && !isHeadless(service) && service.spec.type !== 'ExternalName';
}

interface Wish {
  readonly name: string;
  readonly path: string;
  /** Whether a certificate is for the host. */
  readonly tls?: boolean;
  readonly className?: string;
}

/** The text of an Ingress that sends the requests for `host` to the Service's first port. */
export function ingressText({ object, service }: HealthyService, { name, path, tls = false, className }: Wish) {
  const ofClass = className === undefined ? '' : `\n  ingressClassName: ${className}`;
  const certificate = `\n  tls:\n    - hosts:\n        - ${host}\n      secretName: ${name}`;
  return (namespace: string) => `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: ${name}${namespace}
spec:${ofClass}${tls ? certificate : ''}
  rules:
    - host: ${host}
      http:
        paths:
          - path: ${path}
            pathType: Prefix
            backend:
              service:
                name: ${object.name}
                port:
                  number: ${service.spec.ports?.[0]?.port ?? 80}`;
}

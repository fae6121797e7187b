/** Faults for the two workspaces beside this file: one edit each, and the line that a person has to change to mend it. */

export interface SeededFault {
  readonly workspace: 'overlays' | 'chart';
  /** The file that is edited, and its first line (of those after `below`) that holds `from`. */
  readonly file: string;
  readonly below?: string;
  readonly from: string;
  readonly to: string;
  /** Where it has to be mended, if that is not the edited line itself: others are as good, or better. */
  readonly or?: readonly { readonly file: string; readonly line: string; readonly below?: string }[];
}

const overlay = (file: string, from: string, to: string, more: Partial<SeededFault> = {}): SeededFault => ({
  workspace: 'overlays',
  file,
  from,
  to,
  ...more,
});
const chart = (file: string, from: string, to: string, more: Partial<SeededFault> = {}): SeededFault => ({
  workspace: 'chart',
  file,
  from,
  to,
  ...more,
});

export const faults: readonly SeededFault[] = [
  // Bases.
  overlay('base/web.yaml', '    app: web', '    app: wbe'),
  overlay('base/web.yaml', 'port: http', 'port: ready', { below: 'readinessProbe' }),
  overlay('base/web.yaml', 'value: db-0.db', 'value: db-0.bd'),
  overlay('base/web.yaml', '        app: web', '        app: wbe', { below: 'template:' }),
  overlay('base/api.yaml', 'app: api', 'app: apo'),
  overlay('base/api.yaml', 'targetPort: http', 'targetPort: web'),
  overlay('base/api.yaml', 'app: api', 'app: apo', { below: 'PodDisruptionBudget' }),
  overlay('base/api.yaml', 'containerPort: 9090', 'containerPort: 909090'),
  overlay('base/db.yaml', 'app: db', 'app: bd'),
  overlay('base/db.yaml', 'name: db', 'name: sql', { or: [{ file: 'base/db.yaml', line: 'serviceName: db' }, { file: 'base/web.yaml', line: 'value: db-0.db' }, { file: 'prod/kustomization.yaml', line: 'name: db' }, { file: 'prod/kustomization.yaml', line: '- source:' }] }), // prettier-ignore
  overlay('base/ingress.yaml', 'name: web', 'name: wbe'),
  overlay('base/ingress.yaml', 'name: http', 'name: https'),
  overlay('base/ingress.yaml', 'name: api', 'name: apis'),
  overlay('base/policy.yaml', 'app: api', 'app: apo'),
  overlay('base/policy.yaml', 'app: web', 'app: wbe', { below: 'from:' }),
  overlay('base/policy.yaml', 'port: http', 'port: htpp'),
  overlay('base/policy.yaml', 'protocol: TCP', 'protocol: HTTP'),
  overlay('base/kustomization.yaml', '- policy.yaml', '- polcy.yaml'),
  // Components.
  overlay('metrics/service.yaml', 'targetPort: metrics', 'targetPort: metric'),
  overlay('metrics/service.yaml', 'app: web', 'app: wbe'),
  overlay('metrics/port.yaml', 'name: metrics', 'name: http'),
  overlay('metrics/port.yaml', 'containerPort: 9100', 'containerPort: 91000'),
  overlay('metrics/port.yaml', 'containers/0', 'containers/1'),
  overlay('metrics/kustomization.yaml', 'path: port.yaml', 'path: ports.yaml'),
  // Patches.
  overlay('prod/web.yaml', 'tier: front', 'tier: fornt', { below: 'type: NodePort' }),
  overlay('prod/web.yaml', 'tier: front', 'tier: fornt', {
    or: [{ file: 'prod/web.yaml', line: 'tier: front', below: 'kind: Service' }],
  }),
  overlay('prod/web.yaml', 'http://api.shop:8081/v2', 'http://api.shop:8080/v2'),
  overlay('prod/web.yaml', 'http://api.shop:8081/v2', 'http://apis.shop:8081/v2'),
  overlay('prod/web.yaml', 'targetPort: http', 'targetPort: 8081'),
  overlay('prod/web.yaml', 'nodePort: 30080', 'nodePort: 8080'),
  overlay('prod/web.yaml', 'type: NodePort', 'type: Nodeport'),
  overlay('prod/web.yaml', 'name: web', 'name: wbe', { below: 'kind: Service' }),
  overlay('prod/api-labels.yaml', 'tier: back', 'tier: bakc', {
    or: [{ file: 'prod/api-port.yaml', line: 'value: back' }],
  }),
  overlay('prod/api-labels.yaml', 'name: api', 'name: apo'),
  overlay('prod/api-port.yaml', 'value: back', 'value: bakc'),
  overlay('prod/api-port.yaml', 'value: 8081', 'value: 81', { or: [{ file: 'prod/web.yaml', line: 'http://api' }] }),
  overlay('prod/api-port.yaml', '/spec/ports/0/port', '/spec/ports/3/port'),
  // The overlay itself.
  overlay('prod/kustomization.yaml', 'includeSelectors: true', 'includeSelectors: truly'),
  overlay('prod/kustomization.yaml', '      name: api', '      name: apo'),
  overlay('prod/kustomization.yaml', '- path: web.yaml', '- path: wbe.yaml'),
  overlay('prod/kustomization.yaml', '- ../metrics', '- ../metric'),
  overlay('prod/kustomization.yaml', 'fieldPath: metadata.name', 'fieldPath: metadata.namespace'),
  overlay('prod/kustomization.yaml', 'value: www.shop.example', 'value: www_shop'),
  overlay('prod/kustomization.yaml', 'namespace: shop', 'namespace: store', { or: [{ file: 'prod/web.yaml', line: 'http://api.shop:8081/v2' }] }), // prettier-ignore
  overlay('base/kustomization.yaml', '- api.yaml', '- apis.yaml'),
  overlay('prod/kustomization.yaml', '- namespace.yaml', '- namespaces.yaml'),
  // Values.
  chart('values.yaml', 'targetPort: http', 'targetPort: htpp'),
  chart('values.yaml', 'containerPort: 8080', 'containerPort: 808080'),
  chart('values.yaml', '    port: http', '    port: ready'),
  chart('values.yaml', 'host: shop.example', 'host: ""'),
  chart('values.yaml', 'service: shop-web', 'service: shop-wbe'),
  chart('values.yaml', '  port: http', '  port: https', { below: 'service: shop-web' }),
  chart('values.yaml', 'from: web', 'from: wbe'),
  chart('values.yaml', 'port: 8080', 'port: 8081', { below: 'api:', or: [{ file: 'values-prod.yaml', line: 'url:' }] }),
  chart('values-prod.yaml', 'type: NodePort', 'type: Nodeport'),
  chart('values-prod.yaml', 'nodePort: 30080', 'nodePort: 80'),
  chart('values-prod.yaml', 'http://shop-api:8080/v1', 'http://shop-api:80/v1'),
  chart('values-prod.yaml', 'http://shop-api:8080/v1', 'http://shop-apo:8080/v1'),
  chart('values-prod.yaml', 'tier: front', 'tier: fornt', { below: 'selector:', or: [{ file: 'values-prod.yaml', line: 'tier: front' }] }), // prettier-ignore
  chart('values-prod.yaml', 'label: api', 'label: apo'),
  chart('charts/api/values.yaml', 'targetPort: 8080', 'targetPort: 80800'),
  chart('charts/api/values.yaml', 'targetPort: 8080', 'targetPort: 8081'),
  chart('values-prod.yaml', 'nodePort: 30080', 'nodePort: 70000'),
  // Templates.
  chart('templates/service.yaml', 'targetPort: admin', 'targetPort: adimn'),
  chart('templates/service.yaml', 'port: 9000', 'port: 90000'),
  chart('templates/service.yaml', '{{- end }}', '{{- edn }}'),
  chart('templates/service.yaml', 'include "shop.selector"', 'include "shop.selectors"'),
  chart('templates/service.yaml', '.Values.web.port', '.Values.webs.port'),
  chart('templates/_helpers.tpl', 'component: front', 'component: fornt'),
  chart('templates/deployment.yaml', 'component: front', 'component: fornt', { below: 'template:' }),
  chart('templates/deployment.yaml', 'containerPort: 9000', 'containerPort: 900000'),
  chart('templates/deployment.yaml', '-web:9000/metrics', '-web:9001/metrics'),
  chart('templates/deployment.yaml', '- name: admin', '- name: admn', { or: [{ file: 'templates/service.yaml', line: 'targetPort: admin' }] }), // prettier-ignore
  chart('templates/ingress.yaml', 'number: 9000', 'number: 9001'),
  chart('templates/ingress.yaml', 'name: {{ .Release.Name }}-web', 'name: {{ .Release.Name }}-wbe'),
  chart('templates/policy.yaml', 'component: front', 'component: back'),
  chart('templates/policy.yaml', '              app: {{', '           app: {{'),
  chart('charts/api/templates/api.yaml', 'part: server', 'part: servre'),
];

/** Faults for the three workspaces beside this file: one edit each, and the line that a person has to change to mend it. */

export interface SeededFault {
  readonly workspace: 'overlays' | 'chart' | 'delivery';
  /** The file that is edited, and its first line (of those after `below`) that holds `from`. */
  readonly file: string;
  readonly below?: string;
  readonly from: string;
  readonly to: string;
  /** Where it has to be mended, if that is not the edited line itself: others are as good, or better. */
  readonly or?: readonly { readonly file: string; readonly line: string; readonly below?: string }[];
}

type More = Pick<SeededFault, 'below' | 'or'>;
const seedIn =
  (workspace: SeededFault['workspace']) =>
  (file: string, from: string, to: string, more: More = {}): SeededFault => ({ workspace, file, from, to, ...more });
const overlay = seedIn('overlays');
const chart = seedIn('chart');
const delivery = seedIn('delivery');

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
  // What selects nothing.
  overlay('metrics/kustomization.yaml', 'name: web', 'name: wbe'),
  overlay('metrics/kustomization.yaml', 'kind: Deployment', 'kind: Deployement'),
  overlay('prod/kustomization.yaml', 'name: registry.example/web', 'name: registry.example/wbe'),
  overlay('prod/kustomization.yaml', '  - name: web', '  - name: wbe'),
  overlay('prod/kustomization.yaml', 'name: shop', 'name: shpo', { below: 'kind: Ingress' }),
  overlay('prod/kustomization.yaml', 'kind: Ingress', 'kind: Ingres'),
  overlay('prod/kustomization.yaml', 'name: db', 'name: bd', { below: 'select:' }),
  delivery('apps/prod/kustomization.yaml', 'labelSelector: app!=none', 'labelSelector: env=prod'),
  delivery('apps/prod/kustomization.yaml', 'labelSelector: app!=none', 'namespace: shop'),
  delivery('apps/prod/kustomization.yaml', 'labelSelector: app!=none', 'name: prod-web'),
  // Patches that cannot be applied.
  overlay('prod/api-labels.yaml', 'kind: Deployment', 'kind: StatefulSet', { or: [{ file: 'prod/api-labels.yaml', line: 'name: api' }, { file: 'prod/kustomization.yaml', line: '- path: api-labels.yaml' }] }), // prettier-ignore
  overlay('prod/kustomization.yaml', '/spec/rules/0/host', '/spec/rules/1/host'),
  overlay('metrics/port.yaml', 'name: metrics', 'name: metric', { or: [{ file: 'metrics/service.yaml', line: 'targetPort: metrics' }] }), // prettier-ignore
  overlay('prod/kustomization.yaml', 'UPSTREAM=http://api:8081', 'UPSTREAM=http://apis:8081'),
  overlay('base/ingress.yaml', 'ingressClassName: nginx', 'ingressClassName: ngnix'),
  overlay('base/db.yaml', 'clusterIP: None', 'clusterIP: 10.0.0.300'),
  // What a prefix, a generator and a namespace reach.
  delivery('apps/prod/url.yaml', 'http://prod-api:8080', 'http://api:8080'),
  delivery('apps/prod/kustomization.yaml', 'namePrefix: prod-', 'namePrefix: live-', { or: [{ file: 'apps/prod/url.yaml', line: 'http://prod-api' }] }), // prettier-ignore
  delivery('apps/prod/kustomization.yaml', '- name: settings', '- name: setings', { or: [{ file: 'apps/base/web.yaml', line: 'name: settings' }] }), // prettier-ignore
  delivery('apps/prod/kustomization.yaml', '- path: url.yaml', '- path: ulr.yaml'),
  delivery('apps/prod/url.yaml', 'kind: Deployment', 'kind: Deploymnet'),
  delivery('apps/prod/ingress.yaml', 'name: web', 'name: wbe', { below: 'service:' }),
  delivery('apps/prod/ingress.yaml', 'name: web', 'name: prod-wbe', { below: 'service:' }),
  // Charts as teams write them.
  chart('values.yaml', 'api:', 'apis:', { or: [{ file: 'values-prod.yaml', line: 'url:' }] }),
  chart('values.yaml', '    port: 8080', '    prot: 8080', { below: 'api:', or: [{ file: 'values-prod.yaml', line: 'url:' }] }), // prettier-ignore
  chart('templates/service.yaml', '.Values.web.port', '.Values.web.prot'),
  chart('templates/service.yaml', '.Values.web.targetPort', '.Values.web.targetport'),
  chart('templates/service.yaml', 'nindent 4', 'nindent 2', { below: 'selector:' }),
  chart('templates/deployment.yaml', 'nindent 8', 'nindent 6', { or: [{ file: 'values-prod.yaml', line: 'tier: front', below: 'selector:' }] }), // prettier-ignore
  chart('templates/_helpers.tpl', 'define "shop.selector"', 'define "shop.select"', { or: [{ file: 'templates/service.yaml', line: 'include "shop.selector"' }] }), // prettier-ignore
  chart('templates/deployment.yaml', '.Values.web.probe.port', '.Values.web.porbe.port'),
  chart('Chart.yaml', 'name: api', 'name: apis', { or: [{ file: 'charts/api/Chart.yaml', line: 'name: api' }] }),
  chart('charts/api/Chart.yaml', 'name: api', 'name: apis', { or: [{ file: 'Chart.yaml', line: '- name: api' }] }),
  chart('values.yaml', 'className: nginx', 'className: ngnix'),
  chart('charts/api/templates/api.yaml', '.Values.service.port', '.Values.service.prot'),
  chart('values.yaml', 'label: web', 'label: Web!'),
  // What Argo CD and a Helmfile say.
  delivery('argo/shop.yaml', '        - values-prod.yaml', '        - values-live.yaml'),
  delivery('argo/shop.yaml', 'path: charts/shop', 'path: charts/shpo'),
  delivery('argo/shop.yaml', 'name: web.port', 'name: web.targetPort', { or: [{ file: 'argo/shop.yaml', line: 'value: "80"' }] }), // prettier-ignore
  delivery('argo/shop.yaml', 'value: "80"', 'value: "eighty"'),
  delivery('argo/shop.yaml', '    namespace: shop', '    namespace: shpo', { or: [{ file: 'charts/shop/templates/web.yaml', line: 'http://web.shop' }] }), // prettier-ignore
  delivery('argo/shop.yaml', '- values-eu.yaml', '- values-prod.yaml', { or: [{ file: 'charts/shop/values-prod.yaml', line: 'targetPort: 8080' }] }), // prettier-ignore
  delivery('charts/shop/values-prod.yaml', 'targetPort: 8080', 'targetprot: 8080', { or: [{ file: 'charts/shop/values-eu.yaml', line: 'targetPort: 9090' }] }), // prettier-ignore
  delivery('helmfile.yaml', 'value: http', 'value: htpp'),
  delivery('helmfile.yaml', 'name: targetPort', 'name: targetport', { or: [{ file: 'charts/cart/values.yaml', line: 'targetPort: web' }] }), // prettier-ignore
  delivery('helmfile.yaml', '- cart.yaml', '- carts.yaml'),
  delivery('helmfile.yaml', 'chart: ./charts/cart', 'chart: ./charts/crat'),
  delivery('cart.yaml', 'http://cart:80', 'http://crat:80'),
];

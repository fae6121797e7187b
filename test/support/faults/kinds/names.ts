/** Faults in the names by which programs call Services: in variables, arguments and ConfigMaps. */

import { namesIn, type NameInText } from '#analysis/names/names-in';
import { configMapUsers } from '#analysis/names/config-map-users';
import { placeOfName } from '#analysis/names/place';
import { serviceOfHost } from '#analysis/names/service-names';
import type { TextEdit } from '#analysis/types';
import { isHeadless, namespacedName, type Service } from '#model/kubernetes';
import type { KubernetesObject } from '#model/object';
import type { Application } from '../application';
import type { FaultKind } from '../types';
import { misspelled, otherPort, renamed } from '../typos';

interface Call {
  readonly object: KubernetesObject;
  readonly name: NameInText;
  readonly service: Service;
  /** Whom a trace starts from. */
  readonly from: string;
}

/** Names of Services in the texts that pods get. */
function* calls(app: Application): Iterable<Call> {
  const { controlPlane } = app;
  const holders = [...[...app.groups()].map(({ object }) => object), ...app.objectsOf('', 'ConfigMap')];
  for (const object of holders) {
    const group =
      object.kind === 'ConfigMap' ? configMapUsers(object, controlPlane)[0] : controlPlane.podGroup(object.key);
    if (!group) continue;
    for (const name of namesIn(object)) {
      const service = serviceOfHost(name.host, object.namespace, controlPlane);
      if (!service || !app.isEditable(controlPlane.serviceObject(namespacedName(service)) ?? object)) continue;
      const { kind, namespace, name: maker } = group.object;
      yield { object, name, service, from: `${kind.toLowerCase()}/${namespace}/${maker}` };
    }
  }
}

const idOf = ({ object, name }: Call) => `${object.key} ${name.path.join('.')} ${name.range.start}`;

function portOf({ name, service }: Call): number {
  return name.port ?? service.spec.ports?.[0]?.port ?? 80;
}

/** How a call of the text, as it now stands, ends. */
function called(app: Application, call: Call): string {
  const object = app.object(call.object.key);
  const now = object && namesIn(object).find(({ path, range }) => path.join('.') === call.name.path.join('.') && Math.abs(range.start - call.name.range.start) < 2); // prettier-ignore
  if (!now) return 'no such name';
  return app.trace(call.from, `http://${now.host}:${now.port ?? portOf(call)}/`);
}

function exchange(
  app: Application,
  { object, name }: Call,
  part: 'host' | 'port',
  newText: string | undefined,
): readonly TextEdit[] | undefined {
  // prettier-ignore
  const place = placeOfName(object, name, part, app.context);
  return newText === undefined || !place ? undefined : [{ ...place, newText }];
}

function servicePlaces(app: Application, { service }: Call) {
  const object = app.controlPlane.serviceObject(namespacedName(service));
  return [app.place(object, ['metadata', 'name']), app.place(object, ['spec', 'ports'])];
}

const host: FaultKind = {
  name: 'Service’s name in a variable or URL',
  codes: ['name-of-no-service'],
  *candidates(application) {
    for (const call of calls(application))
      yield {
        id: idOf(call),
        spoil: (app, random) => {
          const { name } = call.service.metadata;
          const other = misspelled(name, app.serviceNames(), random);
          return other === undefined ? undefined : exchange(app, call, 'host', call.name.host.split('.').map((label) => (label === name ? other : label)).join('.')); // prettier-ignore
        },
        answer: (app) => called(app, call),
        otherSides: (app) => servicePlaces(app, call),
      };
  },
};

const port: FaultKind = {
  name: 'port in a URL',
  codes: ['name-port'],
  *candidates(application) {
    for (const call of calls(application)) {
      if (call.name.port === undefined || isHeadless(call.service)) continue;
      const taken = new Set(call.service.spec.ports?.map((known) => known.port));
      yield {
        id: idOf(call),
        spoil: (app, random) => exchange(app, call, 'port', String(otherPort(call.name.port!, taken, random))),
        answer: (app) => called(app, call),
        otherSides: (app) => servicePlaces(app, call),
      };
    }
  },
};

/** The first call of each Service. */
function* calledServices(app: Application): Iterable<Call> {
  const seen = new Set<string>();
  for (const call of calls(app)) {
    const name = namespacedName(call.service);
    if (seen.has(name) || [...app.services()].every((service) => service.name !== name)) continue;
    seen.add(name);
    yield call;
  }
}

const serviceRenamed: FaultKind = {
  name: 'Service renamed, its callers not',
  codes: ['name-of-no-service'],
  follows: [
    'ingress-backend-missing',
    'route-backend-missing',
    'stateful-set-service-missing',
    'external-name-unknown',
  ],
  *candidates(application) {
    for (const call of calledServices(application)) {
      const object = application.controlPlane.serviceObject(namespacedName(call.service))!;
      yield {
        id: namespacedName(call.service),
        spoil: (app, random) => {
          const other = renamed(object.name, app.serviceNames(), random);
          return other === undefined ? undefined : app.set(object, ['metadata', 'name'], other);
        },
        answer: (app) => called(app, call),
        otherSides: (app) => [app.place(app.object(call.object.key), call.name.path)],
      };
    }
  },
};

const servicePort: FaultKind = {
  name: 'port of a Service, not of its callers',
  codes: ['name-port'],
  follows: ['ingress-backend-port', 'route-backend-port', 'headless-target-port', 'target-port-undeclared', 'policy-port-of-service'], // prettier-ignore
  *candidates(application) {
    for (const call of calledServices(application)) {
      const { service, name } = call;
      const index = service.spec.ports?.findIndex((known) => known.port === name.port) ?? -1;
      if (index < 0 || isHeadless(service)) continue;
      const object = application.controlPlane.serviceObject(namespacedName(service))!;
      yield {
        id: namespacedName(service),
        spoil: (app, random) => app.set(object, ['spec', 'ports', index, 'port'], otherPort(name.port!, new Set(service.spec.ports?.map((known) => known.port)), random)), // prettier-ignore
        answer: (app) => called(app, call),
        otherSides: (app) => [app.place(app.object(call.object.key), name.path)],
      };
    }
  },
};

const namespaceMoved: FaultKind = {
  name: 'Service moved to another namespace',
  codes: ['selector-matches-nothing'],
  follows: ['name-in-other-namespace', 'name-of-no-service', 'ingress-backend-missing', 'route-backend-missing', 'route-backend-not-permitted', 'stateful-set-service-missing', 'endpoints-without-service', 'external-name-unknown'], // prettier-ignore
  *candidates(application) {
    if (application.state.scope.namespace !== undefined) return;
    for (const service of application.services()) {
      const { object, groups } = service;
      if (!object.namespaceGiven || !groups.every((group) => group.object.namespaceGiven)) continue;
      yield {
        id: service.name,
        spoil: (app, random) => app.set(object, ['metadata', 'namespace'], random.pick([`${object.namespace}-staging`, 'default', 'production'])), // prettier-ignore
        answer: (app) => app.endpoints(service.name),
        otherSides: (app) => groups.flatMap(({ object: maker, templatePath }) => [['metadata'], [...templatePath, 'metadata', 'labels']].map((path) => app.place(app.object(maker.key), path))), // prettier-ignore
      };
    }
  },
};

const shortName: FaultKind = {
  name: 'short name across namespaces',
  codes: ['name-in-other-namespace', 'name-of-no-service', 'name-without-namespace'],
  *candidates(application) {
    for (const call of calledServices(application)) {
      const { service, object, name } = call;
      const written = application.controlPlane.serviceObject(namespacedName(service))!;
      // A base says no namespace of one of its overlays.
      const isShared = application.workspace.scopesOfFile(object.origin.file).length > 1;
      if (!written.namespaceGiven || !object.namespaceGiven || isShared) continue;
      const { name: host, namespace } = service.metadata;
      yield {
        id: idOf(call),
        spoil: (app, random) => {
          const broken = namespace === object.namespace ? [`${host}.default`, `${host}.${namespace}s.svc.cluster.local`, `${host}.svc.cluster.local`] : [host]; // prettier-ignore
          return exchange(app, { ...call, name }, 'host', random.pick(broken));
        },
        answer: (app) => called(app, call),
        otherSides: (app) => servicePlaces(app, call),
      };
    }
  },
};

export const nameFaults: readonly FaultKind[] = [host, port, serviceRenamed, servicePort, namespaceMoved, shortName];

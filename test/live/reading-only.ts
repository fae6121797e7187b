/** What a cluster was asked, held against what may be asked of it: by the API server's own record of every request. */

import { expect } from 'vitest';
import type { AuditedRequest, ControlPlane } from './control-plane';

const reviews = ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'];
const configMaps = /[?&]fieldSelector=metadata\.name(?:=|%3D)(?:coredns|kube-proxy)(?:&|$)/;

/**
 * Lists and watches, questions about one's own rights and, where somebody has asked for a dry run, what nobody stores;
 * never a Secret, and of ConfigMaps the two that are known by name.
 */
export async function expectReadingOnly(plane: ControlPlane): Promise<void> {
  const asked = await plane.requests('service-topology');
  expect(asked.length).toBeGreaterThan(50);
  expect(asked.filter((request) => !isReading(request)).map(printed)).toEqual([]);
  // The record is whole: what the test itself has asked for stands in it, its Secret too.
  const everybody = await plane.requests(undefined);
  expect(everybody.some(({ verb, objectRef }) => verb === 'create' && objectRef?.resource === 'secrets')).toBe(true);
}

function isReading({ verb, requestURI, objectRef }: AuditedRequest): boolean {
  // What the server is, and which kinds it serves.
  if (objectRef === undefined) return verb === 'get' && /^\/(version|api\/v1|apis\/[^/]+\/[^/]+)$/.test(requestURI);
  const { resource = '' } = objectRef;
  if (resource === 'secrets') return false;
  if (verb === 'list' || verb === 'watch') return resource !== 'configmaps' || configMaps.test(requestURI);
  if (verb === 'create' && reviews.includes(resource)) return true;
  return /[?&]dryRun=All(?:&|$)/.test(requestURI);
}

function printed({ verb, requestURI }: AuditedRequest): string {
  return `${verb} ${requestURI}`;
}

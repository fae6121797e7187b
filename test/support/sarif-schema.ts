/** The part of the SARIF 2.1.0 schema that our logs need: which members there may and must be, and what they hold. */

import type { Schema } from './json-schema';

const text: Schema = { type: 'string' };
const uri: Schema = { type: 'string', pattern: '^(?:[a-z]+:)?[\\w\\-.~%!$&\'()*+,;=:@/?#]+$' }; // prettier-ignore
const whole = (minimum: number): Schema => ({ type: 'number', minimum });
const ref = (name: string): Schema => ({ $ref: `#/definitions/${name}` });
const listOf = (name: string, minItems = 0): Schema => ({ type: 'array', items: ref(name), minItems });
const level: Schema = { enum: ['none', 'note', 'warning', 'error'] };

function object(required: readonly string[], properties: Record<string, Schema>): Schema {
  return { type: 'object', required: [...required], properties, additionalProperties: false };
}

export const sarifSchema: Schema = {
  ...object(['version', 'runs'], { $schema: uri, version: { const: '2.1.0' }, runs: listOf('run', 1) }),
  definitions: {
    run: object(['tool'], {
      tool: object(['driver'], { driver: ref('toolComponent') }),
      invocations: listOf('invocation'),
      originalUriBaseIds: { type: 'object', additionalProperties: ref('artifactLocation') },
      columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
      results: listOf('result'),
    }),
    toolComponent: object(['name'], {
      name: text,
      fullName: text,
      informationUri: uri,
      version: text,
      semanticVersion: { type: 'string', pattern: '^\\d+\\.\\d+\\.\\d+' },
      rules: listOf('reportingDescriptor'),
    }),
    reportingDescriptor: object(['id'], {
      id: text,
      name: text,
      shortDescription: ref('multiformatMessageString'),
      fullDescription: ref('multiformatMessageString'),
      help: ref('multiformatMessageString'),
      helpUri: uri,
      defaultConfiguration: object([], { enabled: { type: 'boolean' }, level }),
      properties: { type: 'object', properties: { tags: { type: 'array', items: text } } },
    }),
    multiformatMessageString: object(['text'], { text, markdown: text }),
    invocation: object(['executionSuccessful'], {
      executionSuccessful: { type: 'boolean' },
      workingDirectory: ref('artifactLocation'),
    }),
    result: object(['message'], {
      ruleId: text,
      ruleIndex: whole(-1),
      level,
      message: ref('message'),
      locations: listOf('location'),
      relatedLocations: listOf('location'),
      partialFingerprints: { type: 'object', additionalProperties: text },
      suppressions: listOf('suppression'),
    }),
    message: object(['text'], { text: { type: 'string', minLength: 1 } }),
    location: object([], {
      id: whole(-1),
      physicalLocation: object([], { artifactLocation: ref('artifactLocation'), region: ref('region') }),
      logicalLocations: { type: 'array', items: object([], { name: text, fullyQualifiedName: text, kind: text }) },
      message: ref('message'),
    }),
    artifactLocation: object([], { uri, uriBaseId: text }),
    region: object([], { startLine: whole(1), startColumn: whole(1), endLine: whole(1), endColumn: whole(1) }),
    suppression: object(['kind'], {
      kind: { enum: ['inSource', 'external'] },
      justification: text,
      location: ref('location'),
    }),
  },
};

/** Holds values against JSON schemas, as far as ours go. */

/** The words of JSON schema that ours uses. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  propertyNames?: Schema;
  required?: string[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  definitions?: Record<string, Schema>;
  $schema?: string;
  title?: string;
  description?: string;
}

/** Whether a value is as the schema says; knows what the project's own schemas use, and no more. */
export function conforms(value: unknown, schema: Schema, root: Schema): boolean {
  if (schema.$ref !== undefined) return conforms(value, root.definitions![schema.$ref.split('/')[2]!]!, root);
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  if (schema.type !== undefined && ![schema.type].flat().includes(type)) return false;
  if (schema.enum && !schema.enum.includes(value)) return false;
  if ('const' in schema && schema.const !== value) return false;
  if (schema.anyOf && !schema.anyOf.some((option) => conforms(value, option, root))) return false;
  if (schema.oneOf && schema.oneOf.filter((option) => conforms(value, option, root)).length !== 1) return false;
  if (typeof value === 'number' && (value < (schema.minimum ?? -Infinity) || value > (schema.maximum ?? Infinity))) return false; // prettier-ignore
  if (typeof value === 'string') {
    if (value.length < (schema.minLength ?? 0) || value.length > (schema.maxLength ?? Infinity)) return false;
    return schema.pattern === undefined || new RegExp(schema.pattern, 'u').test(value);
  }
  if (Array.isArray(value)) {
    if (value.length < (schema.minItems ?? 0) || value.length > (schema.maxItems ?? Infinity)) return false;
    return value.every((item) => !schema.items || conforms(item, schema.items, root));
  }
  return typeof value !== 'object' || value === null || membersConform(value, schema, root);
}

function membersConform(value: object, schema: Schema, root: Schema): boolean {
  if (schema.required?.some((key) => !Object.hasOwn(value, key))) return false;
  return Object.entries(value).every(([key, member]) => {
    if (schema.propertyNames && !conforms(key, schema.propertyNames, root)) return false;
    const known = schema.properties?.[key];
    if (known) return conforms(member, known, root);
    const others = schema.additionalProperties;
    return typeof others === 'object' ? conforms(member, others, root) : others !== false;
  });
}

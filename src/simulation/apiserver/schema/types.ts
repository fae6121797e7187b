/** What a Go type takes from JSON: the shape that the decoder goes by. */

/** A Go type; `go` is its name in the server's words. */
export type Schema =
  | { readonly kind: 'bool' | 'int-or-string' | 'any' }
  | { readonly kind: 'string'; readonly go: string }
  | { readonly kind: 'integer'; readonly bits: 32 | 64 }
  | { readonly kind: 'list'; readonly items: Schema; readonly go: string }
  /** Values of the map are strings. */
  | { readonly kind: 'map' }
  | { readonly kind: 'map-of'; readonly values: Schema; readonly go: string }
  /** A time as RFC 3339 writes it, with that many digits after the seconds' point. */
  | { readonly kind: 'time'; readonly digits: 0 | 6 }
  | { readonly kind: 'quantity' | 'bytes' }
  | StructSchema;

/** A Go struct. Other fields than these are an error, as kubectl and the server check it. */
export interface StructSchema {
  readonly kind: 'struct';
  /** The Go type without its package. */
  readonly name: string;
  readonly fields: ReadonlyMap<string, Schema>;
  /** The Go type with its package. */
  readonly go: string;
  /** Fields that are left out where they are empty, by their tag in Go. None of them is a struct. */
  readonly omit: ReadonlySet<string>;
  /** For fields of a struct that is embedded in this one: its name, which Go has on the way to the field. */
  readonly embedded?: ReadonlyMap<string, string>;
}

/** The type as Go's JSON decoder names it where a value is of another one. */
export function goType(schema: Schema): string {
  switch (schema.kind) {
    case 'integer':
      return `int${schema.bits}`;
    case 'map':
      return 'map[string]string';
    case 'list':
    case 'map-of':
    case 'string':
    case 'struct':
      return schema.go;
    case 'time':
      return 'string';
    case 'bytes':
      return '[]uint8';
    case 'int-or-string':
      return 'int32';
    default:
      return schema.kind;
  }
}

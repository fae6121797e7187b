/** Texts that somebody fills in before the manifest is applied: what the API server says to them says nothing. */

/** `__HOST__`, `<your domain>`, `${NAME}`, `$(NAME)`, `{{ name }}`, `%NAME%`, `@NAME@`. */
const placeholder =
  /__[A-Za-z0-9_]+__|<[A-Za-z][^<>]*>|\$\{[^{}]+\}|\$\([^()]+\)|\{\{[^{}]*\}\}|%[A-Z][A-Z0-9_]*%|@[A-Z][A-Z0-9_]*@/;

/** The placeholder that a value holds. */
export function placeholderIn(value: unknown): string | undefined {
  return typeof value === 'string' ? placeholder.exec(value)?.[0] : undefined;
}

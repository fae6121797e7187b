/** `$(NAME)` in the values of variables. */

/**
 * Models third_party/forked/golang/expansion Expand (v1.37): `$$` is a dollar sign, a reference to what nobody
 * defines stays as it is written. `known` gives undefined for a name that nobody defines, null for a value that is
 * not known: then the whole text is not known either.
 */
export function expand(text: string, known: (name: string) => string | null | undefined): string | undefined {
  let result = '';
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    const next = text[i + 1];
    if (character !== '$' || next === undefined) result += character;
    else if (next === '$') {
      result += '$';
      i++;
    } else if (next === '(') {
      const close = text.indexOf(')', i + 2);
      if (close < 0) {
        result += '$(';
        i++;
        continue;
      }
      const name = text.slice(i + 2, close);
      const value = known(name);
      if (value === null) return undefined;
      result += value ?? `$(${name})`;
      i = close;
    } else {
      result += `$${next}`;
      i++;
    }
  }
  return result;
}

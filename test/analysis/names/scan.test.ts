/** Host names in texts: what is one, and what is not. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanText } from '#analysis/names/scan';

/** `form scheme host port`, a line each, with what stands at the ranges in place of the values. */
function scan(text: string, variable?: string): string[] {
  return scanText(text, variable).map(({ form, scheme, range, portRange }) =>
    [form, scheme, text.slice(range.start, range.end), portRange && text.slice(portRange.start, portRange.end)]
      .filter((part) => part !== undefined)
      .join(' '),
  );
}

describe('a name is found in', () => {
  const cases: readonly [string, string, string | undefined, readonly string[]][] = [
    ['a URL', 'http://web/path', undefined, ['url http web']],
    ['a URL with port', 'http://web.shop:8080/', undefined, ['url http web.shop 8080']],
    ['a URL with a password', 'postgres://app:se@cret@db:5432/app', undefined, ['url postgres db 5432']],
    ['a URL of JDBC', 'jdbc:mysql://db:3306/app?useSSL=false', undefined, ['url mysql db 3306']],
    ['a list in a URL', 'mongodb://a:27017,b:27017/x', undefined, ['url mongodb a 27017', 'url mongodb b 27017']],
    ['a flag', '--url=http://web:80', undefined, ['url http web 80']],
    ['a flag for a host', '--db-host=db', undefined, ['variable db']],
    ['the word behind a flag', 'db', 'db-host', ['variable db']],
    ['a variable for a host', 'db', 'DB_HOST', ['variable db']],
    ['a key in camel case', 'db', 'dbHost', ['variable db']],
    ['a variable for addresses', 'a:1,b:2', 'KAFKA_BROKERS', ['variable a 1', 'variable b 2']],
    ['host and port', 'db:5432', 'ANYTHING', ['address db 5432']],
    ['a full name', 'x db.data.svc.cluster.local y', undefined, ['service db.data.svc.cluster.local']],
    ['a full name with a port', 'db.data.svc:5432', undefined, ['service db.data.svc 5432']],
    ['a file of nginx', 'location / {\n  proxy_pass http://web:80;\n}', undefined, ['url http web 80']],
    ['a script that waits', 'until nc -z -w 1 db 5432; do sleep 1; done', undefined, ['address db 5432']],
    ['a script that asks', 'until nslookup db; do sleep 1; done', undefined, ['address db']],
  ];
  it.each(cases)('%s', (_, text, variable, expected) => expect(scan(text, variable)).toEqual(expected));
});

describe('no name is found in', () => {
  const cases: readonly [string, string, string | undefined][] = [
    ['a word', 'db', undefined],
    ['a variable that says nothing', 'db', 'DB_NAME'],
    ['a program’s own host', 'db', 'HOST'],
    ['what it listens on', 'db', 'LISTEN_ADDR'],
    ['an address', 'http://10.0.0.1:80', undefined],
    ['localhost', 'http://localhost:80', undefined],
    ['a template', 'http://{{ .Values.host }}/', undefined],
    ['a variable in a URL', 'http://$(WEB_HOST):80/', undefined],
    ['a variable behind a name', 'http://web-${ENV}:80/', undefined],
    ['a variable before a name', 'http://$(POD).web.svc:80/', undefined],
    ['a format', 'http://web-%s/', undefined],
    ['a wildcard', '*.web.svc.cluster.local', undefined],
    ['a path', '/etc/web.svc', undefined],
    ['a bucket', 's3://web/data', undefined],
    ['a file', 'file://web/data', undefined],
    ['a comment', 'a: b\n# http://web:80\n', undefined],
    ['a time', '12:30', undefined],
    ['a port out of range', 'web:70000', undefined],
  ];
  it.each(cases)('%s', (_, text, variable) => expect(scan(text, variable)).toEqual([]));
});

describe('whatever the text', () => {
  it('ranges lie in it, in their order and apart, and spell the host', () => {
    const piece = fc.constantFrom(
      'http://',
      'web',
      ':',
      '8080',
      '.svc',
      '.',
      'shop',
      '/',
      ',',
      ' ',
      '$',
      '{',
      'é',
      '\n',
      '@',
      '-',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), fc.constantFrom(undefined, 'DB_HOST'), (pieces, variable) => {
        const text = pieces.join('');
        let end = 0;
        for (const { range, host, port, portRange } of scanText(text, variable)) {
          expect(range.start).toBeGreaterThanOrEqual(end);
          expect(text.slice(range.start, range.end)).toBe(host);
          if (portRange) expect(Number(text.slice(portRange.start, portRange.end))).toBe(port);
          end = range.end;
        }
      }),
    );
  });

  it('takes no longer than the text is long', () => {
    const text = 'a.b-c:'.repeat(20_000);
    expect(scanText(text, 'DB_HOST')).toEqual([]);
    expect(scanText(`${'x1'.repeat(90_000)} http://web`, undefined)).toHaveLength(1);
    expect(scanText('a,'.repeat(90_000), 'DB_HOST')).toHaveLength(90_000);
  });
});

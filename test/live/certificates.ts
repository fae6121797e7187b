/** An authority that issues certificates for clients: Node can sign, but not write them, so their DER is written here. */

import { createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

export interface Authority {
  /** PEM. */
  readonly certificate: string;
  /** The API server takes the common name for the user and the organisations for groups. */
  issue(user: string, groups: readonly string[]): { readonly certificate: string; readonly key: string };
}

export function makeAuthority(name: string): Authority {
  const own = newKey();
  const issuer = nameOf(name, []);
  const write = (subject: Buffer, publicKey: string, isAuthority: boolean) =>
    certificateOf({ issuer, subject, publicKey, isAuthority }, own.privateKey);
  return {
    certificate: write(issuer, own.publicKey, true),
    issue(user, groups) {
      const { publicKey, privateKey } = newKey();
      return { certificate: write(nameOf(user, groups), publicKey, false), key: privateKey };
    },
  };
}

function newKey(): { readonly publicKey: string; readonly privateKey: string } {
  return generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
}

interface Contents {
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly publicKey: string;
  readonly isAuthority: boolean;
}

/** RFC 5280, section 4.1. */
function certificateOf({ issuer, subject, publicKey, isAuthority }: Contents, signer: string): string {
  const ecdsaWithSha256 = sequence(identifier('1.2.840.10045.4.3.2'));
  const basicConstraints = sequence(identifier('2.5.29.19'), boolean(true), octets(sequence(...(isAuthority ? [boolean(true)] : [])))); // prettier-ignore
  const clientAuth = sequence(identifier('2.5.29.37'), octets(sequence(identifier('1.3.6.1.5.5.7.3.2'))));
  const now = Date.now();
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    issuer,
    sequence(time(now - 3_600_000), time(now + 86_400_000)),
    subject,
    createPublicKey(publicKey).export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(basicConstraints, ...(isAuthority ? [] : [clientAuth]))),
  );
  const signature = tagged(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, signer)]));
  const text = sequence(body, ecdsaWithSha256, signature).toString('base64').replace(/(.{64})/g, '$1\n'); // prettier-ignore
  return `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`;
}

function nameOf(commonName: string, organisations: readonly string[]): Buffer {
  const part = (type: string, text: string) =>
    tagged(0x31, sequence(identifier(type), tagged(0x0c, Buffer.from(text))));
  return sequence(...organisations.map((text) => part('2.5.4.10', text)), part('2.5.4.3', commonName));
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function integer(bytes: Buffer): Buffer {
  return tagged(0x02, bytes);
}

function octets(content: Buffer): Buffer {
  return tagged(0x04, content);
}

function boolean(value: boolean): Buffer {
  return tagged(0x01, Buffer.from([value ? 0xff : 0]));
}

function time(milliseconds: number): Buffer {
  return tagged(0x17, Buffer.from(new Date(milliseconds).toISOString().replace(/^\d\d|[-:T]|\.\d+/g, '')));
}

function identifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = rest.flatMap((part) => {
    const groups = [part & 0x7f];
    for (let left = part >> 7; left > 0; left >>= 7) groups.unshift(0x80 | (left & 0x7f));
    return groups;
  });
  return tagged(0x06, Buffer.from([first * 40 + second, ...bytes]));
}

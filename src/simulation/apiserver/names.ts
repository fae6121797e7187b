/** Which names, labels and ports the API server takes. Each check gives the server's complaints; none means valid. */

export type Complaints = readonly string[];
export type Check = (text: string) => Complaints;

const fine: Complaints = [];

const labelText = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const label = new RegExp(`^${labelText}$`);
const subdomainText = `${labelText}(\\.${labelText})*`;
const subdomain = new RegExp(`^${subdomainText}$`);
const underscoredLabelText = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const underscoredText = `${underscoredLabelText}(\\.${underscoredLabelText})*`;
const underscored = new RegExp(`^${underscoredText}$`);
const label1035Text = '[a-z]([-a-z0-9]*[a-z0-9])?';
const label1035 = new RegExp(`^${label1035Text}$`);
const qualifiedText = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const qualified = new RegExp(`^${qualifiedText}$`);
const labelValueText = `(${qualifiedText})?`;
const labelValue = new RegExp(`^${labelValueText}$`);

const labelComplaint =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with " +
  `an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${labelText}')`;
const subdomainComplaint =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and " +
  `end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${subdomainText}')`;
const underscoredComplaint =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start " +
  `and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${underscoredText}')`;
const label1035Complaint =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and " +
  `end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '${label1035Text}')`;
const qualifiedComplaint =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character " +
  `(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${qualifiedText}')`;
const labelValueComplaint =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and " +
  `end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is ` +
  `'${labelValueText}')`;

function complaints(text: string, most: number, form: RegExp, complaint: string, unit = 'characters'): Complaints {
  const long = text.length > most;
  if (!long && form.test(text)) return fine;
  const found = long ? [`must be no more than ${most} ${unit}`] : [];
  if (!form.test(text)) found.push(complaint);
  return found;
}

/** Models apimachinery/pkg/util/validation IsDNS1123Label (v1.37). */
export function dnsLabel(text: string): Complaints {
  return complaints(text, 63, label, subdomain.test(text) ? 'must not contain dots' : labelComplaint);
}

/** Models IsDNS1035Label. */
export function dns1035Label(text: string): Complaints {
  return complaints(text, 63, label1035, label1035Complaint);
}

/** Models IsDNS1123Subdomain. */
export function dnsSubdomain(text: string): Complaints {
  return complaints(text, 253, subdomain, subdomainComplaint);
}

/** Models IsDNS1123SubdomainWithUnderscore. */
export function searchDomain(text: string): Complaints {
  return complaints(text, 253, underscored, underscoredComplaint);
}

/** Models IsValidLabelValue. */
export function validLabelValue(text: string): Complaints {
  return complaints(text, 63, labelValue, labelValueComplaint, 'bytes');
}

/** Models IsQualifiedName: a name, or `prefix/name`. */
export function qualifiedName(text: string): Complaints {
  const parts = text.split('/');
  if (parts.length > 2) return [`a valid label key ${qualifiedComplaint} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`]; // prettier-ignore
  const name = parts.at(-1)!;
  const found: string[] = [];
  if (parts.length === 2) {
    if (parts[0] === '') found.push('prefix part must be non-empty');
    else
      for (const complaint of complaints(parts[0]!, 253, subdomain, subdomainComplaint, 'bytes'))
        found.push(`prefix part ${complaint}`);
  }
  if (name === '') found.push('name part must be non-empty');
  else if (name.length > 63) found.push('name part must be no more than 63 bytes');
  if (!qualified.test(name)) found.push(`name part ${qualifiedComplaint}`);
  return found.length === 0 ? fine : found;
}

/** Models IsValidPortName: an IANA service name, as container ports and named target ports have. */
export function portName(text: string): Complaints {
  const found: string[] = [];
  if (text.length > 15) found.push('must be no more than 15 characters');
  if (!/^[-a-z0-9]+$/.test(text)) found.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(text)) found.push('must contain at least one letter (a-z)');
  if (text.includes('--')) found.push('must not contain consecutive hyphens');
  if (text.startsWith('-') || text.endsWith('-')) found.push('must not begin or end with a hyphen');
  return found;
}

/** Models IsValidPortNum. */
export function portNumber(port: number): Complaints {
  return port >= 1 && port <= 65535 ? fine : ['must be between 1 and 65535, inclusive'];
}

const configKeyComplaint =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or " +
  "'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

/** Models IsConfigMapKey. */
export function configMapKey(text: string): Complaints {
  const found: string[] = [];
  if (text.length > 253) found.push('must be no more than 253 characters');
  if (!/^[-._a-zA-Z0-9]+$/.test(text)) found.push(configKeyComplaint);
  return [...found, ...noChangeOfFolder(text)];
}

/** Models hasChDirPrefix. */
function noChangeOfFolder(text: string): Complaints {
  if (text === '.') return ["must not be '.'"];
  if (text === '..') return ["must not be '..'"];
  return text.startsWith('..') ? ["must not start with '..'"] : fine;
}

const environmentNameComplaint =
  "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start " +
  "with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is " +
  "'[-._a-zA-Z][-._a-zA-Z0-9]*')";

/** Models IsEnvVarName. */
export function environmentName(text: string): Complaints {
  const found = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(text) ? fine : [environmentNameComplaint];
  return [...found, ...noChangeOfFolder(text)];
}

/** Models IsRelaxedEnvVarName. */
export function relaxedEnvironmentName(text: string): Complaints {
  if (text === '') return ['environment variable name must be non-empty'];
  if (/^[ -<>-~]*$/.test(text)) return fine;
  return ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}

/** Models IsHTTPHeaderName. */
export function headerName(text: string): Complaints {
  if (/^[-A-Za-z0-9]+$/.test(text)) return fine;
  return ["a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')"]; // prettier-ignore
}

/** Models IsWildcardDNS1123Subdomain. */
export function wildcardSubdomain(text: string): Complaints {
  const complaint =
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower " +
    "case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used " +
    `for validation is '\\*\\.${subdomainText}')`;
  return complaints(text, 253, new RegExp(`^\\*\\.${subdomainText}$`), complaint);
}

/** Models IsValidUserID and IsValidGroupID. */
export function userId(id: number): Complaints {
  return id >= 0 && id <= 2147483647 ? fine : ['must be between 0 and 2147483647, inclusive'];
}

/** Models apimachinery/pkg/api/validate/content IsPathSegmentName. */
export function pathSegment(text: string): Complaints {
  if (text === '.' || text === '..') return [`may not be '${text}'`];
  return ['/', '%'].filter((each) => text.includes(each)).map((each) => `may not contain '${each}'`);
}

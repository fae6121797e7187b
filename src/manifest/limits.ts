/** How much work a file may cause: manifests are read while somebody types, and may come from anybody. */

export interface YamlLimits {
  /** How deep collections may be nested. */
  readonly maxDepth: number;
  /** How many values the aliases of a document may stand for. */
  readonly maxAliasedValues: number;
}

export interface ReadLimits extends YamlLimits {
  /** In UTF-16 code units of the text. */
  readonly maxFileLength: number;
  /** How long a document may be that needs the full YAML reader, which is slow and takes much memory. */
  readonly maxIntricateLength: number;
  /** How long all such documents of a file may be together; each counts for some hundred characters at least. */
  readonly maxIntricateTotal: number;
  /** Of a file; the documents behind them are not read. */
  readonly maxDocuments: number;
}

/** The size in bytes beyond which a file is not read. */
export const maximumFileSize = 16 * 1024 * 1024;

export const defaultLimits: ReadLimits = {
  maxFileLength: maximumFileSize,
  maxIntricateLength: 2 * 1024 * 1024,
  maxIntricateTotal: 8 * 1024 * 1024,
  maxDocuments: 100_000,
  maxDepth: 200,
  maxAliasedValues: 100_000,
};

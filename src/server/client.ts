/** What the client at the other end can do, and which features its user wants. */

import type { ClientCapabilities } from 'vscode-languageserver';
import * as v from 'valibot';
import type { TemplatesElsewhere } from '#analysis/features/templates/others';

/** What our own extension says about itself, beside the settings; other editors say nothing. */
const ownOptions = v.object({
  client: v.object({
    /** Whether it has our commands, for links and lenses. */
    commands: v.optional(v.boolean(), false),
    /** Whether another server completes by the schemas of Kubernetes. */
    schemas: v.optional(v.boolean(), false),
    /** Whether another server tells where open documents are no YAML. */
    syntax: v.optional(v.boolean(), false),
    /** What another extension tells of Helm templates. */
    templates: v.optional(v.picklist(['nothing', 'values', 'names', 'everything']), 'nothing'),
    /** Whether it reads files for us. */
    files: v.optional(v.boolean(), false),
    /** Where the bundles lie, for a server that reads no disk: a URL with a slash at its end. */
    bundles: v.optional(v.string()),
  }),
});

/** Settings of the editor alone: what is shown, not what is true of the cluster. */
const switches = v.object({
  codeLens: v.optional(
    v.object({
      services: v.optional(v.boolean(), true),
      workloads: v.optional(v.boolean(), true),
      actions: v.optional(v.boolean(), true),
    }),
    {},
  ),
  inlayHints: v.optional(v.object({ ports: v.optional(v.boolean(), true) }), {}),
  explanations: v.optional(v.boolean(), true),
});
type Switches = v.InferOutput<typeof switches>;

export class Client {
  readonly commands: boolean;
  readonly schemas: boolean;
  readonly syntax: boolean;
  readonly files: boolean;
  readonly bundles: string | undefined;
  readonly templates: TemplatesElsewhere;
  readonly #capabilities: ClientCapabilities;
  #switches: Switches = v.parse(switches, {});

  constructor(capabilities: ClientCapabilities, initializationOptions: unknown) {
    this.#capabilities = capabilities;
    const own = v.safeParse(ownOptions, initializationOptions);
    this.commands = own.success && own.output.client.commands;
    this.schemas = own.success && own.output.client.schemas;
    this.syntax = own.success && own.output.client.syntax;
    this.files = own.success && own.output.client.files;
    this.templates = own.success ? own.output.client.templates : 'nothing';
    this.bundles = own.success ? own.output.client.bundles : undefined;
    this.configure(initializationOptions);
  }

  /** Takes the user's settings; what is of no shape that we know leaves them as they were. */
  configure(settings: unknown): void {
    const read = v.safeParse(switches, settings);
    if (read.success) this.#switches = read.output;
  }

  get switches(): Switches {
    return this.#switches;
  }

  /** Whether it shows the server's own messages of its state: our extension does. */
  get showsStatus(): boolean {
    return this.commands;
  }

  /** Whether a change can ask the user before it is made. */
  get confirmsChanges(): boolean {
    const edit = this.#capabilities.workspace?.workspaceEdit;
    return edit?.documentChanges === true && edit.changeAnnotationSupport !== undefined;
  }

  /** Whether it asks for the edit of an action only when the user has chosen it. */
  get resolvesEdits(): boolean {
    const action = this.#capabilities.textDocument?.codeAction;
    return action?.dataSupport === true && action.resolveSupport?.properties.includes('edit') === true;
  }

  /** Whether it tells of changed files that it is asked about later. */
  get watchesFiles(): boolean {
    return this.#capabilities.workspace?.didChangeWatchedFiles?.dynamicRegistration === true;
  }

  get refreshesLenses(): boolean {
    return this.#capabilities.workspace?.codeLens?.refreshSupport === true;
  }

  get refreshesHints(): boolean {
    return this.#capabilities.workspace?.inlayHint?.refreshSupport === true;
  }
}

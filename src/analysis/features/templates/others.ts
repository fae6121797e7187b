/** What another extension tells of Helm templates already. */

/** Each with what stands before it: nothing, the keys of values, the names of templates, and all of it in hovers too. */
export type TemplatesElsewhere = 'nothing' | 'values' | 'names' | 'everything';

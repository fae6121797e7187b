/** The tools as `contributes.languageModelTools` has them. */
export function contributedTools(): Promise<object[]>;

/** The paths of the real kustomize and helm, or what this machine lacks to build them. */
export function renderTools(): Promise<
  | { readonly kustomize: string; readonly helm: string; readonly lack?: undefined }
  | { readonly lack: string; readonly kustomize?: undefined; readonly helm?: undefined }
>;

export interface SoftHsm {
  readonly module: string;
  readonly util: string;
}
export function findSoftHsm(store?: string): Promise<SoftHsm | { readonly missing: string }>;
export function makeToken(
  softHsm: SoftHsm,
  folder: string,
  names: { readonly token: string; readonly pin: string },
): Promise<void>;

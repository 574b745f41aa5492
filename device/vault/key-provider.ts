// Where the key-encryption key is. One key is a generation; it wraps the small keys of the keyring and never leaves the provider.

export interface KeyProvider {
  /** Generations that exist, ascending. */
  generations(): Promise<readonly number[]>;
  /** Makes a key with a number above all before; durable when it resolves. */
  newGeneration(): Promise<number>;
  /** Makes everything that this generation wrapped unreadable for ever. Nothing happens when it does not exist. */
  destroyGeneration(generation: number): Promise<void>;
  /** Encrypts and authenticates a key of 32 bytes; it opens for the same context only. */
  wrap(generation: number, key: Uint8Array, context: string): Promise<Uint8Array>;
  /**
   * Refuses with `vault.key-destroyed` (there is no such generation), `vault.keyring-swapped` (not wrapped by this key for this context)
   * or `vault.key-module` (the module does not answer).
   */
  unwrap(generation: number, wrapped: Uint8Array, context: string): Promise<Uint8Array>;
}

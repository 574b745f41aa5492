// Where a component's source is pinned: repository and whole commit id, out of the addresses that SBOMs write.

export interface GitPin {
  /** Address of the repository without the commit. */
  readonly repository: string;
  /** SHA-1 or SHA-256 object id in lower case. */
  readonly commit: string;
}

const COMMIT = '([0-9a-f]{40}|[0-9a-f]{64})';
/** SPDX 2.3 clause 7.7: `git+https://host/path.git@<commit>#sub/path`. */
const locator = new RegExp(`^(?:git\\+)?([a-z]+://[^#?]+|git@[^#?]+?)@${COMMIT}(?:[#?].*)?$`, 'i');
/** As forges show a commit or the tree at one. */
const page = new RegExp(
  `^(?:git\\+)?(https?://[^#?]+?)/(?:-/)?(?:commits?|tree|src/commit|archive)/${COMMIT}(?:[/.#?].*)?$`,
  'i',
);
const fragment = new RegExp(
  `^(?:git\\+)?([a-z]+://[^#?]+|git@[^#?]+?)(?:#|\\?(?:id|ref|rev|h|commit)=)${COMMIT}$`,
  'i',
);

/** Only a whole id is a pin: a branch, a tag or a short id may mean something else tomorrow. */
export function gitPin(address: string): GitPin | null {
  if (address.length < 40 || address.length > 2_000 || !/[0-9a-f]{40}/i.test(address)) return null;
  const [, repository, commit] = locator.exec(address) ?? page.exec(address) ?? fragment.exec(address) ?? [];
  if (!repository || !commit) return null;
  // cgit names the page before the query: /commit/?id=…
  return { repository: repository.replace(/\/(?:commit|tree|log)\/?$/, ''), commit: commit.toLowerCase() };
}

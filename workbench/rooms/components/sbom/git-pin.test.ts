import { describe, expect, it } from 'vitest';
import { gitPin } from './git-pin.ts';

const commit = '0123456789abcdef0123456789abcdef01234567';

describe('a pin in an address', () => {
  it.each([
    [`git+https://git.example/a/b.git@${commit}#sub/path`, 'https://git.example/a/b.git'],
    [`git://git.example/b@${commit}`, 'git://git.example/b'],
    [`git+ssh://git@git.example/a/b.git@${commit.toUpperCase()}`, 'ssh://git@git.example/a/b.git'],
    [`git@git.example:a/b.git@${commit}`, 'git@git.example:a/b.git'],
    [`https://forge.example/a/b/commit/${commit}`, 'https://forge.example/a/b'],
    [`https://forge.example/a/b/-/tree/${commit}/src`, 'https://forge.example/a/b'],
    [`https://forge.example/a/b/archive/${commit}.tar.gz`, 'https://forge.example/a/b'],
    [`https://forge.example/a/b.git#${commit}`, 'https://forge.example/a/b.git'],
    [`https://git.example/b/commit/?id=${commit}`, 'https://git.example/b'],
    [`git+https://git.example/b.git@${commit}${'0'.repeat(24)}`, 'https://git.example/b.git'],
  ])('%s names its repository', (address, repository) => {
    expect(gitPin(address)?.repository).toBe(repository);
    expect(gitPin(address)?.commit).toMatch(/^[0-9a-f]{40}(?:0{24})?$/);
  });

  it.each([
    'https://forge.example/a/b/tree/main',
    'git+https://git.example/b.git@v1.2',
    `git+https://git.example/b.git@${commit.slice(1)}`,
    `https://files.example/${commit}.bin`,
    `git+https://git.example/${'b'.repeat(3_000)}@${commit}`,
    '',
  ])('%s is none', (address) => {
    expect(gitPin(address)).toBeNull();
  });
});

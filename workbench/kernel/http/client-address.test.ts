import { describe, expect, it } from 'vitest';
import { clientAddressFrom, clientKey, isNetwork } from './client-address.ts';

describe('the address of a client', () => {
  const behind = clientAddressFrom(['10.0.0.0/8', '192.0.2.7', 'fd00::/8']);

  it.each<[string, string, string | undefined, string]>([
    ['without a proxy', '203.0.113.5', undefined, '203.0.113.5'],
    [
      'that names itself a proxy’s client without being a proxy',
      '203.0.113.5',
      '198.51.100.1',
      '203.0.113.5',
    ],
    ['behind one proxy', '10.1.1.1', '198.51.100.1', '198.51.100.1'],
    ['behind two', '10.1.1.1', '198.51.100.1, 192.0.2.7', '198.51.100.1'],
    ['that wrote an address before its own', '10.1.1.1', '1.2.3.4, 198.51.100.1', '198.51.100.1'],
    ['behind a proxy that says nothing', '10.1.1.1', undefined, '10.1.1.1'],
    ['behind a proxy that says nonsense', '10.1.1.1', 'unknown', '10.1.1.1'],
    ['of IPv4 inside IPv6', '::ffff:10.1.1.1', '::ffff:198.51.100.1', '198.51.100.1'],
    ['with brackets and port', 'fd00::1', '[2001:db8::5]:4711', '2001:db8::5'],
    ['with a port', 'fd00::1', '198.51.100.1:4711', '198.51.100.1'],
    ['in a header of any length', '10.1.1.1', `${'1.1.1.1, '.repeat(1_000)}2.2.2.2`, '10.1.1.1'],
  ])('%s', (_what, peer, header, expected) => {
    expect(behind(peer, header)).toBe(expected);
  });

  it('is the peer where no proxy is trusted', () => {
    expect(clientAddressFrom([])('127.0.0.1', '1.2.3.4')).toBe('127.0.0.1');
  });

  it.each([
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8::5', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['198.51.100.1', '198.51.100.1'],
  ])('%s counts as %s', (address, key) => {
    expect(clientKey(address)).toBe(key);
  });

  it.each([
    ['10.0.0.0/8', true],
    ['10.0.0.1', true],
    ['fd00::/8', true],
    ['10.0.0.0/33', false],
    ['10.0.0.0/8/8', false],
    ['proxy.example', false],
    ['', false],
  ])('%s is a network: %s', (text, expected) => {
    expect(isNetwork(text)).toBe(expected);
  });
});

import { expect, it } from 'vitest';
import { readMailServer } from './settings.ts';

const FROM = 'Ward <ward@example.org>';

it('reads address, user and password', () => {
  expect(readMailServer('smtps://ward%40example.org:p%2Fw@mail.example.org', FROM)).toEqual({
    host: 'mail.example.org',
    port: 465,
    tls: true,
    user: 'ward@example.org',
    password: 'p/w',
    from: FROM,
  });
  expect(readMailServer('smtp://[::1]:2525', 'ward@example.org')).toMatchObject({
    host: '::1',
    port: 2525,
    tls: false,
  });
});

it.each([
  ['mail.example.org', FROM],
  ['https://mail.example.org', FROM],
  ['smtp://u:secret-word@mail.example.org', undefined],
  ['smtp://u:secret-word@mail.example.org', 'nobody'],
  ['smtp://u:secret-word@mail.example.org', 'a@b.c\r\nBcc: x@y.z'],
])('refuses %s from %j and says no secret', (url, from) => {
  expect(() => readMailServer(url, from)).toThrow(
    expect.not.objectContaining({ message: expect.stringContaining('secret-word') }),
  );
});

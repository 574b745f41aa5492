// Why a feed could not be fetched. `at` is the address, without anything secret.
import { defineErrors } from '../../kernel/errors.ts';

export const refuseFeed = defineErrors({
  'feed.not-found': {
    status: 404,
    exit: 2,
    title: 'No such feed',
    remedy: 'List the feeds with `ward knowledge status`, or on the page Knowledge.',
  },
  'feed.exists': {
    status: 409,
    exit: 2,
    title: 'A feed of this name exists',
    remedy: 'Choose another name, or change the feed that is there.',
  },
  'feed.is-default': {
    status: 409,
    exit: 2,
    title: 'A feed that ships with Ward cannot be deleted',
    remedy: 'Turn it off instead.',
  },
  'feed.running': {
    status: 409,
    exit: 2,
    title: 'The feed is being fetched already',
    remedy: 'Wait until it has ended; its progress stands on the page Knowledge.',
  },
  'feed.wrong-address': {
    status: 422,
    exit: 2,
    title: 'The address of a feed is not right',
    remedy: 'Enter a http or https address without a user name or password.',
  },
  'feed.wrong-settings': {
    status: 422,
    exit: 2,
    title: 'The settings of a feed are not right',
    remedy: 'Correct the field that is named.',
  },
  'feed.unreachable': {
    status: 503,
    exit: 4,
    title: 'The server of the feed cannot be reached',
    remedy:
      'Check the address, the network and the proxy (WARD_PROXY). In a closed network leave the feed off and import files.',
  },
  'feed.timed-out': {
    status: 503,
    exit: 4,
    title: 'The server of the feed takes too long',
    remedy: 'Nothing to do at once: Ward tries again by itself. If it stays, check network and proxy.',
  },
  'feed.broken-off': {
    status: 503,
    exit: 4,
    title: 'The connection ended in the middle of a file',
    remedy: 'Nothing to do at once: Ward tries again by itself. If it stays, check proxy and firewall.',
  },
  'feed.not-there': {
    status: 503,
    exit: 4,
    title: 'The feed is not at its address',
    remedy: 'Check the address: the publisher may have moved it.',
  },
  'feed.refused': {
    status: 503,
    exit: 4,
    title: 'The server of the feed refuses',
    remedy: 'Check whether the address needs a key or is closed to your network.',
  },
  'feed.server-broken': {
    status: 503,
    exit: 4,
    title: 'The server of the feed is broken',
    remedy: 'Nothing to do at once: Ward tries again by itself.',
  },
  'feed.rate-limited': {
    status: 503,
    exit: 4,
    title: 'The server of the feed asks to wait',
    remedy:
      'Nothing to do at once: Ward tries again by itself. For NVD a key in WARD_NVD_API_KEY allows more.',
  },
  'feed.too-large': {
    status: 503,
    exit: 4,
    title: 'The server of the feed sends more than it should',
    remedy: 'Check the address; no feed of this kind is that large.',
  },
  'feed.redirect-refused': {
    status: 503,
    exit: 4,
    title: 'The server of the feed leads elsewhere',
    remedy: 'Enter the final address of the feed, if you trust it.',
  },
  'feed.wrong-content': {
    status: 503,
    exit: 4,
    title: 'The feed holds something else than it should',
    remedy: 'Check the address; a proxy or a sign-in page may answer in its place.',
  },
  'feed.wrong-checksum': {
    status: 503,
    exit: 4,
    title: 'A file of the feed does not match its checksum',
    remedy:
      'Nothing of the file was stored. If it stays, tell the publisher; the file may have been changed on its way.',
  },
  'feed.endless': {
    status: 503,
    exit: 4,
    title: 'The feed does not come to an end',
    remedy: 'Nothing to do at once: Ward tries again by itself. If it stays, check the address.',
  },
});

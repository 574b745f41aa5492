// A server that speaks the protocols of all feeds with small records of our own, and breaks in many ways when told to.
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

export const BREAKS = [
  'not found',
  'broken once',
  'broken',
  'busy once',
  'busy for an hour',
  'silent',
  'cut',
  'wrong json',
  'truncated gzip',
  'endless body',
  'redirect loop',
  'other scheme',
  'html',
] as const;
export type Break = (typeof BREAKS)[number];

export interface Asked {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
}

export interface FeedServer {
  readonly url: string;
  readonly asked: Asked[];
  /** Content by path; a function answers by the query. */
  readonly files: Map<string, string | Buffer | ((query: URLSearchParams) => string | Buffer)>;
  /** What goes wrong at a path until it is taken out; the `once` ones mend themselves. */
  readonly broken: Map<string, Break>;
  /** Called at each request; may throw or wait. */
  onAsk: ((path: string) => Promise<void> | void) | null;
  close(): Promise<void>;
}

export async function feedServer(): Promise<FeedServer> {
  const self: Omit<FeedServer, 'url' | 'close'> & { url: string; close: () => Promise<void> } = {
    url: '',
    asked: [],
    files: new Map(),
    broken: new Map(),
    onAsk: null,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  const server: Server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    self.asked.push({ path: pathname, query: searchParams, headers: request.headers });
    Promise.resolve(self.onAsk?.(pathname))
      .then(() => answer(pathname, searchParams, request, response))
      .catch(() => response.destroy());
  });

  function answer(
    path: string,
    query: URLSearchParams,
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    const kind = self.broken.get(path);
    const file = self.files.get(path);
    const found = typeof file === 'function' ? file(query) : file;
    const body = found === undefined ? null : Buffer.from(found);
    if (kind !== undefined && breakIt(kind, path, body ?? Buffer.alloc(0), response)) return;
    if (body === null) {
      response.writeHead(404).end('nothing here');
      return;
    }
    const etag = `"${createHash('sha1').update(body).digest('hex')}"`;
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(304).end();
      return;
    }
    response.writeHead(200, { etag, 'content-length': body.length }).end(body);
  }

  function breakIt(kind: Break, path: string, body: Buffer, response: ServerResponse): boolean {
    switch (kind) {
      case 'not found':
        response.writeHead(404).end('gone');
        return true;
      case 'broken once':
        self.broken.delete(path);
        response.writeHead(500).end('oh');
        return true;
      case 'broken':
        response.writeHead(500).end('oh');
        return true;
      case 'busy once':
        self.broken.delete(path);
        response.writeHead(429, { 'retry-after': '1' }).end();
        return true;
      case 'busy for an hour':
        response.writeHead(429, { 'retry-after': '3600' }).end();
        return true;
      case 'silent':
        // Headers come, and then nothing.
        response.writeHead(200, { 'content-length': body.length + 1 });
        response.write(body.subarray(0, 1));
        return true;
      case 'cut':
        response.writeHead(200, { 'content-length': body.length });
        response.write(body.subarray(0, body.length >> 1), () => response.destroy());
        return true;
      case 'wrong json':
        response.writeHead(200).end('{"vulnerabilities": [ {"cveID": nonsense');
        return true;
      case 'truncated gzip': {
        const packed = gzipSync(body);
        response.writeHead(200).end(packed.subarray(0, packed.length - 12));
        return true;
      }
      case 'endless body': {
        response.writeHead(200);
        const chunk = Buffer.alloc(64 * 1024, ' ');
        const pump = () => {
          while (!response.destroyed && response.write(chunk));
        };
        response.on('drain', pump);
        pump();
        return true;
      }
      case 'redirect loop':
        response.writeHead(302, { location: path }).end();
        return true;
      case 'other scheme':
        response.writeHead(302, { location: 'file:///etc/hostname' }).end();
        return true;
      case 'html':
        response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Sign in</title>');
        return true;
    }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  self.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return self;
}

export const sha512 = (content: string) => createHash('sha512').update(content).digest('hex');
export const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');

export const kevEntry = (cve: string, addedOn = '2026-03-01', more: object = {}) => ({
  cveID: cve,
  vendorProject: 'Harbour',
  product: 'Crane',
  vulnerabilityName: 'Harbour Crane flaw',
  dateAdded: addedOn,
  requiredAction: 'Update it',
  dueDate: '2026-03-22',
  knownRansomwareCampaignUse: 'Unknown',
  ...more,
});
export const kevCatalogue = (cves: readonly (string | object)[], version = '2026.03.01') =>
  JSON.stringify({
    catalogVersion: version,
    count: cves.length,
    vulnerabilities: cves.map((cve) => (typeof cve === 'string' ? kevEntry(cve) : cve)),
  });

export const nvdCve = (id: string, lastModified = '2026-03-01T00:00:00.000') => ({
  cve: {
    id,
    published: '2026-01-01T00:00:00.000',
    lastModified,
    vulnStatus: 'Analyzed',
    descriptions: [{ lang: 'en', value: `The flaw ${id}` }],
    configurations: [
      {
        nodes: [
          {
            operator: 'OR',
            negate: false,
            cpeMatch: [
              {
                vulnerable: true,
                criteria: 'cpe:2.3:a:harbour:crane:*:*:*:*:*:*:*:*',
                versionEndExcluding: '2.0',
              },
            ],
          },
        ],
      },
    ],
  },
});

export const osvRecord = (id: string, modified = '2026-03-01T00:00:00Z') => ({
  schema_version: '1.6.0',
  id,
  modified,
  affected: [
    {
      package: { ecosystem: 'npm', name: 'crane' },
      ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '2.0.0' }] }],
    },
  ],
});

export const csafDocument = (id: string, cves: readonly string[], label = 'WHITE') => ({
  document: {
    category: 'csaf_security_advisory',
    csaf_version: '2.0',
    title: `Advisory ${id}`,
    distribution: { tlp: { label } },
    publisher: { category: 'vendor', name: 'Harbour PSIRT', namespace: 'https://psirt.harbour.example' },
    tracking: {
      id,
      status: 'final',
      version: '1',
      current_release_date: '2026-03-01T00:00:00Z',
      initial_release_date: '2026-03-01T00:00:00Z',
    },
  },
  product_tree: {
    branches: [
      {
        category: 'vendor',
        name: 'Harbour',
        branches: [
          {
            category: 'product_name',
            name: 'Crane',
            branches: [
              {
                category: 'product_version_range',
                name: 'vers:npm/>=1.0.0|<2.0.0',
                product: {
                  name: 'Harbour Crane 1',
                  product_id: 'P1',
                  product_identification_helper: { purl: 'pkg:npm/crane' },
                },
              },
              {
                category: 'product_version',
                name: 'Rev B',
                product: { name: 'Harbour Crane Rev B', product_id: 'P2' },
              },
            ],
          },
        ],
      },
    ],
  },
  vulnerabilities: cves.map((cve) => ({
    cve,
    notes: [{ category: 'description', text: `About ${cve}` }],
    product_status: { known_affected: ['P1', 'P2'] },
    remediations: [{ category: 'vendor_fix', details: 'Update to 2.0.0', product_ids: ['P1'] }],
  })),
});

/** A zip archive of stored (not deflated) files: local headers, central directory, end record (APPNOTE 4.3). */
export function zipOf(files: Readonly<Record<string, string>>): Buffer {
  const parts: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of Object.entries(files)) {
    const data = Buffer.from(content);
    const nameBytes = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(nameBytes.length, 22);
    const local = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), common, nameBytes, data]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    central.push(Buffer.concat([Buffer.from([0x50, 0x4b, 1, 2, 20, 0]), common, tail, nameBytes]));
    parts.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(central.length, 8);
  end.writeUInt16LE(central.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, directory, end]);
}

function crc32(data: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

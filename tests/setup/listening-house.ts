// A house that listens, for commands that ask a running Ward: the real application behind a real socket.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeApiToken } from '../../workbench/kernel/people/api-tokens.ts';
import type { Principal } from '../../workbench/kernel/people/roles.ts';
import { type ActorName, type House, openHouse } from './actors.ts';

export interface ListeningHouse {
  readonly house: House;
  readonly url: string;
  /** May read and change records in the name of the actor. */
  readonly token: string;
  close(): Promise<void>;
}

export async function openListeningHouse(actor: ActorName): Promise<ListeningHouse> {
  const house = await openHouse();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { authorization = '', 'content-type': type = '' } = request.headers;
    const answer = await house.app.request(request.url ?? '/', {
      method: request.method ?? 'GET',
      headers: { authorization, ...(type === '' ? {} : { 'content-type': type }) },
      ...(chunks.length > 0 ? { body: Buffer.concat(chunks) } : {}),
    });
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const owner = house.actor(actor).principal as Principal & { personId: string };
  const { token } = await makeApiToken(house.ward.people.context, owner, {
    name: 'commands',
    scopes: ['read', 'records:write'],
    productId: null,
    days: 30,
  });
  return {
    house,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    async close() {
      server.close();
      await house.close();
    },
  };
}

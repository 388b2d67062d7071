import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { getLocal, type Mockttp } from 'mockttp';
import { failing } from '../incidents/runs.ts';
import { client, DeliveryProject, receivers } from './project.ts';

/** Faults as a server makes them that somebody else has written. */

let server: Mockttp;
let project: DeliveryProject;
beforeEach(async () => {
  server = getLocal();
  await server.start();
  project = await DeliveryProject.make();
  project.env = { ...project.env, HOOK_URL: server.urlFor('/hook') };
  await project.tell([receivers.webhook()]);
});
afterEach(async () => {
  await server.stop();
  await project.remove();
});

test.each(['reset', 'close', 'timeout', 'busy'] as const)(
  'what meets a %s is delivered by the next run',
  async (fault) => {
    const once = server.forPost('/hook').once();
    const failingOnce = {
      reset: () => once.thenResetConnection(),
      close: () => once.thenCloseConnection(),
      timeout: () => once.thenTimeout(),
      busy: () => once.thenReply(429, '', { 'retry-after': '30' }),
    };
    await failingOnce[fault]();
    expect(await project.run(0, { [client]: failing(5) })).toMatchObject({ exit: 3 });
    const hook = await server.forPost('/hook').thenReply(204);
    expect(await project.run(1, { [client]: failing(5) })).toMatchObject({ exit: 1, stderr: '' });
    const requests = await hook.getSeenRequests();
    expect(requests.map(({ headers }) => headers['webhook-id'])).toHaveLength(1);
  },
);

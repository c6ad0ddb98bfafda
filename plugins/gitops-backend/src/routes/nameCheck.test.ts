import { useAnswersBackend } from './__testUtils__/useAnswersBackend';

jest.setTimeout(60_000);

describe('name checks over HTTP', () => {
  const world = useAnswersBackend();

  describe('checking a name', () => {
    async function check(name: string, repoUrl?: string) {
      const query = new URLSearchParams({ name, ...(repoUrl && { repoUrl }) });
      const { body } = await world.call('get', `/name-check?${query}`);
      return [
        body.valid,
        Object.fromEntries(
          body.checks.map((one: any) => [one.where, one.state]),
        ),
      ];
    }

    it.each(['Orders', '-a', 'a-', '1a', 'a_b', 'a'.repeat(41), '../x', ''])(
      "'%s' is malformed",
      async name => {
        expect(await check(name)).toEqual([false, { format: 'invalid' }]);
      },
    );

    it.each([
      ['orders', 'shop', { catalog: 'taken', cluster: 'taken', forge: 'free' }],
      ['stray', 'shop', { catalog: 'free', cluster: 'taken', forge: 'free' }],
      ['taken', 'shop', { catalog: 'free', cluster: 'free', forge: 'taken' }],
    ])('%s is taken', async (name, owner, expected) => {
      expect(await check(name, `${world.forgeHost}?owner=${owner}`)).toEqual([
        false,
        { format: 'free', ...expected },
      ]);
    });

    it('is free when it is found nowhere, and asks the forge as Git does', async () => {
      expect(
        await check('fresh', `${world.forgeHost}?owner=shop&repo=new`),
      ).toEqual([
        true,
        { format: 'free', catalog: 'free', cluster: 'free', forge: 'free' },
      ]);
      expect(world.forgeRequests).toEqual([
        {
          url: '/shop/new.git/info/refs?service=git-upload-pack',
          authorization: `basic ${Buffer.from('robot:secret').toString(
            'base64',
          )}`,
        },
      ]);
    });

    it('looks in the forge of the platform repository when a form names only the team', async () => {
      const { body } = await world.call(
        'get',
        '/name-check?name=taken&owner=group:default/shop',
      );
      expect(body.checks).toContainEqual(
        expect.objectContaining({ where: 'forge', state: 'taken' }),
      );
      expect(world.forgeRequests.map(({ url }) => url)).toEqual([
        '/shop/taken.git/info/refs?service=git-upload-pack',
      ]);
    });

    it('is unknown when the forge cannot say', async () => {
      const [, states] = await check(
        'fresh',
        `${world.forgeHost}?owner=broken`,
      );
      expect(states).toMatchObject({ forge: 'unknown' });
    });

    it('asks no other path of the forge, whatever the owner is called', async () => {
      await check('fresh', `${world.forgeHost}?owner=..%2F..&repo=a%3Fb%23c`);
      expect(world.forgeRequests.map(({ url }) => url)).toEqual([
        '/..%2F../a%3Fb%23c.git/info/refs?service=git-upload-pack',
      ]);
      const dots = await world.call(
        'get',
        `/name-check?name=fresh&repoUrl=${encodeURIComponent(
          `${world.forgeHost}?owner=..&repo=x`,
        )}`,
      );
      expect(dots.status).toBe(400);
    });
  });
});

import { mockServices } from '@backstage/backend-test-utils';
import { connectionErrorReason } from '@fairway/plugin-gitops-node';
import {
  ScriptedKubernetes,
  type Fault,
} from './__testUtils__/ScriptedKubernetes';
import { ClusterConnection } from './ClusterConnection';

const APPS = 'apis/argoproj.io/v1alpha1/applications';
const NOWHERE: Fault = { status: 404, body: '<h1>404 Not Found</h1>' };
const CANNOT_SAY: Fault = {
  status: 503,
  body: { kind: 'Status', message: 'CRDs are being read' },
};
const REFUSED: Fault = {
  status: 403,
  body: { kind: 'Status', message: 'cannot get path "/apis"' },
};
const EMPTY: Fault = { status: 200, body: {} };

describe('ClusterConnection', () => {
  let kubernetes: ScriptedKubernetes;
  let connection: ClusterConnection;

  beforeEach(async () => {
    kubernetes = new ScriptedKubernetes();
    kubernetes.install('local', APPS);
    const baseUrl = await kubernetes.listen();
    connection = new ClusterConnection({
      auth: mockServices.auth(),
      discovery: mockServices.discovery.mock({
        getBaseUrl: async () => baseUrl,
      }),
    });
  });

  afterEach(() => kubernetes.close());

  /** Why a kind cannot be listed, watched or found in its group; `ok` if it can. */
  async function outcomes(kind = APPS): Promise<string[]> {
    const [root, ...parts] = kind.split('/');
    const [group, version, plural] = root === 'api' ? ['', ...parts] : parts;
    const resource = { cluster: 'local', group, version, plural };
    const reasonOf = (work: Promise<unknown>) =>
      work.then(
        () => 'ok',
        error => `${connectionErrorReason(error)}: ${error.message}`,
      );
    const watch = connection.watch(resource, {
      ...{ resourceVersion: '1', timeoutSeconds: 1 },
    });
    return Promise.all([
      reasonOf(connection.listPage(resource, { limit: 1 })),
      reasonOf(watch.next()),
      reasonOf(connection.get(resource, { name: 'a', namespace: 'b' })),
      reasonOf(connection.listKinds(resource, {})),
    ]);
  }

  it('says that a kind is unknown when its API server says so', async () => {
    kubernetes.install('local', 'api/v1/pods');
    for (const kind of [
      'apis/argoproj.io/v1alpha1/rollouts',
      'apis/argoproj.io/v1/applications',
      'apis/fluxcd.io/v1/kustomizations',
      'api/v1/unknown',
    ]) {
      for (const outcome of (await outcomes(kind)).slice(0, 3)) {
        expect(outcome).toMatch(/^not-installed: .*is unknown to cluster/);
      }
    }
    const kinds = { cluster: 'local', group: 'fluxcd.io', version: 'v1' };
    await expect(connection.listKinds(kinds, {})).rejects.toMatchObject({
      reason: 'not-installed',
    });
  });

  it.each<[string, Record<string, Fault>, RegExp]>([
    ['everything is lost', { '': NOWHERE }, /^unreachable: .*does not confirm/],
    ['it serves the kind', {}, /^unreachable: .*says that it serves it/],
    ['it cannot say', { apis: CANNOT_SAY }, /^unreachable: .*CRDs are being/],
    ['it says nothing', { apis: EMPTY }, /^unreachable: .*is no APIGroupList/],
    [
      'it may not be asked',
      { apis: REFUSED },
      /^forbidden: .*system:discovery/,
    ],
  ])(
    'does not take a 404 for the absence of a kind when %s',
    async (_, answers, expected) => {
      kubernetes.fault = ({ path }) => {
        const asked = path.replace('proxy/', '');
        const isKind = asked.startsWith('apis/argoproj.io/v1alpha1');
        const isList = asked === 'apis/argoproj.io/v1alpha1';
        return (
          answers[asked] ??
          answers[''] ??
          (isKind && !isList ? NOWHERE : undefined)
        );
      };
      for (const outcome of (await outcomes()).slice(0, 3)) {
        expect(outcome).toMatch(expected);
      }
      kubernetes.fault = ({ path }) =>
        answers[path.replace('proxy/', '')] ??
        answers[''] ??
        (path.startsWith('proxy/apis/') ? NOWHERE : undefined);
      expect((await outcomes())[3]).toMatch(expected);
    },
  );
});

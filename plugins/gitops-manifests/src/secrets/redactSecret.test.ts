import { redactSecret } from './redactSecret';

const secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name: 'orders-db',
    annotations: {
      note: 'stays',
      'kubectl.kubernetes.io/last-applied-configuration': '{"data":"hunter2"}',
    },
  },
  data: { password: 'aHVudGVyMg==' },
  stringData: { user: 'hunter2', port: 5432 },
};

describe('redactSecret', () => {
  it('keeps the keys of a Secret, and no value', () => {
    const redacted = redactSecret(secret);
    expect(redacted).toMatchObject({
      metadata: { name: 'orders-db', annotations: { note: 'stays' } },
      data: { password: '(hidden)' },
      stringData: { user: '(hidden)', port: '(hidden)' },
    });
    expect(JSON.stringify(redacted)).not.toMatch(/hunter2|aHVudGVy|5432/);
    expect(secret.stringData.user).toBe('hunter2');
  });

  it('says that a value is another one', () => {
    const before = { ...secret, data: { password: 'b2xk' } };
    expect(redactSecret(secret, before).data).toEqual({
      password: '(hidden, another value)',
    });
    expect(redactSecret(secret, secret).data).toEqual({ password: '(hidden)' });
  });

  it('looks into lists, and leaves other objects alone', () => {
    const list = { kind: 'List', items: [secret, { kind: 'Service' }] };
    expect(JSON.stringify(redactSecret(list))).not.toMatch(/hunter2|5432/);
    const map = { kind: 'ConfigMap', data: { a: 'b' } };
    expect(redactSecret(map)).toBe(map);
    expect(redactSecret({ kind: 'Secret', data: 'hunter2' })).toEqual({
      kind: 'Secret',
      data: '(hidden)',
    });
  });
});

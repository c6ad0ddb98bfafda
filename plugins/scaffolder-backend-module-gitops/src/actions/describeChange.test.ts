import {
  compareObjects,
  renderDifference,
  type RenderedObject,
} from '@fairway/gitops-manifests';
import { describeChange } from './describeChange';

const settings = (size: number, value: string): RenderedObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings' },
  data: Object.fromEntries(
    Array.from({ length: size }, (_, index) => [`key-${index}`, value]),
  ),
});

describe('describeChange', () => {
  const difference = renderDifference(
    ['dev', 'production'].map(name => ({
      name,
      difference: compareObjects([settings(90, 'a')], [settings(90, 'b')]),
    })),
  );
  const input = { description: 'Because.', difference };

  it('shows the difference below the description', () => {
    expect(
      describeChange(input, { longestDescription: 65_000, unfolds: true }),
    ).toBe(`Because.\n\n${difference}`);
    const forge = { longestDescription: 65_000, unfolds: true };
    expect(describeChange({ description: 'a' }, forge)).toBe('a');
    expect(describeChange({ difference: 'b' }, forge)).toBe('b');
    expect(describeChange({}, forge)).toBe('');
  });

  it('is as long as the forge takes, and says what is missing', () => {
    const short = describeChange(input, {
      ...{ longestDescription: 4_000, unfolds: true },
    });
    expect(short.length).toBeLessThanOrEqual(4_000);
    expect(short).toMatch(/^Because\.\n/);
    expect(short).toMatch(/- `production`: 0 added, 1 changed, 0 removed/);
    expect(short).toMatch(/too long for a description of this forge/);
    const long = { description: 'x'.repeat(5_000), difference };
    expect(
      describeChange(long, { longestDescription: 4_000, unfolds: true }),
    ).toHaveLength(4_000);
  });

  it('has headings where the forge has nothing to unfold', () => {
    const plain = describeChange(input, {
      ...{ longestDescription: 32_000, unfolds: false },
    });
    expect(plain).not.toMatch(/<details>|<summary>/);
    expect(plain).toMatch(/^#### `dev`: 0 added, 1 changed, 0 removed$/m);
    expect(plain).toMatch(/^\+ {2}key-0: b$/m);
  });
});
